import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ACR_MFA, ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, newNumbers, registerKey, settle, touchKey } from '../support/second-steps.ts';
import { type RelyingParty, type Request, tokensFor } from '../support/sign-in.ts';
import { type KeyMake, SoftwareKey } from '../support/software-authenticator.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';
import { createLedger, startYubicoServer } from '../support/yubico-server.ts';
import { createYubiKey } from '../support/yubikey.ts';

describe('a tenant whose people have apps only', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  test('an application that would like more gets an honest token, and so does its refresh', async () => {
    const parameters = { acr_values: `${ACR_PHISHING_RESISTANT} ${ACR_MFA}` };
    const { party, tokens } = await tokensFor(installation, 'wens', new Browser(), { parameters });
    const refreshed = await party.refresh(tokens.refresh_token ?? '');
    for (const claims of [tokens.claims(), refreshed.claims()]) {
      assert.deepEqual([claims?.acr, claims?.amr], [ACR_MFA, ['pwd', 'otp', 'mfa']]);
    }
  });

  test('an application that demands more hears without any page that nobody can give it here', async () => {
    const { browser, party } = await tokensFor(installation, 'eis');
    const acr = { essential: true, value: ACR_PHISHING_RESISTANT };
    for (const parameters of [
      { acr_values: ACR_PHISHING_RESISTANT },
      { claims: JSON.stringify({ id_token: { acr } }) },
    ]) {
      const { url } = await party.begin({ ...parameters, prompt: 'none' });
      const { location } = await browser.open(url);
      const error = new URL(location ?? 'about:blank').searchParams.get('error');
      assert.equal(error, 'unmet_authentication_requirements');
    }
  });
});

/** One way to set up a second step and to use it later, with what the token then says. */
interface Route {
  name: string;
  /** Page of the first sign-in that it is set up on. */
  page: string;
  setUp(browser: Browser, page: Answer): Promise<Answer>;
  use(browser: Browser, page: Answer): Promise<Answer>;
  amr: string[];
  acr: string;
}

