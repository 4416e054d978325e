import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACR_MFA, ACR_PHISHING_RESISTANT, assuranceOf, reachableAcrs } from '#src/sign-in/assurance.ts';
import type { Amr } from '#src/sign-in/factor.ts';

const proof = (phishingResistant: boolean, ...amr: Amr[]) => ({ phishingResistant, amr });

test('an app code makes two factors and is not called phishing-resistant', () => {
  assert.deepEqual(assuranceOf([proof(false, 'otp')]), { acr: ACR_MFA, amr: ['pwd', 'otp', 'mfa'] });
});

test('only a phishing-resistant proof earns the higher assurance', () => {
  assert.equal(assuranceOf([proof(true, 'hwk', 'user')]).acr, ACR_PHISHING_RESISTANT);
  assert.equal(assuranceOf([proof(false, 'otp', 'hwk'), proof(false, 'sms')]).acr, ACR_MFA);
});

test('several proofs of one sign-in are all named, and none twice', () => {
  const { acr, amr } = assuranceOf([proof(false, 'sms'), proof(true, 'hwk', 'pop'), proof(false, 'sms')]);
  assert.deepEqual(amr, ['pwd', 'sms', 'hwk', 'pop', 'mfa']);
  assert.equal(acr, ACR_PHISHING_RESISTANT);
});

test('discovery promises the higher assurance only when some method reaches it', () => {
  assert.deepEqual(reachableAcrs([proof(false)]), [ACR_MFA]);
  assert.deepEqual(reachableAcrs([proof(false), proof(true)]), [ACR_MFA, ACR_PHISHING_RESISTANT]);
});
