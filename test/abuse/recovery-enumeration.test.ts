import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { requestCost } from '../support/request-cost.ts';

/** What every answer has of its own: numbers to mention, the browser's secret, moments. */
function comparable({ status, headers, body, location }: Answer, typed: string) {
  const plain = (text: string) =>
    text.replaceAll(typed, '(typed)').replace(/[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/g, '(reference)');
  const cookies = headers
    .getSetCookie()
    .map((line) => line.replace(/=[^;]*/, '=…').replace(/expires=[^;]*/i, ''));
  const shown = [...headers].filter(([name]) => !['date', 'set-cookie', 'content-length'].includes(name));
  const length = Buffer.byteLength(plain(body));
  return { status, location, cookies, headers: shown, body: plain(body), length };
}

describe('what a recovery tells about who exists', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { background: false });
    const { createAccount } = installation;
    await createAccount({ loginName: 'bekend-proved', email: 'proved@test.example', withApp: true });
    await createAccount({
      loginName: 'bekend-unproved',
      email: 'unproved@test.example',
      emailVerified: false,
    });
    await createAccount({ loginName: 'bekend-mailloos' });
    await createAccount({ loginName: 'bekend-vaak', email: 'often@test.example' });
    await createAccount({ loginName: 'bekend-gestopt', email: 'stopped@test.example', disabled: true });
    await createAccount({ loginName: 'samen-1', email: 'shared@test.example' });
    await createAccount({ loginName: 'samen-2', email: 'shared@test.example' });
    // A Redis that never met a script is sent it once.
    const browser = new Browser();
    const page = await browser.open(`${installation.issuer}/recover/password`);
    const sent = await browser.submit(page, { login_name: 'eerste' });
    await browser.submit(sent, { code: 'ABCD-EFGH' });
  });

  /** Posts a form in a browser of its own: both answers, and what the request cost. */
  const ask = async (t: TestContext, path: string, field: string, typed: string, more = {}) => {
    const browser = new Browser();
    const page = await browser.open(`${installation.issuer}${path}`);
    const answers: Answer[] = [];
    const cost = await requestCost(t, installation, async () => {
      answers.push(await browser.post(page.url, { [field]: typed, ...more }));
    });
    answers.push(await browser.follow(answers.at(-1) ?? assert.fail()));
    return { answers: answers.map((answer) => comparable(answer, typed)), cost };
  };

  const names = [
    'proved@test.example',
    'unproved@test.example',
    'stopped@test.example',
    'shared@test.example',
    'nobody@test.example',
    'bekend-proved',
    'bekend-mailloos',
    'bekend-gestopt',
    'niemand-van-ons',
    'geen naam \u202e x',
  ];

  test('asking for a new password answers and costs the same, whoever is named', async (t) => {
    const first = await ask(t, '/recover/password', 'login_name', names[0] ?? '');
    assert.deepEqual(
      first.answers.map(({ status }) => status),
      [303, 200],
    );
    assert.equal(first.cost.hashes, 0);
    assert.equal(first.cost.queued.length, 1, 'one thing is put into the queue');
    for (const typed of names.slice(1)) {
      assert.deepEqual(await ask(t, '/recover/password', 'login_name', typed), first, typed);
    }
  });

  test('asking for a login name answers and costs the same, whoever’s address it is', async (t) => {
    const addresses = names.filter((typed) => typed.includes('@'));
    const first = await ask(t, '/recover/login-name', 'email', addresses[0] ?? '');
    assert.equal(first.cost.queued.length, 1);
    for (const typed of addresses.slice(1)) {
      assert.deepEqual(await ask(t, '/recover/login-name', 'email', typed), first, typed);
    }
  });

  test('a wrong code answers and costs the same, whoever is named', async (t) => {
    const code = { code: 'ABCD-EFGH' };
    const first = await ask(t, '/recover/code', 'login_name', names[0] ?? '', code);
    for (const typed of names.slice(1)) {
      assert.deepEqual(await ask(t, '/recover/code', 'login_name', typed, code), first, typed);
    }
  });

  test('asking too often waits alike, whoever is named', async (t) => {
    const outcomes: boolean[][] = [];
    for (const typed of ['often@test.example', 'nobody-often@test.example']) {
      const waited: boolean[] = [];
      for (let tries = 0; tries < 5; tries += 1) {
        const { answers } = await ask(t, '/recover/login-name', 'email', typed);
        waited.push(answers.some(({ body }) => body.includes('class="alert waiting"')));
      }
      outcomes.push(waited);
    }
    const three = [false, false, false, true, true];
    assert.deepEqual(outcomes, [three, three]);
  });
});
