import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { RawSettings } from '#config/settings.ts';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, sentTo, untilQueueIsEmpty } from '../support/second-steps.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const tenant = { ...TEST_TENANT, firstSignIn: { asks: 'email' } } satisfies RawSettings['tenant'];

const NOTICE = /het e-mailadres gewijzigd/;

describe('a proved address that a first sign-in replaces', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  /** First sign-in of somebody whose address the organisation knows, up to the address that is saved. */
  const saving = async (loginName: string, known: string, typed: string) => {
    await installation.createAccount({ loginName, email: known });
    const { browser, page } = await behindPassword(installation, loginName);
    const asked = await browser.submit(page, { code: codeOf(keyOn(page)) });
    assert.equal(asked.step, 'security-question');
    await browser.press(asked, 'save', { email: typed });
    await untilQueueIsEmpty(installation);
    return (to: string) => sentTo(installation, to).filter(({ text }) => NOTICE.test(text)).length;
  };

  test('is told of it: whoever got hold of the first password types an address of their own', async () => {
    const noticesTo = await saving('onderschept', 'oud@test.example', 'dief@test.example');
    assert.deepEqual([noticesTo('oud@test.example'), noticesTo('dief@test.example')], [1, 0]);
  });

  test('by itself, in whatever spelling, is told nothing', async () => {
    const noticesTo = await saving('zelfde', 'zelfde@test.example', 'Zelfde@TEST.example');
    assert.equal(noticesTo('zelfde@test.example') + noticesTo('Zelfde@TEST.example'), 0);
  });
});
