import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { type Lost, linkIn, type WaysBack, waysBack } from '../support/recovery.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { hasCode, newNumbers, otherThan, untilQueueIsEmpty } from '../support/second-steps.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

const WRONG = 'a-wrong-password-of-some-length';
/** Longer than any wait, and than what a code of an app is good for. */
const WHILE = 61 * 60_000;
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

const GUESSED = 'De tweede stap was 3 keer verkeerd';
const AFTER_FAILURES = 'keer mis';
const NEW_BROWSER = 'met een nieuwe browser';

describe('people are told on every proved channel, and of nothing that is none of their business,', () => {
  const ending = endOfSuite();
  const newNumber = newNumbers();
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    installation = await startInstallation(ending);
    ways = waysBack(installation);
  });

  /** Somebody with a mail address, a phone and an app; how often both channels were told of something. */
  const person = async (t: TestContext) => {
    const tick = stopClock(t);
    const phone = newNumber();
    const someone = await ways.person({ phone });
    const told = async (of: string) => {
      await untilQueueIsEmpty(installation);
      return [ways.sentTo(someone.email, of).length, ways.sentTo(phone, of).length];
    };
    return { someone, phone, told, tick };
  };

  const failPassword = async ({ loginName }: Lost, times: number, tick: (ms: number) => void) => {
    for (let tries = 0; tries < times; tries += 1) {
      const { browser, page } = await beginSignIn(installation);
      assert.equal((await typePassword(browser, page, loginName, WRONG)).step, 'password');
      tick(WHILE);
    }
  };

  const enter = async (someone: Lost, browser = new Browser()) => {
    const { answer } = await ways.enter(someone, PASSWORD, browser);
    assert.ok(hasCode(answer), answer.body);
  };

  test('of a right password that is followed by three wrong second steps, in whatever sign-ins, once', async (t) => {
    const { someone, told } = await person(t);
    const wrong = otherThan(codeOf(keyIn(someone.appData ?? ''), Date.now()));
    const guess = async () => {
      const { browser, page } = await ways.behind(someone.loginName, PASSWORD);
      assert.equal((await browser.submit(page, { code: wrong })).step, 'second-step');
    };
    for (const _try of [1, 2]) await guess();
    assert.deepEqual(await told(GUESSED), [0, 0]);
    await guess();
    assert.deepEqual(await told(GUESSED), [1, 1]);
    await guess();
    assert.deepEqual(await told(GUESSED), [1, 1]);
  });

  test('of a sign-in after ten wrong tries, with their number, and not after nine', async (t) => {
    const { someone, told, tick } = await person(t);
    await failPassword(someone, 9, tick);
    await enter(someone);
    assert.deepEqual(await told(AFTER_FAILURES), [0, 0]);
    tick(WHILE);
    await failPassword(someone, 10, tick);
    await enter(someone);
    assert.deepEqual(await told(`Daarvoor ging het 10 ${AFTER_FAILURES}`), [1, 1]);
  });

  test('of a browser that is new beside one they have, by its name, and not of the first or a known one', async (t) => {
    const { someone, told, tick } = await person(t);
    await enter(someone);
    assert.deepEqual(await told(NEW_BROWSER), [0, 0]);
    tick(WHILE);
    const other = new Browser();
    const { page } = await ways.behind(someone.loginName, PASSWORD, other);
    const code = codeOf(keyIn(someone.appData ?? ''), Date.now());
    const end = await other.post(`${page.url}/second-step`, { code }, { 'user-agent': FIREFOX });
    assert.ok(hasCode(await other.follow(end)));
    assert.deepEqual(await told(`${NEW_BROWSER}: Firefox op Windows`), [1, 1]);
    tick(WHILE);
    other.cookies = other.cookies.filter(({ name }) => name.endsWith('poortwachter_browser'));
    await enter(someone, other);
    assert.deepEqual(await told(NEW_BROWSER), [1, 1]);
  });

  test('and can say from any of it, also from a text message, that it was somebody else: nobody is in after that', async (t) => {
    const { someone, phone, told, tick } = await person(t);
    await enter(someone);
    tick(WHILE);
    const { browser: theirs, answer, party, request } = await ways.enter(someone, PASSWORD);
    assert.ok(hasCode(answer));
    const { access_token: token } = await party.finish(request, answer.location);
    assert.deepEqual(await told(NEW_BROWSER), [1, 1]);
    const text = ways.sentTo(phone, NEW_BROWSER)[0]?.text ?? '';
    const href = /http\S+\/not-me\?token=\S+/.exec(text)?.[0] ?? assert.fail(text);
    assert.equal(href, linkIn(ways.sentTo(someone.email, NEW_BROWSER)[0]?.text ?? '', '/not-me'));
    const own = new Browser();
    assert.equal((await own.press(await own.open(href), 'confirm-not-me')).step, 'not-me-done');
    assert.equal(await userinfoStatus(installation.issuer, token), 401);
    const silent = await theirs.open((await party.begin({ prompt: 'none' })).url);
    assert.equal(new URL(silent.location ?? '').searchParams.get('error'), 'login_required');
    assert.equal((await ways.behind(someone.loginName, PASSWORD)).page.step, 'blocked');
    // Whoever pressed it: every channel hears of it, without a link to press once more.
    const CLOSED = 'Iemand meldde dat een ander in dit account was';
    assert.deepEqual(await told(CLOSED), [1, 1]);
    assert.doesNotMatch(ways.sentTo(someone.email, CLOSED)[0]?.text ?? '', /not-me/);
  });
});
