import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { codeOf } from './authenticator.ts';
import type { Hand } from './hands.ts';
import { codeIn } from './letters.ts';

/** Somebody on the way through a first sign-in, in a real browser. */
export interface Newcomer {
  page: Page;
  hand: Hand;
  /** Where the sample application is. */
  sample: string;
  loginName: string;
  password: string;
  /** The newest message to a number (E.164) or address. */
  letter(to: string): string | Promise<string>;
  /** Told of every page that is reached, before anything is done there. */
  see(name: string): Promise<void>;
}

/** Waits until the browser shows a step, and what is named on it. */
export async function reach({ page }: Pick<Newcomer, 'page'>, step: string, also = ''): Promise<void> {
  await page.waitForSelector(`main[data-step="${step}"] ${also}`, { state: 'attached' });
}

/** "n/m" as the page says it; empty where it says nothing. */
export async function progressOn(page: Page): Promise<string> {
  const said = await page.locator('.progress p').allTextContents();
  return (said.join().match(/\d+/g) ?? []).join('/');
}

/** From the application to the page behind the right password. */
export async function enter(newcomer: Newcomer): Promise<void> {
  const { page, hand, sample, loginName, password } = newcomer;
  await page.goto(`${sample}/login`);
  await reach(newcomer, 'password');
  await newcomer.see('password');
  await hand.type('#login-name', loginName);
  await hand.type('#password', password);
  await hand.press('#sign-in');
}

/** SMS page: types a number and the code that it gets. `number` is what is typed, as E.164. */
export async function proveNumber(newcomer: Newcomer, typed: string, number: string): Promise<void> {
  const { hand } = newcomer;
  await reach(newcomer, 'enrol-sms', '#phone');
  await newcomer.see('enrol-sms');
  await hand.type('#phone', typed);
  await hand.press('#continue');
  await reach(newcomer, 'enrol-sms', '#code');
  await newcomer.see('enrol-sms-code');
  await hand.type('#code', codeIn(await newcomer.letter(number)));
  await hand.press('#continue');
}

/** YubiKey page: touches the key, or shows the finger, that the browser was given. */
export async function touchKey(newcomer: Newcomer): Promise<void> {
  await reach(newcomer, 'enrol-yubikey', '#use-passkey:not([hidden])');
  await newcomer.see('enrol-yubikey');
  await newcomer.hand.press('#use-passkey');
}

/** App page: types the code of the key that is shown, as it is at `at` (milliseconds since the epoch). */
export async function setUpApp(newcomer: Newcomer, at = Date.now()): Promise<string> {
  const { page, hand } = newcomer;
  await reach(newcomer, 'enrol-app', '#code');
  await newcomer.see('enrol-app');
  const key = (await page.textContent('#setup-key')) ?? '';
  await hand.type('#code', codeOf(key, at));
  await hand.press('#continue');
  return key;
}

/** Backup code page: resolves to the code as it stands there. */
export async function readBackupCode(newcomer: Newcomer): Promise<string> {
  await reach(newcomer, 'backup-code');
  await newcomer.see('backup-code');
  const code = (await newcomer.page.textContent('#backup-code')) ?? '';
  assert.match(code, /^\d{4} \d{4}$/);
  return code;
}

/** What everybody here answers. */
export const ANSWER = 'Sproetje van de hoek';

/** Question page: the second question of the list, an answer and an address. */
export async function answerQuestion(newcomer: Newcomer, email: string): Promise<void> {
  const { hand } = newcomer;
  await reach(newcomer, 'security-question');
  await newcomer.see('security-question');
  await hand.choose('#question', 2);
  await hand.type('#answer', ANSWER);
  await hand.type('#email', email);
  await hand.press('#save');
}

/** E-mail page: types the code that came by mail. */
export async function proveAddress(newcomer: Newcomer, email: string): Promise<void> {
  const { hand } = newcomer;
  await reach(newcomer, 'confirm-email', '#code');
  await newcomer.see('confirm-email');
  await hand.type('#code', codeIn(await newcomer.letter(email)));
  await hand.press('#continue');
}

/** Waits until the application shows who is in. */
export async function arrive({ page, sample }: Pick<Newcomer, 'page' | 'sample'>): Promise<void> {
  await page.waitForURL(`${sample}/**`);
  await page.waitForSelector('#who');
}
