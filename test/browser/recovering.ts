import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { codeOf, keyIn } from '../support/authenticator.ts';
import type { Hand } from '../support/hands.ts';
import type { Lost } from '../support/recovery.ts';
import { arrive, reach } from '../support/wizard.ts';
import { inspect } from './scene.ts';
import { textOf } from './stage.ts';

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const desktop = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };

/** Somebody at a page, and how they work it. */
export interface At {
  page: Page;
  hand: Hand;
}

/** Reaches a step and looks at it as a tester of accessibility would. */
export async function see({ page }: At, step: string, also = ''): Promise<void> {
  await reach({ page }, step, also);
  await inspect(page, step);
}

/** What the page says is wrong, and that the focus is where it can be put right. */
export async function assertRefusal(page: Page, text: RegExp, focus: string): Promise<void> {
  await page.waitForSelector('#error-summary');
  assert.match(await textOf(page, '#error-summary'), text);
  assert.match(await page.title(), /^(Error|Fout): /);
  assert.equal(await page.evaluate('document.activeElement.id'), focus);
  await inspect(page, String(text));
}

/** From the application to the choice of what was lost. */
export async function forget({ page, hand }: At, sample: string): Promise<void> {
  await page.goto(`${sample}/login`);
  await reach({ page }, 'password');
  await hand.press('#forgotten');
  await reach({ page }, 'recover');
}

/** Whose sign-in it is. `now`: the moment of the code, where it is another than the machine's. */
export interface Entering {
  sample: string;
  lost: Lost;
  password: string;
  now?: number;
}

/** From the password page into the application: by the password and the second step. */
export async function signIn({ page, hand }: At, { sample, lost, password, now }: Entering): Promise<void> {
  await reach({ page }, 'password');
  await hand.type('#login-name', lost.loginName);
  await hand.type('#password', password);
  await hand.press('#sign-in');
  await reach({ page }, 'second-step', '#code');
  await hand.type('#code', codeOf(keyIn(lost.appData ?? ''), now));
  await hand.press('#continue');
  await arrive({ page, sample });
}

/** From the page behind a new password into the application: the second step is still asked. */
export async function signInAnew(at: At, entering: Entering): Promise<void> {
  await at.hand.press('main #sign-in');
  await signIn(at, entering);
}
