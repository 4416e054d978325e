import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACR_MFA, ACR_PHISHING_RESISTANT, assuranceOf, reachableAcrs } from '#src/sign-in/assurance.ts';
import type { Amr } from '#src/sign-in/factor.ts';

const method = (phishingResistant: boolean, ...amr: Amr[]) => ({ phishingResistant, amr });

test('an app code makes two factors and is not called phishing-resistant', () => {
  assert.deepEqual(assuranceOf(method(false, 'otp')), { acr: ACR_MFA, amr: ['pwd', 'otp', 'mfa'] });
});

test('only a phishing-resistant method earns the higher assurance', () => {
  assert.equal(assuranceOf(method(true, 'hwk', 'user')).acr, ACR_PHISHING_RESISTANT);
});

test('no authentication method is named twice', () => {
  assert.deepEqual(assuranceOf(method(false, 'pwd', 'otp', 'mfa')).amr, ['pwd', 'otp', 'mfa']);
});

test('discovery promises the higher assurance only when some method reaches it', () => {
  assert.deepEqual(reachableAcrs([method(false)]), [ACR_MFA]);
  assert.deepEqual(reachableAcrs([method(false), method(true)]), [ACR_MFA, ACR_PHISHING_RESISTANT]);
});