describe('a token says truly how its owner signed in', () => {
  const ending = endOfSuite();
  const yubikey = createYubiKey();
  const newNumber = newNumbers();
  let installation: Installation;

  before(async () => {
    const service = await startYubicoServer(ending, createLedger(yubikey));
    const yubico = { clientId: service.clientId, secretKey: service.secretKey, servers: [service.address] };
    const tenant = { ...TEST_TENANT, secondStep: {} };
    installation = await startInstallation(ending, { settings: { tenant, yubico } });
  });

  const codeTo = (number: string) => codeIn(newestTo(installation, number));
  const phone = (name: string, number: string, more: Pick<Route, 'use' | 'amr'>): Route => ({
    name,
    page: 'enrol-sms',
    setUp: async (browser, page) => {
      const asked = await browser.press(page, 'continue', { phone: number });
      return browser.press(asked, 'continue', { code: codeTo(number) });
    },
    acr: ACR_MFA,
    ...more,
  });
  const key = (name: string, make: KeyMake, amr: string[]): Route => {
    const held = new SoftwareKey(make);
    return {
      name,
      page: 'enrol-yubikey',
      setUp: (browser, page) => registerKey(browser, page, held),
      use: (browser, page) => touchKey(browser, page, held),
      amr,
      acr: ACR_PHISHING_RESISTANT,
    };
  };
  const mobile = newNumber();
  const landline = '+31201234567';
  let seed = '';
  const routes: Route[] = [
    phone('a code by text message', mobile, {
      use: (browser, page) => browser.submit(page, { code: codeTo(mobile) }),
      amr: ['pwd', 'sms', 'mfa'],
    }),
    phone('a code spoken on a landline', landline, {
      use: (browser, page) => browser.submit(page, { code: codeTo(landline) }),
      amr: ['pwd', 'tel', 'mfa'],
    }),
    {
      name: 'an app',
      page: 'enrol-app',
      setUp: (browser, page) => {
        seed = keyOn(page);
        return browser.press(page, 'continue', { code: codeOf(seed) });
      },
      use: (browser, page) => browser.submit(page, { code: codeOf(seed) }),
      amr: ['pwd', 'otp', 'mfa'],
      acr: ACR_MFA,
    },
    {
      name: 'a code that a YubiKey types',
      page: 'enrol-yubikey',
      setUp: async (browser, page) =>
        browser.follow(
          await browser.post(`${page.url}/enrol`, { method: 'yubico-otp', code: yubikey.touch() }),
        ),
      use: (browser, page) => browser.submit(page, { code: yubikey.touch() }),
      amr: ['pwd', 'otp', 'hwk', 'mfa'],
      acr: ACR_MFA,
    },
    key('a security key', {}, ['pwd', 'hwk', 'pop', 'user', 'mfa']),
    key('a security key that asks for a PIN', { verifiesUser: true }, ['pwd', 'hwk', 'pop', 'user', 'mfa']),
    key('a passkey that is copied between devices', { backupEligible: true, verifiesUser: true }, [
      ...['pwd', 'swk', 'pop', 'user', 'mfa'],
    ]),
  ];

  /** Skips what can be skipped, takes the backup code, and gets the tokens at the end. */
  const finish = async (browser: Browser, page: Answer, party: RelyingParty, request: Request) => {
    let at = page;
    while (at.step !== undefined)
      at = await browser.press(at, at.step === 'backup-code' ? 'continue' : 'skip');
    return party.finish(request, at.location);
  };

  for (const [n, { name, page, setUp, use, amr, acr }] of routes.entries()) {
    test(`${name}: ${amr.join(' ')}, in the first sign-in, in a later one and after a refresh`, async (t) => {
      const tick = stopClock(t);
      const loginName = `weg-${n}`;
      await installation.createAccount({ loginName });
      const first = await behindPassword(installation, loginName);
      let at = first.page;
      while (at.step !== page) at = await first.browser.press(at, 'skip');
      const proved = await setUp(first.browser, at);
      const set = await finish(first.browser, proved, first.party, first.request);
      // The app shows another code by then.
      tick(30_000);
      const later = await behindPassword(installation, loginName);
      const used = await use(later.browser, later.page);
      const tokens = await later.party.finish(later.request, used.location);
      const refreshed = await later.party.refresh(tokens.refresh_token ?? '');
      for (const claims of [set.claims(), tokens.claims(), refreshed.claims()]) {
        assert.deepEqual([claims?.acr, claims?.amr], [acr, amr]);
      }
    });
  }

  test('a code that is spoken to who asked to be called is a spoken one', async (t) => {
    const tick = stopClock(t);
    const number = newNumber();
    const { account } = await installation.createAccount({ loginName: 'bel-mij', withPhone: number });
    await settle(installation, account);
    const { browser, page, party, request } = await behindPassword(installation, 'bel-mij');
    tick(30_000);
    const called = await browser.press(await browser.open(`${page.url}/stuck`), 'call-me');
    const done = await browser.submit(called, { code: codeTo(number) });
    const claims = (await party.finish(request, done.location)).claims();
    assert.deepEqual([claims?.acr, claims?.amr], [ACR_MFA, ['pwd', 'tel', 'mfa']]);
  });

  test('a backup code is a code that was typed, and never more', async () => {
    const { account } = await installation.createAccount({ loginName: 'nood', withApp: true });
    await settle(installation, account, '12345678');
    const { browser, page, party, request } = await behindPassword(installation, 'nood');
    await browser.post(`${page.url}/method`, { method: 'backup-code' });
    const renewed = await browser.submit(page, { code: '1234 5678' });
    assert.equal(renewed.step, 'backup-code');
    const claims = (await finish(browser, renewed, party, request)).claims();
    assert.deepEqual([claims?.acr, claims?.amr], [ACR_MFA, ['pwd', 'otp', 'mfa']]);
  });

  test('several in one first sign-in are all named, and the strongest counts', async () => {
    await installation.createAccount({ loginName: 'alles' });
    const { browser, page, party, request } = await behindPassword(installation, 'alles');
    const number = newNumber();
    const asked = await browser.press(page, 'continue', { phone: number });
    const keys = await browser.press(asked, 'continue', { code: codeTo(number) });
    const app = await registerKey(browser, keys, new SoftwareKey());
    const backup = await browser.press(app, 'continue', { code: codeOf(keyOn(app)) });
    const claims = (await finish(browser, backup, party, request)).claims();
    const amr = ['pwd', 'sms', 'hwk', 'pop', 'user', 'otp', 'mfa'];
    assert.deepEqual([claims?.acr, claims?.amr], [ACR_PHISHING_RESISTANT, amr]);
  });
});
