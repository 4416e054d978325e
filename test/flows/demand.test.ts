import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import type { RawSettings } from '#config/settings.ts';
import { ACR_MFA, ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, registerKey, settle, touchKey } from '../support/second-steps.ts';
import type { RelyingParty, Visit } from '../support/sign-in.ts';
import { SoftwareKey } from '../support/software-authenticator.ts';
import { tenantSettings } from '../support/tenants.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';
import { createLedger, startYubicoServer } from '../support/yubico-server.ts';
import { createYubiKey } from '../support/yubikey.ts';

const STRICT: NonNullable<RawSettings['clients']>[number] = {
  ...CLIENT,
  client_id: 'strict',
  client_name: 'Verzuimloket',
  redirect_uris: [...CLIENT.redirect_uris],
  post_logout_redirect_uris: [...CLIENT.post_logout_redirect_uris],
  first_party: true,
  required_acr: ACR_PHISHING_RESISTANT,
};
const KEPT = { ...STRICT, client_id: 'kept' };
const essential = (acr: object) => JSON.stringify({ id_token: { acr: { essential: true, ...acr } } });

/** Every way in which an application can insist. */
const DEMANDS: readonly [name: string, visit: Visit][] = [
  ['acr_values', { parameters: { acr_values: ACR_PHISHING_RESISTANT } }],
  [
    'an essential claim with a value',
    { parameters: { claims: essential({ value: ACR_PHISHING_RESISTANT }) } },
  ],
  [
    'an essential claim with values',
    { parameters: { claims: essential({ values: [ACR_PHISHING_RESISTANT] }) } },
  ],
  ['its client setting', { client: { id: STRICT.client_id } }],
  ['its client setting in the database', { client: { id: KEPT.client_id } }],
];
const [, DEMAND] = DEMANDS[0] ?? assert.fail();

/** What an application is told that gets no code: the error, and the state it sent along. */
function refusalIn({ location }: Answer) {
  const { searchParams } = new URL(location ?? 'about:blank');
  return { error: searchParams.get('error'), state: searchParams.get('state') };
}

