import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { beginSignIn, codeFor, tokensFor, typePassword } from '../support/sign-in.ts';

const SESSION = 'poortwachter_session';
const INTERACTION = 'poortwachter_interaction';
const RESUME = 'poortwachter_resume';

describe('cookies that somebody planted', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let people = 0;

  before(async () => {
    installation = await startInstallation(ending);
  });

  const signedIn = (browser = new Browser()) => {
    people += 1;
    return tokensFor(installation, `koekje-${people}`, browser);
  };
  const held = (browser: Browser, name: string) =>
    browser.cookies.find((one) => one.name === name)?.value ?? '';
  const cookieOf = (pairs: [string, string][]) => pairs.map(([name, value]) => `${name}=${value}`).join('; ');
  /** What a browser with exactly this Cookie header is answered when an application asks without a page. */
  const silent = async (cookie: string) => {
    const party = await createRelyingParty(installation.issuer);
    const answer = await new Browser().get((await party.begin({ prompt: 'none' })).url, { cookie });
    return new URL(answer.location ?? '').searchParams.get('code') === null ? 'nobody' : 'somebody';
  };

  test('next to the right one take nobody’s session, and make none', async () => {
    const { browser } = await signedIn();
    const [value, sig] = [held(browser, SESSION), held(browser, `${SESSION}.sig`)];
    assert.equal(
      await silent(
        cookieOf([
          [SESSION, value],
          [`${SESSION}.sig`, sig],
        ]),
      ),
      'somebody',
    );
    const planted: [string, [string, string][]][] = [
      ['no signature', [[SESSION, value]]],
      [
        'an empty signature',
        [
          [SESSION, value],
          [`${SESSION}.sig`, ''],
        ],
      ],
      [
        'a made-up signature',
        [
          [SESSION, value],
          [`${SESSION}.sig`, 'A'.repeat(sig.length)],
        ],
      ],
      [
        'a value of somebody’s own first',
        [
          [SESSION, 'planted'],
          [SESSION, value],
          [`${SESSION}.sig`, sig],
        ],
      ],
      [
        'a name in capitals',
        [
          [SESSION.toUpperCase(), value],
          [`${SESSION.toUpperCase()}.sig`, sig],
        ],
      ],
      [
        'a value in quotes and more',
        [
          [SESSION, `"${value}"x`],
          [`${SESSION}.sig`, sig],
        ],
      ],
      [
        'the signature of the signature',
        [
          [`${SESSION}.sig`, sig],
          [`${SESSION}.sig.sig`, sig],
        ],
      ],
      [
        'a thousand of them',
        Array.from({ length: 100 }, (_, n): [string, string] => [`${SESSION}${n}`, value]),
      ],
    ];
    for (const [what, pairs] of planted) assert.equal(await silent(cookieOf(pairs)), 'nobody', what);
  });

  test('of one kind are worth nothing as another, signature and all', async () => {
    const { browser } = await beginSignIn(installation);
    const own = await signedIn();
    const signed = (from: Browser, name: string, as: string): [string, string][] => [
      [as, held(from, name)],
      [`${as}.sig`, held(from, `${name}.sig`)],
    ];
    assert.equal(await silent(cookieOf(signed(browser, INTERACTION, SESSION))), 'nobody');
    assert.equal(await silent(cookieOf(signed(browser, RESUME, SESSION))), 'nobody');
    const { page } = await beginSignIn(installation);
    for (const name of [INTERACTION, RESUME, SESSION]) {
      const cookie = cookieOf(signed(own.browser, SESSION, name));
      const answer = await new Browser().get(page.url, { cookie });
      assert.equal(answer.step, 'cookies', name);
    }
  });

  test('for every path do not move a sign-in into another browser', async () => {
    const attacker = await beginSignIn(installation);
    const victim = await beginSignIn(installation);
    const uid = held(attacker.browser, INTERACTION);
    // A neighbour of the host can set cookies for a parent path; the browser sends both.
    for (const path of ['/', '/interaction']) {
      victim.browser.cookies.push(
        { name: INTERACTION, value: uid, path },
        { name: `${INTERACTION}.sig`, value: held(attacker.browser, `${INTERACTION}.sig`), path },
      );
    }
    const shown = await victim.browser.get(victim.page.url);
    assert.ok(shown.step === 'password' || shown.step === undefined, `${shown.step}`);
    assert.notEqual(shown.location, attacker.page.url);
    const others = await new Browser().get(victim.page.url, {
      cookie: cookieOf([
        [INTERACTION, uid],
        [`${INTERACTION}.sig`, held(attacker.browser, `${INTERACTION}.sig`)],
      ]),
    });
    assert.notEqual(others.step, 'password', 'a cookie of one sign-in opens no other');
  });

  test('from before a sign-in are worth nothing after it, to whoever knows them', async () => {
    const victim = new Browser();
    // The attacker begins, lets our server sign cookies, and plants all of them.
    const attacker = await beginSignIn(installation);
    await attacker.browser.get(`${installation.issuer}/session/end`);
    victim.cookies = attacker.browser.cookies.map((cookie) => ({ ...cookie }));
    const { account } = await signedIn(victim);
    assert.ok(account);
    assert.notEqual(held(victim, SESSION), held(attacker.browser, SESSION));
    const party = await createRelyingParty(installation.issuer);
    const answer = await attacker.browser.open((await party.begin({ prompt: 'none' })).url);
    assert.equal(new URL(answer.location ?? '').searchParams.get('error'), 'login_required');
    assert.notEqual((await attacker.browser.open(attacker.page.url)).step, 'second-step');
  });

  test('of a sign-in that ended open it no more, nor bring its code again', async () => {
    const { appData } = await installation.createAccount({ loginName: 'eind', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'eind');
    const kept = browser.thief();
    const done = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
    assert.match(done.location ?? '', /[?&]code=/);
    for (const path of ['', '/second-step', '/password', '/start-over', '/consent']) {
      const shown = await kept.get(page.url + path);
      assert.doesNotMatch(`${shown.location}`, /[?&]code=/, path);
      assert.notEqual(shown.step, 'second-step');
      const posted = await kept.post(page.url + path, { code: '000000', login_name: 'eind', password: 'x' });
      assert.doesNotMatch(`${posted.location}`, /[?&]code=/, path);
    }
    const resumed = await kept.get(page.url.replace('/interaction/', '/auth/'));
    assert.doesNotMatch(`${resumed.location}`, /[?&]code=/);
  });

  test('of somebody who signed out are worth nothing, nor is the back button', async () => {
    const { browser, page } = await codeFor(installation, 'weg');
    const kept = browser.thief();
    const asked = await browser.open(`${installation.issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? '';
    await browser.post(`${installation.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    const party = await createRelyingParty(installation.issuer);
    for (const one of [browser, kept]) {
      const answer = await one.open((await party.begin({ prompt: 'none' })).url);
      assert.equal(new URL(answer.location ?? '').searchParams.get('error'), 'login_required');
      const back = await one.open(page.url);
      assert.doesNotMatch(`${back.location}`, /[?&]code=/);
      assert.doesNotMatch(back.body, /weg/);
    }
  });

  test('of another browser sign nobody out: the question belongs to the session it was asked in', async () => {
    const victim = await signedIn();
    const attacker = await signedIn();
    const asked = await attacker.browser.open(`${installation.issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? '';
    const confirm = `${installation.issuer}/session/end/confirm`;
    for (const fields of [{ xsrf, logout: 'yes' }, { logout: 'yes' }, { xsrf: '', logout: 'yes' }]) {
      assert.ok((await victim.browser.post(confirm, fields)).status >= 400);
    }
    await victim.browser.open(`${installation.issuer}/session/end`);
    assert.ok((await victim.browser.post(confirm, { xsrf, logout: 'yes' })).status >= 400);
    const answer = await victim.browser.open((await victim.party.begin({ prompt: 'none' })).url);
    assert.match(answer.location ?? '', /[?&]code=/);
  });
});
