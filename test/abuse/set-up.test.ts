import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import type { Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, newNumbers, passkeyOptions, registerKey } from '../support/second-steps.ts';
import { SoftwareKey } from '../support/software-authenticator.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';

const newNumber = newNumbers();

describe('setting up a second step', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: FULL_TENANT } });
  });

  const kindsOf = async (accountId: string) => {
    const { durable, tenant } = installation.running.composition;
    return (await durable.factors.list(tenant.id, accountId)).map(({ kind }) => kind).sort();
  };
  const skipTo = async (browser: Browser, page: Answer, step: string) => {
    let at = page;
    while (at.step !== step) at = await browser.press(at, 'skip');
    return at;
  };
  const proveNumber = async (browser: Browser, page: Answer) => {
    const number = newNumber();
    const asked = await browser.press(page, 'continue', { phone: number });
    return browser.press(asked, 'continue', { code: codeIn(newestTo(installation, number)) });
  };

  for (const [name, page, prove] of [
    ['a number', 'enrol-sms', proveNumber],
    ['a key', 'enrol-yubikey', (browser: Browser, at: Answer) => registerKey(browser, at, new SoftwareKey())],
    [
      'an app',
      'enrol-app',
      (browser: Browser, at: Answer) => browser.press(at, 'continue', { code: codeOf(keyOn(at)) }),
    ],
  ] as const) {
    test(`by a password alone adds ${name} to nobody who has a method by then`, async () => {
      const loginName = `wachtwoord-${page}`;
      const { account } = await installation.createAccount({ loginName });
      const thief = await behindPassword(installation, loginName);
      const waiting = await skipTo(thief.browser, thief.page, page);
      const owner = await behindPassword(installation, loginName);
      const number = await skipTo(owner.browser, owner.page, 'enrol-app');
      const own = await owner.browser.press(number, 'continue', { code: codeOf(keyOn(number)) });
      assert.equal(own.step, 'backup-code');
      const beaten = await prove(thief.browser, waiting);
      assert.equal(beaten.step, 'second-step');
      assert.deepEqual(await kindsOf(account.id), ['totp']);
    });
  }

  test('by a password alone shows nothing of the keys that the person has by then', async () => {
    await installation.createAccount({ loginName: 'sleutels' });
    const thief = await behindPassword(installation, 'sleutels');
    const waiting = await skipTo(thief.browser, thief.page, 'enrol-yubikey');
    const owner = await behindPassword(installation, 'sleutels');
    const key = new SoftwareKey();
    const page = await skipTo(owner.browser, owner.page, 'enrol-yubikey');
    assert.equal((await registerKey(owner.browser, page, key)).step, 'enrol-app');
    const { excludeCredentials } = await passkeyOptions(thief.browser, waiting, 'set-up');
    assert.deepEqual(excludeCredentials, []);
    // Who proved it is told, so that the browser can say that this key is there already.
    const back = await owner.browser.press(await owner.browser.open(page.url), 'back');
    const told = await passkeyOptions(owner.browser, back, 'set-up');
    assert.match(JSON.stringify(told.excludeCredentials), new RegExp(key.id.toString('base64url')));
  });

  test('takes a page’s own methods only', async () => {
    const { account } = await installation.createAccount({ loginName: 'andere-bladzijde' });
    const { browser, page } = await behindPassword(installation, 'andere-bladzijde');
    const app = await skipTo(browser, page, 'enrol-app');
    const key = keyOn(app);
    const yubikey = await browser.press(app, 'back');
    assert.equal(yubikey.step, 'enrol-yubikey');
    await browser.post(`${page.url}/enrol`, { method: 'totp', code: codeOf(key) });
    await browser.post(`${page.url}/enrol`, { method: 'backup-code', code: '12345678' });
    await browser.post(`${page.url}/enrol`, { method: 'constructor', code: '12345678' });
    assert.equal((await browser.get(page.url)).step, 'enrol-yubikey');
    assert.deepEqual(await kindsOf(account.id), []);
  });

  test('of an app whose key was made anew takes no code of the key before', async () => {
    const { account } = await installation.createAccount({ loginName: 'nieuwe-sleutel' });
    const { browser, page } = await behindPassword(installation, 'nieuwe-sleutel');
    const app = await skipTo(browser, page, 'enrol-app');
    const renewed = await browser.press(app, 'renew');
    assert.notEqual(keyOn(renewed), keyOn(app));
    assert.equal((await browser.press(renewed, 'continue', { code: codeOf(keyOn(app)) })).step, 'enrol-app');
    assert.deepEqual(await kindsOf(account.id), []);
    assert.equal(
      (await browser.press(renewed, 'continue', { code: codeOf(keyOn(renewed)) })).step,
      'backup-code',
    );
  });

  test('of a number takes no code once another number is asked for', async () => {
    const { account } = await installation.createAccount({ loginName: 'ander-nummer' });
    const { browser, page } = await behindPassword(installation, 'ander-nummer');
    const number = newNumber();
    const asked = await browser.press(page, 'continue', { phone: number });
    const changed = await browser.press(asked, 'change-number');
    const code = codeIn(newestTo(installation, number));
    const refused = await browser.follow(await browser.post(`${page.url}/enrol`, { method: 'sms', code }));
    assert.equal(changed.step, 'enrol-sms');
    assert.equal(refused.step, 'enrol-sms');
    assert.deepEqual(await kindsOf(account.id), []);
  });

  test('guessed at five times makes every further try wait, in any browser', async () => {
    await installation.createAccount({ loginName: 'raden' });
    const { browser, page } = await behindPassword(installation, 'raden');
    const app = await skipTo(browser, page, 'enrol-app');
    const right = codeOf(keyOn(app));
    for (let tries = 0; tries < 5; tries += 1) {
      await browser.press(app, 'continue', {
        code: String((Number(right) + 1 + tries) % 1_000_000).padStart(6, '0'),
      });
    }
    const other = await behindPassword(installation, 'raden');
    const there = await skipTo(other.browser, other.page, 'enrol-app');
    const refused = await other.browser.press(there, 'continue', { code: codeOf(keyOn(there)) });
    assert.equal(refused.step, 'enrol-app');
    assert.match(refused.body, /class="alert waiting"/);
  });
});