describe('an application that insists on a sign-in that can’t be phished', () => {
  const ending = endOfSuite();
  const yubikey = createYubiKey();
  let installation: Installation;

  before(async () => {
    const service = await startYubicoServer(ending, createLedger(yubikey));
    const yubico = { clientId: service.clientId, secretKey: service.secretKey, servers: [service.address] };
    const tenant = { ...TEST_TENANT, secondStep: {} };
    const clients = [STRICT];
    installation = await startInstallation(ending, { settings: { tenant, yubico }, clients });
    const { durable, tenant: own } = installation.running.composition;
    assert.ok(await durable.clients.add(own.id, KEPT));
  });

  /** Somebody who is through their first sign-in, with an app that was used last. */
  const withApp = async (loginName: string, backupCode?: string) => {
    const made = await installation.createAccount({ loginName, withApp: true });
    await settle(installation, made.account, backupCode);
    return { ...made, code: () => codeOf(keyIn(made.appData ?? '')) };
  };
  /** The same with a key as well, set up in a first sign-in and used before the app. */
  const withBoth = async (loginName: string) => {
    const key = new SoftwareKey();
    await installation.createAccount({ loginName });
    const { browser, page } = await behindPassword(installation, loginName);
    const app = await registerKey(browser, await browser.press(page, 'skip'), key);
    assert.equal(app.step, 'enrol-app');
    const seed = keyOn(app);
    const backup = await browser.press(app, 'continue', { code: codeOf(seed) });
    const backupCode = /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(backup.body)?.[1] ?? '';
    assert.ok(hasCode(await browser.press(backup, 'continue')));
    return { key, seed, backupCode };
  };
  const assured = (tokens: Awaited<ReturnType<RelyingParty['finish']>>) => {
    const claims = tokens.claims();
    return [claims?.acr, claims?.amr];
  };

  for (const [n, [name, visit]] of DEMANDS.entries()) {
    test(`by ${name} has the key asked of who has one, and nothing else`, async () => {
      const loginName = `heeft-sleutel-${n}`;
      const { key, seed, backupCode } = await withBoth(loginName);
      const { browser, page, party, request } = await behindPassword(installation, loginName, visit);
      assert.match(page.body, /data-method="webauthn"/);
      for (const method of ['totp', 'backup-code', 'sms']) {
        await browser.post(`${page.url}/method`, { method });
        for (const code of [codeOf(seed), backupCode])
          await browser.post(`${page.url}/second-step`, { code });
        assert.match((await browser.get(page.url)).body, /data-method="webauthn"/);
      }
      const stuck = await browser.open(`${page.url}/stuck`);
      assert.doesNotMatch(stuck.body, /method-totp|use-backup-code/);
      const done = await touchKey(browser, page, key);
      const tokens = await party.finish(request, done.location);
      assert.deepEqual(assured(tokens), [ACR_PHISHING_RESISTANT, ['pwd', 'hwk', 'pop', 'user', 'mfa']]);
    });

    test(`by ${name} leads who has only an app to set up a key, and takes that`, async () => {
      const loginName = `alleen-app-${n}`;
      const { code } = await withApp(loginName);
      const { browser, page, party, request } = await behindPassword(installation, loginName, visit);
      const keys = await browser.submit(page, { code: code() });
      assert.equal(keys.step, 'enrol-yubikey');
      const typed = await browser.follow(
        await browser.post(`${page.url}/enrol`, { method: 'yubico-otp', code: yubikey.touch() }),
      );
      assert.equal(typed.step, 'enrol-yubikey', 'a code that a YubiKey types can be phished');
      const done = await registerKey(browser, typed, new SoftwareKey());
      const tokens = await party.finish(request, done.location);
      const [acr, amr] = assured(tokens);
      assert.equal(acr, ACR_PHISHING_RESISTANT);
      assert.deepEqual(amr, ['pwd', 'otp', 'hwk', 'pop', 'user', 'mfa']);
    });

    test(`by ${name} gets nothing from who gives up, and its state back`, async () => {
      const loginName = `geeft-op-${n}`;
      const { code } = await withApp(loginName);
      const { browser, page, request } = await behindPassword(installation, loginName, visit);
      const keys = await browser.submit(page, { code: code() });
      const why = await browser.press(keys, 'skip');
      assert.equal(why.step, 'stronger-needed');
      const back = await browser.press(why, 'back');
      assert.equal(back.step, 'enrol-yubikey');
      const gone = await browser.press(await browser.press(back, 'skip'), 'give-up');
      assert.deepEqual(refusalIn(gone), { error: 'unmet_authentication_requirements', state: request.state });
      const silent = await browser.open(page.url);
      assert.equal(hasCode(silent), false);
    });
  }

  test('is named to the person who is led to set up a key', async () => {
    const { code } = await withApp('uitleg');
    const { browser, page } = await behindPassword(installation, 'uitleg', {
      client: { id: STRICT.client_id },
    });
    const keys = await browser.submit(page, { code: code() });
    assert.match(keys.body, /<p class="lead">[^<]*Verzuimloket/);
    const why = await browser.press(keys, 'skip');
    assert.match(why.body, /<strong>Verzuimloket<\/strong>/);
  });

  test('has who is new set up a key, whatever else they skip or set up', async () => {
    await installation.createAccount({ loginName: 'nieuw' });
    const { browser, page, request } = await behindPassword(installation, 'nieuw', DEMAND);
    const keys = await browser.press(page, 'skip');
    assert.equal(keys.step, 'enrol-yubikey');
    const why = await browser.press(keys, 'skip');
    assert.equal(why.step, 'stronger-needed');
    const gone = await browser.press(why, 'give-up');
    assert.deepEqual(refusalIn(gone), { error: 'unmet_authentication_requirements', state: request.state });
    const again = await behindPassword(installation, 'nieuw', DEMAND);
    assert.equal(again.page.step, 'enrol-yubikey', 'what was skipped is not asked again, the key is');
    const app = await registerKey(again.browser, again.page, new SoftwareKey());
    assert.equal(app.step, 'enrol-app');
    const backup = await again.browser.press(app, 'skip');
    const done = await again.browser.press(backup, 'continue');
    const [acr] = assured(await again.party.finish(again.request, done.location));
    assert.equal(acr, ACR_PHISHING_RESISTANT);
  });

  test('takes no backup code, also not as the way to a key of one’s own', async () => {
    await withApp('nood', '12345678');
    const { browser, page } = await behindPassword(installation, 'nood', DEMAND);
    await browser.post(`${page.url}/method`, { method: 'backup-code' });
    const refused = await browser.submit(page, { code: '12345678' });
    assert.equal(refused.step, 'second-step');
    assert.match(refused.body, /data-method="totp"/);
    assert.doesNotMatch((await browser.get(`${page.url}/stuck`)).body, /use-backup-code/);
  });

  test('is not met by a key that a backup code opened the way to: it counts from the next sign-in on', async () => {
    const { account } = await installation.createAccount({ loginName: 'nood-en-sleutel', withApp: true });
    const { secondStep } = installation.running.composition;
    await secondStep.backupCodes.keep(account.tenantId, account.id, '12345678', undefined, Date.now());
    const first = await behindPassword(installation, 'nood-en-sleutel');
    await first.browser.post(`${first.page.url}/method`, { method: 'backup-code' });
    const phone = await first.browser.submit(first.page, { code: '12345678' });
    const key = new SoftwareKey();
    const backup = await registerKey(first.browser, await first.browser.press(phone, 'skip'), key);
    assert.equal(backup.step, 'backup-code');
    const done = await first.browser.press(backup, 'continue');
    const [acr, amr] = assured(await first.party.finish(first.request, done.location));
    assert.equal(acr, ACR_MFA);
    assert.deepEqual(amr, ['pwd', 'otp', 'hwk', 'pop', 'user', 'mfa']);
    const next = await behindPassword(installation, 'nood-en-sleutel', DEMAND);
    const touched = await touchKey(next.browser, next.page, key);
    assert.equal(assured(await next.party.finish(next.request, touched.location))[0], ACR_PHISHING_RESISTANT);
  });

  test('has a session by an app stepped up, and takes the stronger one from then on', async (t) => {
    const { key, seed } = await withBoth('opwaarderen');
    const tick = stopClock(t);
    // The app shows another code by then.
    tick(30_000);
    const browser = new Browser();
    const weak = await behindPassword(installation, 'opwaarderen', { browser });
    assert.match(weak.page.body, /data-method="totp"/);
    const signedIn = await browser.submit(weak.page, { code: codeOf(seed) });
    assert.deepEqual(assured(await weak.party.finish(weak.request, signedIn.location))[0], ACR_MFA);

    const silently = { ...DEMAND.parameters, prompt: 'none' };
    const asked = await browser.open((await weak.party.begin(silently)).url);
    assert.equal(refusalIn(asked).error, 'login_required');
    const strong = await behindPassword(installation, 'opwaarderen', { browser, ...DEMAND });
    const touched = await touchKey(browser, strong.page, key);
    const tokens = await strong.party.finish(strong.request, touched.location);
    assert.equal(assured(tokens)[0], ACR_PHISHING_RESISTANT);
    for (const parameters of [silently, { prompt: 'none' }]) {
      const request = await strong.party.begin(parameters);
      const { location } = await browser.open(request.url);
      const again = await strong.party.finish(request, location);
      assert.equal(assured(again)[0], ACR_PHISHING_RESISTANT);
    }
  });

  test('that only would like it has the key asked first, and takes the app with an honest token', async (t) => {
    const { key, seed } = await withBoth('voorkeur');
    const tick = stopClock(t);
    tick(30_000);
    const parameters = { acr_values: `${ACR_PHISHING_RESISTANT} ${ACR_MFA}` };
    const one = await behindPassword(installation, 'voorkeur', { parameters });
    assert.match(one.page.body, /data-method="webauthn"/);
    const stuck = await one.browser.open(`${one.page.url}/stuck`);
    const app = await one.browser.press(stuck, 'method-totp');
    const done = await one.browser.submit(app, { code: codeOf(seed) });
    const tokens = await one.party.finish(one.request, done.location);
    assert.deepEqual(assured(tokens), [ACR_MFA, ['pwd', 'otp', 'mfa']]);
    const two = await behindPassword(installation, 'voorkeur', { parameters });
    assert.match(two.page.body, /data-method="webauthn"/, 'also after the app was used last');
    const touched = await touchKey(two.browser, two.page, key);
    assert.equal(assured(await two.party.finish(two.request, touched.location))[0], ACR_PHISHING_RESISTANT);
  });
});

