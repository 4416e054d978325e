import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ACR_MFA, ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { tokensFor } from '../support/sign-in.ts';

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
