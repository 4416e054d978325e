import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { PASSWORD } from '../support/accounts.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser, formAction } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { hasCode, sentTo, untilQueueIsEmpty } from '../support/second-steps.ts';
import { beginSignIn, type RelyingParty, tokensFor } from '../support/sign-in.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Longer than the code of an app is good for. */
const NEXT_CODE = 61 * SECOND;
const IDLE = 15 * MINUTE;

const MARK = 'poortwachter_browser';
const SIGNED_OUT = CLIENT.post_logout_redirect_uris[0];

interface Person {
  loginName: string;
  appData: string | undefined;
}

const isTicked = ({ body }: Answer) => /<input id="shared"[^>]* checked/.test(body);
const isMarked = ({ cookies }: Browser) => cookies.some(({ name }) => name === MARK);

describe('signing in', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    // Its stores stand still with the clock.
    installation = await startInstallation(ending, {
      replicas: 1,
      settings: { redis: { store: 'memory' } },
    });
  });

  /** Gives both steps; resolves to the answer that the sign-in ends with, not yet followed. */
  const giveBoth = async (browser: Browser, page: Answer, who: Person, shared: boolean) => {
    const said = shared ? { shared: 'yes' } : {};
    const second = await browser.submit(page, { login_name: who.loginName, password: PASSWORD, ...said });
    assert.equal(second.step, 'second-step');
    return browser.post(formAction(second), { code: codeOf(keyIn(who.appData ?? ''), Date.now()) });
  };

  /** Signs in to the application; resolves to its tokens, and to what was answered at the end. */
  const signIn = async (who: Person, { browser = new Browser(), shared = true, parameters = {} } = {}) => {
    const { page, party, request } = await beginSignIn(installation, browser, { parameters });
    const end = await giveBoth(browser, page, who, shared);
    const answer = await browser.follow(end);
    assert.ok(hasCode(answer), answer.body);
    return { browser, party, end, tokens: await party.finish(request, answer.location) };
  };

  const person = async (loginName: string, email?: string) => {
    const wanted = { loginName, withApp: true, ...(email !== undefined && { email }) };
    return { loginName, ...(await installation.createAccount(wanted)) };
  };

  /** Somebody who signed in at a shared computer, the clock standing still. */
  const signedIn = async (t: TestContext, loginName: string) => {
    const tick = stopClock(t);
    const who = await person(loginName);
    return { tick, who, ...(await signIn(who)) };
  };

  const isSignedIn = async (browser: Browser, party: RelyingParty): Promise<boolean> =>
    hasCode(await browser.open((await party.begin({ prompt: 'none' })).url));

  const refresh = (party: RelyingParty, token: string | undefined) =>
    party.askToken({ grant_type: 'refresh_token', refresh_token: token ?? '' });

  const settings = (browser: Browser, path = '') => browser.open(`${installation.issuer}/account${path}`);

  const lanesOf = async ({ account: { id, tenantId } }: Awaited<ReturnType<typeof person>>) =>
    (await installation.running.composition.durable.lanes.list(tenantId, id)).filter(
      ({ firstSeenAt }) => firstSeenAt !== undefined,
    );

  /** Presses what signs out at the provider, on the page that asks or that does it by itself. */
  const confirmSignOut = (browser: Browser, { body }: Answer, fields: Record<string, string>) => {
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
    return browser.post(`${installation.issuer}/session/end/confirm`, { xsrf, ...fields });
  };
  const signOutBy = async (browser: Browser, url: string, fields: Record<string, string>) =>
    confirmSignOut(browser, await browser.open(url), fields);

  describe('on a computer that others use too', () => {
    test('is chosen under the password, and stays as it was chosen while the password is asked again', async () => {
      const { loginName } = await person('kiest.zelf');
      const { browser, page } = await beginSignIn(installation);
      assert.match(page.body, /<label for="shared">Dit is een gedeelde computer<\/label>/);
      assert.equal(isTicked(page), false, 'nobody’s own computer is shared by itself');
      const wrong = { login_name: loginName, password: 'wrong' };
      const ticked = await browser.submit(page, { ...wrong, shared: 'yes' });
      assert.equal(isTicked(ticked), true);
      assert.equal(isTicked(await browser.get(page.url)), true, 'also when the page is loaded again');
      assert.equal(isTicked(await browser.submit(ticked, { ...wrong, password: '', shared: 'yes' })), true);
      assert.equal(isTicked(await browser.submit(ticked, wrong)), false, 'and not, once it was taken back');
      const odd = await browser.submit(ticked, { ...wrong, shared: 'maybe' });
      assert.equal(odd.status, 400, 'no form of ours says anything else');
      assert.equal(odd.step, 'password');
    });

    test('stays chosen when the person starts over behind the password', async () => {
      const { loginName } = await person('begint.opnieuw');
      const { browser, page } = await beginSignIn(installation);
      const typed = { login_name: loginName, password: PASSWORD, shared: 'yes' };
      const second = await browser.submit(page, typed);
      assert.equal(isTicked(await browser.press(second, 'start-over')), true);
    });

    test('has a session that ends after 15 minutes without activity, with everything that hangs on it', async (t) => {
      const { tick, browser, party, tokens } = await signedIn(t, 'gedeeld.stil');
      tick(IDLE - SECOND);
      assert.equal(await isSignedIn(browser, party), true, 'and that was activity');
      tick(IDLE - SECOND);
      assert.equal(await isSignedIn(browser, party), true);
      tick(IDLE);
      assert.equal(await isSignedIn(browser, party), false);
      assert.equal((await settings(browser)).step, 'password');
      assert.equal((await refresh(party, tokens.refresh_token)).json.error, 'invalid_grant');
    });

    test('counts a refresh as activity, and for 15 minutes only', async (t) => {
      const { tick, browser, party, tokens } = await signedIn(t, 'gedeeld.ververst');
      tick(IDLE - SECOND);
      const first = await refresh(party, tokens.refresh_token);
      assert.equal(first.status, 200);
      tick(IDLE - SECOND);
      const second = await refresh(party, first.json.refresh_token);
      assert.equal(second.status, 200);
      tick(IDLE);
      assert.equal((await refresh(party, second.json.refresh_token)).json.error, 'invalid_grant');
      assert.equal(await isSignedIn(browser, party), false);
    });

    test('counts a visit to the settings as activity, and for 15 minutes only', async (t) => {
      const { tick, browser, party, tokens } = await signedIn(t, 'gedeeld.bezoekt');
      for (let visits = 0; visits < 3; visits += 1) {
        tick(IDLE - SECOND);
        assert.equal((await settings(browser)).step, 'settings', `visit ${visits}`);
      }
      tick(IDLE);
      assert.equal((await settings(browser)).step, 'password');
      assert.equal((await refresh(party, tokens.refresh_token)).json.error, 'invalid_grant');
      assert.equal(await isSignedIn(browser, party), false);
    });

    test('is not remembered: no mark, no lane, and a chosen language until the browser is closed', async () => {
      const who = await person('laat.niets.na');
      const browser = new Browser();
      await browser.post(`${installation.issuer}/language`, { locale: 'en', back: '/' });
      const { end } = await signIn(who, { browser });
      assert.equal(isMarked(browser), false);
      assert.deepEqual(await lanesOf(who), []);
      const language = end.headers.getSetCookie().find((line) => line.startsWith('poortwachter_language=en'));
      assert.ok(language);
      assert.doesNotMatch(language, /expires|max-age/i);
    });

    test('that was known is a stranger again, to whoever says so and to nobody else', async (t) => {
      const tick = stopClock(t);
      const [anna, bert] = [await person('anna.was.bekend'), await person('bert.was.bekend')];
      const { browser } = await signIn(anna, { shared: false });
      browser.cookies = browser.cookies.filter(({ name }) => name === MARK);
      await signIn(bert, { browser, shared: false });
      assert.deepEqual(
        [await lanesOf(anna), await lanesOf(bert)].map((lanes) => lanes.length),
        [1, 1],
      );
      browser.cookies = browser.cookies.filter(({ name }) => name === MARK);
      tick(NEXT_CODE);
      await signIn(anna, { browser });
      assert.equal(isMarked(browser), false);
      assert.deepEqual(
        [await lanesOf(anna), await lanesOf(bert)].map((lanes) => lanes.length),
        [0, 1],
      );
      assert.match(installation.logged.join('\n'), /"event":"browsers\.forgotten".*"browsers":1/);
    });

    test('is told of as a new browser beside known ones each time, and not when it is itself the known one', async (t) => {
      const tick = stopClock(t);
      const email = 'nieuw.gedeeld@test.example';
      const who = await person('nieuw.gedeeld', email);
      const told = async () => {
        await untilQueueIsEmpty(installation);
        return sentTo(installation, email).filter(({ text }) => text.includes('met een nieuwe browser'))
          .length;
      };
      const { browser: own } = await signIn(who, { shared: false });
      for (const times of [1, 2]) {
        tick(NEXT_CODE);
        await signIn(who);
        assert.equal(await told(), times);
      }
      tick(NEXT_CODE);
      own.cookies = own.cookies.filter(({ name }) => name === MARK);
      await signIn(who, { browser: own });
      assert.equal(await told(), 2);
    });

    test('stays so until somebody signs out, whoever signs in there meanwhile', async (t) => {
      const { tick, who, browser } = await signedIn(t, 'blijft.gedeeld');
      for (const next of [who, await person('ook.gedeeld')]) {
        tick(NEXT_CODE);
        const { page } = await beginSignIn(installation, browser, { parameters: { prompt: 'login' } });
        assert.match(page.body, /id="shared-settled"/);
        assert.doesNotMatch(page.body, /<input id="shared"/, 'nothing to choose: it is so');
        const end = await browser.follow(await giveBoth(browser, page, next, false));
        if (next !== who) {
          // The other one is signed out first; on the way to their own sign-in its cookies stay.
          const out = await confirmSignOut(browser, end, { logout: 'yes' });
          assert.equal(out.headers.get('clear-site-data'), '"cache", "storage"');
          assert.ok(hasCode(await browser.follow(out)));
        }
        assert.equal(isMarked(browser), false, next.loginName);
        assert.deepEqual(await lanesOf(next), []);
        const { body } = await settings(browser);
        assert.match(body, /id="shared-computer"/, next.loginName);
        assert.match(body, new RegExp(next.loginName));
      }
    });

    test('is so in every window, also in one that was opened before anybody said it', async (t) => {
      const tick = stopClock(t);
      const who = await person('twee.vensters');
      const browser = new Browser();
      const early = await beginSignIn(installation, browser);
      await signIn(who, { browser });
      tick(NEXT_CODE);
      await browser.follow(await giveBoth(browser, early.page, who, false));
      assert.equal(isMarked(browser), false);
      assert.match((await settings(browser)).body, /id="shared-computer"/);
    });

    test('says so on every page of the settings, with a way out that leaves nothing in the browser', async () => {
      const who = await person('ziet.de.balk');
      const { browser, party } = await signIn(who);
      const page = await settings(browser);
      assert.match(page.body, /U werkt op een gedeelde computer\. Log uit als u klaar bent\./);
      const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      const out = await browser.post(`${installation.issuer}/account/sign-out`, { stamp });
      assert.equal(out.headers.get('clear-site-data'), '"cache", "storage", "cookies"');
      const end = await browser.follow(out);
      assert.equal(end.step, 'signed-out');
      assert.match(end.body, /Sluit dan alle vensters van de browser/);
      assert.equal(await isSignedIn(browser, party), false);
    });

    test('has its sign-out beside the words: the button of the bar ends the session', async () => {
      const { browser } = await signIn(await person('drukt.op.de.balk'));
      const out = await browser.press(await settings(browser), 'shared-sign-out');
      assert.equal(out.step, 'signed-out');
      assert.equal((await settings(browser)).step, 'password');
    });

    test('is not what any other computer is: there no page speaks of it, and cookies stay', async () => {
      const { browser } = await signIn(await person('eigen.computer'), { shared: false });
      assert.equal(isMarked(browser), true);
      const page = await settings(browser);
      assert.doesNotMatch(page.body, /id="shared-computer"/);
      const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      const out = await browser.post(`${installation.issuer}/account/sign-out`, { stamp });
      assert.equal(out.headers.get('clear-site-data'), '"cache", "storage"');
    });

    test('is left empty by the application’s sign-out too, save cookies that are still needed on the way back', async () => {
      const who = await person('uit.via.applicatie');
      const end = `${installation.issuer}/session/end`;
      const { browser } = await signIn(who);
      const stayed = await signOutBy(browser, end, {});
      assert.equal(stayed.headers.get('clear-site-data'), null, 'who stays signed in keeps everything');
      const plain = await signOutBy(browser, end, { logout: 'yes' });
      assert.equal(plain.headers.get('clear-site-data'), '"cache", "storage", "cookies"');
      assert.equal((await browser.follow(plain)).step, 'signed-out');
    });

    test('goes back to the application with the cookies that this one still has to read', async () => {
      const { browser, party, tokens } = await signIn(await person('terug.naar.applicatie'));
      const url = party.endSessionUrl({
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: SIGNED_OUT,
      });
      const done = await signOutBy(browser, url, { logout: 'yes' });
      assert.ok(done.location?.startsWith(SIGNED_OUT));
      assert.equal(done.headers.get('clear-site-data'), '"cache", "storage"');
    });
  });

  describe('for the settings', () => {
    test('says what it is for; one for an application says nothing', async () => {
      const { page } = await beginSignIn(installation);
      assert.doesNotMatch(page.body, /id="aim"/);
      const asked = await new Browser().open(`${installation.issuer}/account`);
      assert.match(asked.body, /<p class="lead" id="aim">Log in om uw instellingen te zien\.<\/p>/);
      assert.doesNotMatch(asked.body, /id="to-settings"/, 'nobody is signed in to go back to them');
    });

    test('asked for once more says why, knows the name, and can be left for the settings', async (t) => {
      const tick = stopClock(t);
      const { browser } = await tokensFor(installation, 'nog.een.keer');
      tick(6 * MINUTE);
      const asked = await browser.open(
        `${installation.issuer}/auth?${new URLSearchParams({
          client_id: 'poortwachter-account',
          response_type: 'none',
          scope: 'openid',
          redirect_uri: `${installation.issuer}/account/signed-in`,
          state: '/account',
          prompt: 'login',
          login_hint: 'nog.een.keer',
        })}`,
      );
      assert.match(asked.body, /<h1>Inloggen<\/h1>/);
      assert.match(asked.body, /id="aim">U wijzigt iets belangrijks\. Log daarom nog een keer in\.</);
      assert.match(asked.body, /<input id="login-name"[^>]* value="nog\.een\.keer"/);
      const href = /<a id="to-settings" href="([^"]+)"/.exec(asked.body)?.[1] ?? '';
      assert.equal((await browser.open(new URL(href, installation.issuer).href)).step, 'settings');
    });
  });
});
