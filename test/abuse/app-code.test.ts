import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import type { Answer } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, codeFor, typePassword } from '../support/sign-in.ts';

/** Milliseconds of a step of the app (RFC 6238). */
const STEP = 30_000;

const hasCode = ({ location }: Answer) => new URL(location ?? 'about:blank').searchParams.has('code');

describe('codes of the app', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** Somebody at the page that asks for the code of their app, and what that app shows at a time. */
  const atSecondStep = async (loginName: string) => {
    const { appData } = await installation.createAccount({ loginName, withApp: true });
    const visit = async () => {
      const { browser, page } = await beginSignIn(installation);
      const second = await typePassword(browser, page, loginName);
      assert.equal(second.step, 'second-step');
      return (code: string) => browser.submit(second, { code });
    };
    const key = keyIn(appData ?? '');
    return { visit, codeAt: (at?: number) => codeOf(key, at) };
  };
  /** One after the other: right passwords that are still being judged count as tries. */
  const tenVisits = async <Visit>(visit: () => Promise<Visit>): Promise<Visit[]> => {
    const visits: Visit[] = [];
    while (visits.length < 10) visits.push(await visit());
    return visits;
  };
  /** What the rules said of codes since then, without those that had to wait. */
  const judgedSince = (from: number) =>
    installation.logged
      .slice(from)
      .filter((line) => line.includes('"event":"sign-in.second-step"') && !line.includes('"reason":"wait"'));

  test('count for the current and the previous step, and no other', async (t) => {
    // The middle of a step: what the network takes moves nobody into the next one.
    const now = Math.floor(Date.now() / STEP) * STEP + STEP / 2;
    t.mock.timers.enable({ apis: ['Date'], now });
    for (const [steps, good] of [
      [-20, false],
      [-2, false],
      [1, false],
      [2, false],
      [-1, true],
      [0, true],
    ] as const) {
      const { visit, codeAt } = await atSecondStep(`stap-${steps}`);
      const submit = await visit();
      assert.equal(hasCode(await submit(codeAt(now + steps * STEP))), good, `${steps}`);
    }
  });

  test('of an earlier step are worth nothing once a later one was used', async (t) => {
    const now = Math.floor(Date.now() / STEP) * STEP + STEP / 2;
    t.mock.timers.enable({ apis: ['Date'], now });
    const { visit, codeAt } = await atSecondStep('achteruit');
    assert.ok(hasCode(await (await visit())(codeAt(now))));
    const submit = await visit();
    assert.equal((await submit(codeAt(now - STEP))).step, 'second-step');
    assert.equal((await submit(codeAt(now))).step, 'second-step');
  });

  test('sent fifty times at once, over ten sign-ins, sign one of them in', async () => {
    const { visit, codeAt } = await atSecondStep('storm');
    const visits = await tenVisits(visit);
    const from = installation.logged.length;
    const code = codeAt();
    const answers = await Promise.all(
      visits.flatMap((submit) => Array.from({ length: 5 }, () => submit(code))),
    );
    const proved = judgedSince(from).filter((line) => line.includes('"outcome":"success"'));
    assert.equal(proved.length, 1);
    // A double click in the browser that won may see the way on more than once; the others never do.
    const winners = visits.filter((_, n) => answers.slice(n * 5, n * 5 + 5).some(hasCode));
    assert.ok(winners.length <= 1, `${winners.length} sign-ins ended`);
  });

  test('tried fifty at once, over ten sign-ins, are five tries', async () => {
    const { visit, codeAt } = await atSecondStep('gokker');
    const visits = await tenVisits(visit);
    const right = codeAt();
    const wrong = Array.from({ length: 60 }, (_, n) => String(100_000 + n)).filter((code) => code !== right);
    const from = installation.logged.length;
    await Promise.all(
      visits.flatMap((submit, n) => wrong.slice(n * 5, n * 5 + 5).map((code) => submit(code))),
    );
    assert.equal(judgedSince(from).length, 5);
    const late = await visits[0]?.(right);
    assert.match(late?.body ?? '', /class="alert waiting"/);
  });

  test('of an app that is not proved yet open nothing but its own set-up', async () => {
    await installation.createAccount({ loginName: 'nieuw' });
    const first = await beginSignIn(installation);
    const second = await beginSignIn(installation);
    const setUp = await typePassword(first.browser, first.page, 'nieuw');
    const other = await typePassword(second.browser, second.page, 'nieuw');
    assert.deepEqual([setUp.step, other.step], ['enrol-app', 'enrol-app']);
    assert.notEqual(keyOn(setUp), keyOn(other), 'each sign-in shows a key of its own');
    // The key of one sign-in does not prove the app of the other, nor is it a second step anywhere.
    const crossed = await second.browser.submit(other, { code: codeOf(keyOn(setUp)) });
    assert.equal(crossed.step, 'enrol-app');
    const posted = await second.browser.post(`${other.url}/second-step`, { code: codeOf(keyOn(other)) });
    assert.equal(posted.location, other.url);
    assert.equal((await second.browser.get(other.url)).step, 'enrol-app');
    assert.ok(hasCode(await first.browser.submit(setUp, { code: codeOf(keyOn(setUp)) })));
    const beaten = await second.browser.submit(other, { code: codeOf(keyOn(other)) });
    assert.equal(beaten.step, 'second-step', 'the account has its app now, and this one is not it');
  });

  test('of one sign-in that is over do not begin another', async () => {
    const { browser, page, answer, appData } = await codeFor(installation, 'voorbij');
    assert.ok(hasCode(answer));
    const again = await browser.post(`${page.url}/second-step`, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(hasCode(await browser.follow(again)), false);
  });

  test('are six plain digits: no sign, letter, other script, list or formula passes for one', async () => {
    const spellings: ((right: string) => string)[] = [
      (right) => right.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
      (right) => right.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
      (right) => `+${right}`,
      (right) => `${right}.0`,
      (right) => `${right}e0`,
      (right) => `0${right}`,
      (right) => `${right},${right}`,
      (right) => `['${right}']`,
      (right) => `${right}'--`,
      () => '______',
    ];
    for (const [n, spell] of spellings.entries()) {
      const { visit, codeAt } = await atSecondStep(`cijfers-${n}`);
      const submit = await visit();
      const refused = await submit(spell(codeAt()));
      assert.equal(refused.step, 'second-step', spell('123456'));
      assert.ok(hasCode(await submit(codeAt())), 'and the app itself is right');
    }
  });
});
