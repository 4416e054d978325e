import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Account } from '#src/account/account.ts';
import { LANE_LIMIT } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { testRedis } from '../support/redis.ts';
import { hasCode } from '../support/second-steps.ts';
import { beginSignIn, codeFor, typePassword } from '../support/sign-in.ts';

const WRONG = 'a-wrong-password-of-some-length';
const HOUR = 60 * 60_000;

const otherThan = (letter: string) => (letter === 'A' ? 'B' : 'A');
const waits = (page: Answer): boolean => page.body.includes('class="alert waiting"');

describe('a lock', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** Somebody who signed in once, in a browser of their own, which has nothing of that sign-in but its mark. */
  const withKnownBrowser = async (loginName: string) => {
    const { browser, account, appData } = await codeFor(installation, loginName);
    browser.cookies = browser.cookies.filter(({ name }) => name.endsWith('poortwachter_browser'));
    assert.equal(browser.cookies.length, 1);
    return { browser, account, appData };
  };

  const tryIn = async (browser: Browser, loginName: string, password?: string) => {
    const { page } = await beginSignIn(installation, browser);
    return { page: await typePassword(browser, page, loginName, password), browser };
  };

  const failAsStranger = async (loginName: string, times: number) => {
    for (let tries = 0; tries < times; tries += 1) await tryIn(new Browser(), loginName, WRONG);
  };

  /** So many wrong passwords in a row, without the hours that they take. */
  const countFailures = async ({ tenantId, id }: Account, times: number) => {
    const { durable, clock } = installation.running.composition;
    for (let tries = 0; tries < times; tries += 1) {
      const failure = { lane: STRANGERS, of: 'password', limit: LANE_LIMIT, at: clock.now() } as const;
      await durable.lanes.countFailure(tenantId, id, failure);
    }
  };

  test('that strangers bring about keeps nobody out of the browser they signed in with before', async (t) => {
    stopClock(t);
    const { browser, appData } = await withKnownBrowser('eigenaar');
    await failAsStranger('eigenaar', 5);
    assert.equal(waits((await tryIn(new Browser(), 'eigenaar')).page), true);
    const { page } = await tryIn(browser, 'eigenaar');
    assert.equal(page.step, 'second-step');
    const later = Date.now() + 60_000;
    t.mock.timers.setTime(later);
    assert.ok(hasCode(await browser.submit(page, { code: codeOf(keyIn(appData ?? ''), later) })));
  });

  test('counts the tries of a known browser too, and its mark is good for no other account', async (t) => {
    stopClock(t);
    const { browser } = await withKnownBrowser('kwijt');
    await installation.createAccount({ loginName: 'buurvrouw', withApp: true });
    for (let tries = 0; tries < 5; tries += 1) await tryIn(browser, 'kwijt', WRONG);
    assert.equal(waits((await tryIn(browser, 'kwijt')).page), true);
    assert.equal((await tryIn(new Browser(), 'kwijt')).page.step, 'second-step', 'strangers count apart');
    await failAsStranger('buurvrouw', 5);
    assert.equal(waits((await tryIn(browser, 'buurvrouw')).page), true);
  });

  test('a mark that was forged, cut off or made for somebody else is none', async (t) => {
    stopClock(t);
    const { browser } = await withKnownBrowser('merkteken');
    await failAsStranger('merkteken', 5);
    const [mark] = browser.cookies;
    assert.ok(mark);
    for (const value of [
      mark.value.slice(0, -1),
      `${mark.value.slice(0, -1)}${otherThan(mark.value.slice(-1))}`,
      `${otherThan(mark.value.slice(0, 1))}${mark.value.slice(1)}`,
      '',
      'x.y',
    ]) {
      const forger = new Browser();
      forger.cookies = [{ ...mark, value }];
      assert.equal(waits((await tryIn(forger, 'merkteken')).page), true, value);
    }
  });

  test('of a hundred wrong tries in a row closes the strangers’ lane, and only the right password learns it', async (t) => {
    const tick = stopClock(t);
    const { browser, account } = await withKnownBrowser('honderdste');
    await countFailures(account, LANE_LIMIT - 1);
    assert.equal((await tryIn(new Browser(), 'honderdste')).page.step, 'second-step');
    const last = await tryIn(new Browser(), 'honderdste', WRONG);
    assert.match(last.page.body, /klopt niet/);
    tick(HOUR);
    const blocked = (await tryIn(new Browser(), 'honderdste')).page;
    assert.equal(blocked.step, 'blocked');
    assert.match(blocked.body, /id="recover"/);
    assert.match(blocked.body, /helpdesk@test\.example/);
    const wrong = await tryIn(new Browser(), 'honderdste', WRONG);
    assert.equal(wrong.page.body.includes('data-step="blocked"'), false);
    assert.equal((await tryIn(browser, 'honderdste')).page.step, 'second-step');
  });

  test('in Postgres is not opened by a Redis that forgot everything', async (t) => {
    stopClock(t);
    const { account } = await installation.createAccount({ loginName: 'vergeetachtig', withApp: true });
    await countFailures(account, LANE_LIMIT);
    const { redis } = await testRedis(t);
    const keys = await redis.keys(`pw:{${account.tenantId}}:throttle:*`);
    if (keys.length > 0) await redis.del(...keys);
    assert.equal((await tryIn(new Browser(), 'vergeetachtig')).page.step, 'blocked');
  });

  test('that falls while a second step is open lets that sign-in end nowhere', async (t) => {
    stopClock(t);
    const { account, appData } = await installation.createAccount({ loginName: 'halverwege', withApp: true });
    const { browser, page } = await tryIn(new Browser(), 'halverwege');
    await countFailures(account, LANE_LIMIT);
    const answer = await browser.submit(page, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(answer.step, 'blocked');
    assert.equal(hasCode(answer), false);
  });
});
