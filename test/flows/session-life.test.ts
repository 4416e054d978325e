import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import {
  beginSignIn,
  codeFor,
  codeIn,
  type RelyingParty,
  signInWithApp,
  tokensFor,
  typePassword,
} from '../support/sign-in.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Time stands still until the test moves it; the volatile stores are in memory and stand still with it. */
function stopClock(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 15, 9) });
  return (ms) => t.mock.timers.tick(ms);
}

const refreshWith = (party: RelyingParty, token: string | undefined) =>
  party.askToken({ grant_type: 'refresh_token', refresh_token: token ?? '' });

describe('how long things live', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { redis: { store: 'memory' } } });
  });

  /** Whether the browser is still signed in: the application asks without a page. */
  const isSignedIn = async (browser: Browser, party: RelyingParty): Promise<boolean> => {
    const request = await party.begin({ prompt: 'none' });
    const answer = await browser.open(request.url);
    return new URL(answer.location ?? '').searchParams.has('code');
  };

  test('a code is good for 60 seconds', async (t) => {
    const tick = stopClock(t);
    for (const [wait, status] of [
      [59 * SECOND, 200],
      [60 * SECOND, 400],
    ] as const) {
      const { party, request, answer } = await codeFor(installation, `code-${wait}`);
      tick(wait);
      const bought = await party.askToken({
        grant_type: 'authorization_code',
        code: codeIn(answer.location),
        redirect_uri: party.redirectUri,
        code_verifier: request.verifier,
      });
      assert.equal(bought.status, status, `after ${wait} ms`);
    }
  });

  test('an access token is good for 10 minutes', async (t) => {
    const tick = stopClock(t);
    const { tokens } = await tokensFor(installation, 'access');
    tick(10 * MINUTE - SECOND);
    assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 200);
    tick(SECOND);
    assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 401);
  });

  test('a session ends after 30 minutes without activity, and what belongs to it as well', async (t) => {
    const tick = stopClock(t);
    const { browser, party, tokens } = await tokensFor(installation, 'idle');
    tick(30 * MINUTE - SECOND);
    assert.equal(await isSignedIn(browser, party), true, 'and that was activity');
    tick(30 * MINUTE - SECOND);
    assert.equal(await isSignedIn(browser, party), true);
    tick(30 * MINUTE);
    assert.equal(await isSignedIn(browser, party), false);
    assert.equal((await refreshWith(party, tokens.refresh_token)).json.error, 'invalid_grant');
  });

  test('a refresh is activity, but moves the absolute end of the session not by a second', async (t) => {
    const tick = stopClock(t);
    const { browser, party, tokens } = await tokensFor(installation, 'busy');
    let token = tokens.refresh_token;
    for (let half = 0; half < 23; half += 1) {
      tick(25 * MINUTE);
      const answer = await refreshWith(party, token);
      assert.equal(answer.status, 200, `after ${(half + 1) * 25} minutes`);
      token = answer.json.refresh_token;
    }
    tick(10 * HOUR - 23 * 25 * MINUTE - SECOND);
    const last = await refreshWith(party, token);
    assert.equal(last.status, 200, 'a second before the end');
    const access = last.json.access_token ?? '';
    tick(2 * SECOND);
    assert.equal(await isSignedIn(browser, party), false);
    assert.equal((await refreshWith(party, last.json.refresh_token)).json.error, 'invalid_grant');
    assert.equal(await userinfoStatus(installation.issuer, access), 401);
  });

  test('single sign-on moves the idle end, never the absolute one', async (t) => {
    const tick = stopClock(t);
    const { browser, party } = await tokensFor(installation, 'sso');
    for (let half = 0; half < 23; half += 1) {
      tick(25 * MINUTE);
      assert.equal(await isSignedIn(browser, party), true);
    }
    tick(25 * MINUTE);
    assert.equal(await isSignedIn(browser, party), false, 'ten hours on');
  });

  test('offline access outlives the session and ends 30 days on, however often it is refreshed', async (t) => {
    const tick = stopClock(t);
    const { browser, party } = await tokensFor(installation, 'offline');
    const request = await party.begin({ scope: 'openid offline_access', prompt: 'consent' });
    const consent = await browser.open(request.url);
    const tokens = await party.finish(request, (await browser.submit(consent, {})).location);
    let token = tokens.refresh_token;
    for (let day = 1; day < 30; day += 1) {
      tick(DAY);
      const answer = await refreshWith(party, token);
      assert.equal(answer.status, 200, `day ${day}`);
      assert.equal(await userinfoStatus(installation.issuer, answer.json.access_token ?? ''), 200);
      token = answer.json.refresh_token;
    }
    assert.equal(await isSignedIn(browser, party), false);
    tick(DAY);
    assert.equal((await refreshWith(party, token)).json.error, 'invalid_grant');
  });

  test('without the person’s word there is no offline access: the scope is dropped', async () => {
    const visit = { parameters: { scope: 'openid offline_access' } };
    const { tokens } = await tokensFor(installation, 'silent', new Browser(), visit);
    assert.equal(tokens.scope, 'openid');
  });

  test('a sign-in begun is good for an hour', async (t) => {
    const tick = stopClock(t);
    const { appData } = await installation.createAccount({ loginName: 'traag', withApp: true });
    const { party } = await tokensFor(installation, 'snel');
    for (const [wait, step] of [
      [HOUR - SECOND, 'second-step'],
      [HOUR, 'stale'],
    ] as const) {
      const browser = new Browser();
      const page = await browser.open((await party.begin()).url);
      tick(wait);
      const answer = await typePassword(browser, page, 'traag');
      assert.equal(answer.step, step);
    }
    assert.ok(appData);
  });

  test('max_age and prompt=login ask for both steps again and tell the new time', async (t) => {
    const tick = stopClock(t);
    const { browser, party, appData, tokens } = await tokensFor(installation, 'fris');
    const before = tokens.claims()?.auth_time ?? 0;
    tick(5 * MINUTE);
    const quiet = await party.begin({ max_age: '600' });
    const same = await party.finish(quiet, (await browser.open(quiet.url)).location);
    assert.equal(same.claims()?.auth_time, before);
    for (const parameters of [{ max_age: '240' }, { prompt: 'login' }] as const) {
      const request = await party.begin(parameters);
      const page = await browser.open(request.url);
      assert.equal(page.step, 'password');
      const second = await typePassword(browser, page, 'fris');
      assert.equal(second.step, 'second-step');
      const done = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
      const renewed = await party.finish(request, done.location);
      assert.equal(renewed.claims()?.auth_time, Math.floor(Date.now() / 1000));
      tick(5 * MINUTE);
    }
  });

  test('a sign-in asked for again gives the session a new name and kills the old one', async (t) => {
    const tick = stopClock(t);
    const { browser, party, appData } = await tokensFor(installation, 'opnieuw');
    const earlier = browser.thief();
    tick(30 * SECOND);
    const request = await party.begin({ prompt: 'login' });
    const second = await typePassword(browser, await browser.open(request.url), 'opnieuw');
    const done = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
    assert.ok(codeIn(done.location));
    assert.equal(await isSignedIn(earlier, party), false);
    assert.equal(await isSignedIn(browser, party), true);
  });

  test('two tabs with a sign-in each both reach the application', async (t) => {
    const tick = stopClock(t);
    const { appData } = await installation.createAccount({ loginName: 'tabs', withApp: true });
    const browser = new Browser();
    const first = await beginSignIn(installation, browser);
    const second = await beginSignIn(installation, browser);
    const done = await signInWithApp(browser, second.page, { loginName: 'tabs', appData });
    assert.ok(await second.party.finish(second.request, done.location));
    tick(30 * SECOND);
    const late = await signInWithApp(browser, first.page, { loginName: 'tabs', appData });
    assert.ok(await first.party.finish(first.request, late.location));
  });

  test('a used token that comes back after ten seconds ends everything', async (t) => {
    const tick = stopClock(t);
    const { tokens, party } = await tokensFor(installation, 'later');
    const first = await refreshWith(party, tokens.refresh_token);
    tick(10 * SECOND);
    assert.equal((await refreshWith(party, tokens.refresh_token)).json.error, 'invalid_grant');
    assert.equal(await userinfoStatus(installation.issuer, first.json.access_token ?? ''), 401);
    assert.equal((await refreshWith(party, first.json.refresh_token)).json.error, 'invalid_grant');
  });
});
