import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import type { Answer } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { requestCost } from '../support/request-cost.ts';
import { beginSignIn } from '../support/sign-in.ts';

const WRONG = 'a-wrong-password-of-some-length';

/** An answer without what may differ: the typed name, the names of this sign-in, numbers and signatures. */
function comparable({ status, headers, body }: Answer, loginName: string, uid: string) {
  const plain = (text: string) =>
    text
      .replaceAll(loginName, '(name)')
      .replaceAll(uid, '(uid)')
      .replace(/[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/g, '(reference)');
  const cookies = headers
    .getSetCookie()
    .map((line) => line.replace(/=[^;]*/, '=…').replace(/expires=[^;]*/, ''));
  const shown = [...headers].filter(([name]) => !['date', 'set-cookie', 'content-length'].includes(name));
  const size = Buffer.byteLength(plain(body));
  return {
    status,
    cookies,
    headers: shown.map(([name, value]) => [name, plain(value)]),
    body: plain(body),
    size,
  };
}

describe('whether an account exists', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { background: false });
  });

  /** Names of every kind, known and not, which no other test has tried. */
  const namesFor = async (prefix: string) => {
    const { createAccount } = installation;
    await createAccount({ loginName: `${prefix}-met`, withApp: true });
    await createAccount({ loginName: `${prefix}-zonder` });
    await createAccount({ loginName: `${prefix}-gestopt`, withApp: true, disabled: true });
    await createAccount({ loginName: `${prefix}-mail`, withApp: true, email: `${prefix}@test.example` });
    const known = ['met', 'zonder', 'gestopt'].map((name) => `${prefix}-${name}`);
    return [
      ...known,
      `${prefix}@test.example`,
      `${prefix}-niemand`,
      `niemand-${prefix}@test.example`,
      `${prefix} x`,
    ];
  };

  /** One wrong try for a name in a browser of its own: both answers, and what it cost. */
  const tryWrong = async (t: TestContext, loginName: string) => {
    const { browser, page } = await beginSignIn(installation);
    const uid = new URL(page.url).pathname.split('/').at(-1) ?? '';
    const answers: Answer[] = [];
    const cost = await requestCost(t, installation, async () => {
      answers.push(await browser.post(`${page.url}/password`, { login_name: loginName, password: WRONG }));
    });
    answers.push(await browser.get(page.url));
    return { answers: answers.map((answer) => comparable(answer, loginName, uid)), cost };
  };

  test('a wrong password gets the same answers, headers and cookies whoever the name belongs to', async (t) => {
    const [first = '', ...others] = await namesFor('antwoord');
    const { answers } = await tryWrong(t, first);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 200],
    );
    for (const name of others) assert.deepEqual((await tryWrong(t, name)).answers, answers, name);
  });

  test('a wrong password costs the same hashes, statements and commands whoever the name belongs to', async (t) => {
    const [first = '', ...others] = await namesFor('kosten');
    const { cost } = await tryWrong(t, first);
    assert.equal(cost.hashes, 1);
    // The account, the count of the lane, and the record of it all.
    assert.equal(cost.statements.length, 3);
    assert.ok(cost.commands.length > 3);
    for (const name of others) assert.deepEqual((await tryWrong(t, name)).cost, cost, name);
  });

  test('only the right password shows that an account is blocked, and then names the help desk', async () => {
    await installation.createAccount({ loginName: 'gestopt', withApp: true, disabled: true });
    const { browser, page } = await beginSignIn(installation);
    const wrong = await browser.submit(page, { login_name: 'gestopt', password: WRONG });
    assert.equal(wrong.step, 'password');
    const right = await browser.submit(wrong, { login_name: 'gestopt', password: PASSWORD });
    assert.equal(right.step, 'blocked');
    assert.match(right.body, /helpdesk@test\.example/);
    assert.match(right.body, /[0-9A-Z]{4}-[0-9A-Z]{4}/);
  });

  test('names wait alike: the sixth try is told the same for each', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const told: string[][] = [];
    for (const name of await namesFor('wacht')) {
      const { browser, page } = await beginSignIn(installation);
      const boxes: string[] = [];
      for (let tries = 0; tries < 6; tries += 1) {
        const answer = await browser.submit(page, { login_name: name, password: WRONG });
        boxes.push(/<div class="alert[^>]*>/.exec(answer.body)?.[0] ?? 'no box');
      }
      told.push(boxes);
    }
    const [first] = told;
    assert.equal(first?.filter((box) => box.includes('waiting')).length, 1);
    assert.match(first?.at(-1) ?? '', /waiting/);
    for (const boxes of told) assert.deepEqual(boxes, first);
  });
});
