import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers } from '../support/second-steps.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

/** Behind the methods there is nothing more: whoever gets past them is in. */
const tenant = { ...TEST_TENANT, secondStep: { backupCode: 'none' } } as const;

describe('a reset of the second step, made because somebody else had it,', () => {
  const ending = endOfSuite();
  const newNumber = newNumbers();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  /** Somebody with password and phone of another, who proved both and then waits on the way in. */
  const parked = async (loginName: string) => {
    const number = newNumber();
    const { account } = await installation.createAccount({ loginName, withPhone: number });
    const thief = await behindPassword(installation, loginName);
    const page = await thief.browser.submit(thief.page, { code: codeIn(newestTo(installation, number)) });
    assert.equal(page.step, 'enrol-yubikey');
    const { enrolments } = installation.running.composition.durable;
    const reset = () => enrolments.resetSecondStep(account.tenantId, account.id);
    return { account, browser: thief.browser, page, reset };
  };

  /** The owner sets up an app of their own. */
  const setUpAnew = async (loginName: string) => {
    const owner = await behindPassword(installation, loginName);
    const sms = owner.page;
    assert.equal(sms.step, 'enrol-sms');
    const app = await owner.browser.press(await owner.browser.press(sms, 'skip'), 'skip');
    assert.ok(hasCode(await owner.browser.press(app, 'continue', { code: codeOf(keyOn(app)) })));
  };

  const methodsOf = async ({ tenantId, id }: { tenantId: string; id: string }) => {
    const owned = await installation.running.composition.durable.factors.list(tenantId, id);
    return owned.map(({ kind }) => kind);
  };

  test('ends what they had under way', async () => {
    const { browser, page, reset } = await parked('wacht-af');
    const last = await browser.press(page, 'skip');
    await reset();
    assert.equal((await browser.press(last, 'skip')).step, 'password');
  });

  test('also once the owner has set up another method: nothing of theirs can be added', async () => {
    const { account, browser, page, reset } = await parked('voegt-toe');
    const app = await browser.press(page, 'skip');
    await reset();
    await setUpAnew('voegt-toe');
    const end = await browser.press(app, 'continue', { code: codeOf(keyOn(app)) });
    assert.equal(end.step, 'password');
    assert.deepEqual(await methodsOf(account), ['totp']);
  });
});
