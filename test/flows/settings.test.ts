import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { openSettings } from '../support/settings.ts';

describe('the settings', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1 });
  });

  test('are named in discovery, and ask for the same sign-in as any application', async () => {
    const discovery = await fetch(`${installation.issuer}/.well-known/openid-configuration`);
    const document: unknown = await discovery.json();
    assert.partialDeepStrictEqual(document, {
      account_management_uri: `${installation.issuer}/account`,
    });
    const { types } = z
      .looseObject({ response_types_supported: z.array(z.string()) })
      .transform((read) => ({ types: read.response_types_supported }))
      .parse(document);
    assert.deepEqual(types, ['code'], 'a response type for ourselves is nobody’s to ask for');
    const { page } = await openSettings(installation, { loginName: 'wie.ik.ben' });
    assert.equal(page.step, 'settings');
    assert.equal(new URL(page.url).pathname, '/account');
  });

  test('are the person’s who is signed in already, without another sign-in', async () => {
    const { browser } = await openSettings(installation, { loginName: 'al.binnen' });
    const again = await browser.get(`${installation.issuer}/account`);
    assert.equal(again.step, 'settings');
    assert.equal((await new Browser().open(`${installation.issuer}/account`)).step, 'password');
  });
});
