import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { RawSettings } from '#config/settings.ts';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, passkeyOptions, registerKey, touchKey } from '../support/second-steps.ts';
import { SoftwareKey } from '../support/software-authenticator.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

/** Tenants that offer their methods in this order, and whose people are in after the last page. */
const tenantOf = (methods: string[], required: string[] = []) =>
  ({
    ...TEST_TENANT,
    secondStep: { methods, required, backupCode: 'none' },
  }) satisfies RawSettings['tenant'];

describe('a first sign-in', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let demanding: Installation;
  let free: Installation;

  before(async () => {
    demanding = await startInstallation(ending, {
      settings: { tenant: tenantOf(['totp', 'sms'], ['totp']) },
      clock,
    });
    free = await startInstallation(ending, {
      settings: { tenant: tenantOf(['webauthn', 'totp', 'sms']) },
      clock,
    });
  });

  const newcomer = async (place: Installation, loginName: string) => {
    const made = await place.createAccount({ loginName });
    return { ...made, ...(await behindPassword(place, loginName)) };
  };

  test('offers no way past a method that the tenant requires, also not to who asks for one', async () => {
    const { browser, page } = await newcomer(demanding, 'verplicht');
    assert.equal(page.step, 'enrol-app');
    assert.match(page.body, /id="not-skippable"/);
    assert.doesNotMatch(page.body, /id="skip"/);
    const forced = await browser.follow(await browser.post(`${page.url}/skip`, { from: 'enrol-app' }));
    assert.equal(forced.step, 'enrol-app');
    const sms = await browser.press(forced, 'continue', { code: codeOf(keyOn(forced), clock.now()) });
    assert.equal(sms.step, 'enrol-sms');
    assert.ok(hasCode(await browser.press(sms, 'skip')), 'what is not required can be skipped');
  });

  test('keeps the names that a person gives to a key and to an app', async () => {
    const { browser, page, account } = await newcomer(free, 'met-namen');
    assert.match(page.body, /name="label"/);
    const asked = await passkeyOptions(browser, page, 'set-up');
    const credential = new SoftwareKey().register(asked, new URL(page.url).origin);
    const typed = { method: 'webauthn', credential, label: 'Sleutelbos' };
    const app = await browser.follow(await browser.post(`${page.url}/enrol`, typed));
    assert.equal(app.step, 'enrol-app');
    const code = codeOf(keyOn(app), clock.now());
    await browser.press(app, 'continue', { code, label: 'Telefoon van het werk' });
    const kept = await free.running.composition.durable.factors.list(account.tenantId, account.id);
    assert.deepEqual(kept.map(({ kind, label }) => `${kind}: ${label}`).sort(), [
      'totp: Telefoon van het werk',
      'webauthn: Sleutelbos',
    ]);
  });

  test('tells who goes back what is set up already, and takes a second key and a second app, which all sign in', async () => {
    const loginName = 'van-alles-twee';
    const { browser, page } = await newcomer(free, loginName);
    const keys = [new SoftwareKey(), new SoftwareKey()] as const;
    const owned = /Dit heeft u al ingesteld\. U kunt er nog een toevoegen\./;
    assert.doesNotMatch(page.body, owned);
    const onward = await registerKey(browser, page, keys[0]);
    const keyAgain = await browser.press(onward, 'back');
    assert.equal(keyAgain.step, 'enrol-yubikey');
    assert.match(keyAgain.body, owned);
    const app = await registerKey(browser, keyAgain, keys[1]);
    assert.equal(app.step, 'enrol-app');
    assert.doesNotMatch(app.body, owned);
    const first = keyOn(app);
    const sms = await browser.press(app, 'continue', { code: codeOf(first, clock.now()) });
    const appAgain = await browser.press(sms, 'back');
    assert.equal(appAgain.step, 'enrol-app');
    assert.match(appAgain.body, owned);
    const second = keyOn(appAgain);
    assert.notEqual(second, first);
    const end = await browser.press(appAgain, 'continue', { code: codeOf(second, clock.now()) });
    assert.ok(hasCode(await browser.press(end, 'skip')));

    clock.advance(60_000);
    const asked = async (method: string) => {
      const begun = await behindPassword(free, loginName);
      assert.equal(begun.page.step, 'second-step');
      const chosen = await begun.browser.follow(
        await begun.browser.post(`${begun.page.url}/method`, { method }),
      );
      assert.match(chosen.body, new RegExp(`data-method="${method}"`));
      return { browser: begun.browser, page: chosen };
    };
    for (const [n, key] of keys.entries()) {
      const later = await asked('webauthn');
      const done = await touchKey(later.browser, later.page, key);
      assert.ok(hasCode(done), `key ${n + 1}`);
    }
    for (const [n, seed] of [first, second].entries()) {
      const later = await asked('totp');
      const done = await later.browser.submit(later.page, { code: codeOf(seed, clock.now()) });
      assert.ok(hasCode(done), `app ${n + 1}`);
    }
  });

  test('after a new QR code takes the codes of that one, and none of the one before', async () => {
    const { browser, page } = await newcomer(free, 'opnieuw-scannen');
    const app = await browser.press(page, 'skip');
    const renewed = await browser.press(app, 'renew');
    assert.equal(renewed.step, 'enrol-app');
    assert.notEqual(keyOn(renewed), keyOn(app));
    const old = await browser.press(renewed, 'continue', { code: codeOf(keyOn(app), clock.now()) });
    assert.equal(old.step, 'enrol-app');
    assert.match(old.body, /aria-invalid="true"/);
    const taken = await browser.press(old, 'continue', { code: codeOf(keyOn(renewed), clock.now()) });
    assert.equal(taken.step, 'enrol-sms');
  });
});

describe('a later sign-in', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());

  test('tells who has a slow clock to have the device set it', async () => {
    const place = await startInstallation(ending, { settings: { tenant: TEST_TENANT }, clock });
    const { appData } = await place.createAccount({ loginName: 'trage-klok', withApp: true });
    const seed = keyIn(appData ?? '');
    clock.advance(20 * 60_000);
    const { browser, page } = await behindPassword(place, 'trage-klok');
    const told = await browser.submit(page, { code: codeOf(seed, clock.now() - 5 * 60_000) });
    assert.equal(told.step, 'second-step');
    assert.match(told.body, /Zet de tijd op uw toestel op automatisch/);
    assert.ok(hasCode(await browser.submit(told, { code: codeOf(seed, clock.now()) })));
  });
});
