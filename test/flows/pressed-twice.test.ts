import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, newNumbers } from '../support/second-steps.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';

/** Scripts keep most second presses away; these come through, one behind the other or both at once. */
describe('a button that is pressed twice', () => {
  const ending = endOfSuite();
  const newNumber = newNumbers();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: FULL_TENANT } });
  });

  const newcomer = async (loginName: string) => {
    await installation.createAccount({ loginName });
    return behindPassword(installation, loginName);
  };

  test('skips one page', async () => {
    const { browser, page } = await newcomer('slaat-over');
    await browser.press(page, 'skip');
    assert.equal((await browser.press(page, 'skip')).step, 'enrol-yubikey');
    await Promise.all([browser.press(page, 'skip'), browser.press(page, 'skip')]);
    assert.equal((await browser.open(page.url)).step, 'enrol-yubikey');
  });

  test('goes back one page', async () => {
    const { browser, page } = await newcomer('gaat-terug');
    const app = await browser.press(await browser.press(page, 'skip'), 'skip');
    await browser.press(app, 'back');
    assert.equal((await browser.press(app, 'back')).step, 'enrol-yubikey');
  });

  test('sends one code for a number, and takes it', async () => {
    const { browser, page } = await newcomer('stuurt-code');
    const phone = newNumber();
    await Promise.all([
      browser.press(page, 'continue', { phone }),
      browser.press(page, 'continue', { phone }),
    ]);
    const asked = await browser.open(page.url);
    const proved = await browser.press(asked, 'continue', { code: codeIn(newestTo(installation, phone)) });
    assert.equal(proved.step, 'enrol-yubikey');
  });

  test('keeps one app, and goes on from it', async () => {
    const { browser, page } = await newcomer('bewijst-app');
    const app = await browser.press(await browser.press(page, 'skip'), 'skip');
    const code = codeOf(keyOn(app));
    await Promise.all([browser.press(app, 'continue', { code }), browser.press(app, 'continue', { code })]);
    const backup = await browser.open(page.url);
    assert.equal(backup.step, 'backup-code');
    await Promise.all([browser.press(backup, 'continue'), browser.press(backup, 'continue')]);
    assert.equal((await browser.open(page.url)).step, 'security-question');
  });
});