describe('where an organisation has no keys', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  test('the person is told why, and the application gets nothing but its state', async () => {
    const { appData } = await installation.createAccount({ loginName: 'geen-sleutels', withApp: true });
    const begun = await behindPassword(installation, 'geen-sleutels', DEMAND);
    const why = await begun.browser.submit(begun.page, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(why.step, 'stronger-needed');
    assert.match(why.body, /<strong>app<\/strong>/);
    assert.doesNotMatch(why.body, /id="back"/, 'there is nothing to go back to');
    await begun.browser.post(`${begun.page.url}/back`, {});
    await begun.browser.post(`${begun.page.url}/skip`, {});
    const gone = await begun.browser.press(await begun.browser.get(begun.page.url), 'give-up');
    const error = 'unmet_authentication_requirements';
    assert.deepEqual(refusalIn(gone), { error, state: begun.request.state });
  });

  test('discovery promises no more than its own methods reach, each organisation its own', async () => {
    const issuer = installation.origin.replace('localhost', '127.0.0.1');
    const settings = tenantSettings('zuid');
    const applied = await installation.running.composition.durable.tenants.apply({ issuer, settings });
    assert.equal(applied.kind, 'created');
    const promised = async (at: string) => {
      const response = await fetch(`${at}/.well-known/openid-configuration`);
      return z.object({ acr_values_supported: z.array(z.string()) }).parse(await response.json());
    };
    assert.deepEqual(await promised(installation.issuer), { acr_values_supported: [ACR_MFA] });
    const both = [ACR_MFA, ACR_PHISHING_RESISTANT];
    assert.deepEqual(await promised(issuer), { acr_values_supported: both });
  });
});
