import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { RawSettings } from '#config/settings.ts';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers, sentTo, untilQueueIsEmpty } from '../support/second-steps.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

/** Everybody is to have an app; who has a phone only is led to set one up. */
const tenant = {
  ...TEST_TENANT,
  secondStep: { methods: ['sms', 'totp'], required: ['totp'], backupCode: 'none' },
} satisfies RawSettings['tenant'];

const NOTICE = /een manier om in te loggen toegevoegd/;

describe('a method that is added to an account', () => {
  const ending = endOfSuite();
  const newNumber = newNumbers();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  /** People are told in the background. */
  const untilTold = () => untilQueueIsEmpty(installation);
  const noticesTo = (to: string) => sentTo(installation, to).filter(({ text }) => NOTICE.test(text));

  test('is told on every channel that its person had before (ground rule 7)', async () => {
    const number = newNumber();
    const email = 'had-al-iets@test.example';
    await installation.createAccount({ loginName: 'had-al-iets', email, withPhone: number });
    const { browser, page } = await behindPassword(installation, 'had-al-iets');
    const app = await browser.submit(page, { code: codeIn(newestTo(installation, number)) });
    assert.equal(app.step, 'enrol-app');
    assert.ok(hasCode(await browser.press(app, 'continue', { code: codeOf(keyOn(app)) })));
    await untilTold();
    assert.deepEqual([noticesTo(number).length, noticesTo(email).length], [1, 1]);
  });

  test('is no news to somebody who sets up the first ones', async () => {
    const number = newNumber();
    await installation.createAccount({ loginName: 'had-nog-niets' });
    const { browser, page } = await behindPassword(installation, 'had-nog-niets');
    const sent = await browser.press(page, 'continue', { phone: number });
    const app = await browser.press(sent, 'continue', { code: codeIn(newestTo(installation, number)) });
    assert.ok(hasCode(await browser.press(app, 'continue', { code: codeOf(keyOn(app)) })));
    await untilTold();
    assert.equal(noticesTo(number).length, 0);
  });
});
