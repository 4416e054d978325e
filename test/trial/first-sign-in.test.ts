import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { codeIn, newestInOutbox } from '../support/letters.ts';
import { newTrialHome, startTrial } from '../support/trial.ts';

const PHONE = '+31612345678';
const EMAIL = 'hr-manager@voorbeeld.example';

test('somebody new signs in at the trial through every step, with what stands in its outbox', async (t) => {
  const trial = await startTrial(t, await newTrialHome(t));
  const codeTo = async (to: string) => codeIn(await newestInOutbox(trial.issuer, to));
  const browser = new Browser();
  const sent = await browser.get(`${trial.sample}/login`);
  const page = await browser.open(sent.location ?? '');
  const phone = await browser.submit(page, { login_name: 'hr-manager', password: trial.password });
  assert.equal(phone.step, 'enrol-sms');
  const asked = await browser.press(phone, 'continue', { phone: '06 1234 5678' });
  const key = await browser.press(asked, 'continue', { code: await codeTo(PHONE) });
  assert.equal(key.step, 'enrol-yubikey');
  const app = await browser.press(key, 'skip');
  assert.equal(app.step, 'enrol-app');
  const backup = await browser.press(app, 'continue', { code: codeOf(keyOn(app)) });
  assert.equal(backup.step, 'backup-code');
  const question = await browser.press(backup, 'continue');
  assert.equal(question.step, 'security-question');
  assert.ok(question.body.includes(`value="${EMAIL}"`), 'the address that is known is filled in');
  const typed = { question: 'first-concert', answer: 'Doe Maar in Carré', email: EMAIL };
  const email = await browser.press(question, 'save', typed);
  assert.equal(email.step, 'confirm-email', 'the address of somebody new is still to be proved');
  const back = await browser.submit(email, { code: await codeTo(EMAIL) });
  const application = await browser.open(back.location ?? '');
  assert.equal(application.step, 'overview');
  assert.match(application.body, /Demo HR-manager/);
  for (const way of ['pwd', 'sms', 'otp', 'mfa'])
    assert.match(application.body, new RegExp(`\\b${way}\\b`), 'the application is told of each');
});
