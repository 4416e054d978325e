import assert from 'node:assert/strict';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from '../support/chromium.ts';
import { pointing } from '../support/hands.ts';
import { newestInOutbox } from '../support/letters.ts';
import { newTrialHome, runPoortwachter, startTrial, type Trial } from '../support/trial.ts';
import {
  answerQuestion,
  arrive,
  type Newcomer,
  proveAddress,
  reach,
  readBackupCode,
  setUpApp,
} from '../support/wizard.ts';
import { openVisitor, type Visitor } from './visitor.ts';

/** One trial and one Chromium for all tests of a file. */
export interface Stage {
  trial: Trial;
  /** A person at a fresh browser; every complaint of the page (script error, blocked by policy) is collected. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>;
  /** Makes an account that never signed in, with the trial's password; resolves to its login name. */
  newcomer(): Promise<string>;
}

/** Endings are run by the suite that opened the stage, last one first. */
export async function openStage(after: (end: () => Promise<void>) => void): Promise<Stage> {
  const home = await newTrialHome({ after });
  const trial = await startTrial({ after }, home);
  let people = 0;
  const chromium = await startChromium();
  after(() => chromium.close());
  return {
    trial,
    async newcomer() {
      people += 1;
      const loginName = `nieuw-${people}`;
      const person = ['--given-name', 'Nieuw', '--family-name', String(people), '--role', 'hr-manager'];
      const args = ['user', 'create', loginName, ...person, '--password-stdin'];
      const made = await runPoortwachter(home, args, trial.password);
      assert.equal(made.code, 0, made.printed);
      return loginName;
    },
    visitor: (options) => openVisitor(chromium, options),
  };
}

/** Name of the step that the page is at. */
export async function stepOf(page: Page): Promise<string | null> {
  return page.locator('main').getAttribute('data-step');
}

/** Text of an element as it stands in the page; fails when there is none. */
export async function textOf(page: Page, selector: string): Promise<string> {
  const text = await page.textContent(selector);
  assert.ok(text !== null, `nothing at ${selector}`);
  return text;
}

export async function assertStep(page: Page, step: string): Promise<void> {
  assert.equal(await stepOf(page), step, page.url());
}

/** Opens the sample application and is sent to sign in. */
export async function goToSignIn(page: Page, trial: Trial): Promise<void> {
  await page.goto(`${trial.sample}/login`);
  await assertStep(page, 'password');
}

export async function typePassword(page: Page, loginName: string, password: string): Promise<void> {
  await page.fill('[name=login_name]', loginName);
  await page.fill('[name=password]', password);
  await page.click('#sign-in');
}

const STEP_MS = 30_000;

/** Somebody who works the trial with a mouse and reads what it sends in its outbox. */
function newcomerAt(page: Page, { sample, password, issuer }: Trial, loginName: string): Newcomer {
  const letter = (to: string) => newestInOutbox(issuer, to);
  return { page, hand: pointing(page, 'click'), sample, loginName, password, letter, see: async () => {} };
}

/** Takes the first sign-in past the methods that are not an app. */
export async function skipToApp(page: Page): Promise<void> {
  for (const step of ['enrol-sms', 'enrol-yubikey']) {
    await reach({ page }, step);
    await page.click('#skip');
  }
  await reach({ page }, 'enrol-app');
}

/** From the password page of a first sign-in, with an app alone, to the application; resolves to the app's key. */
export async function signInWithNewApp(page: Page, trial: Trial, loginName: string): Promise<string> {
  const newcomer = newcomerAt(page, trial, loginName);
  const email = `${loginName}@voorbeeld.example`;
  await typePassword(page, loginName, trial.password);
  await skipToApp(page);
  // The code of the step before now, so that the one of now is left for a second sign-in.
  const key = await setUpApp(newcomer, Date.now() - STEP_MS);
  await readBackupCode(newcomer);
  await page.click('#continue');
  await answerQuestion(newcomer, email);
  await proveAddress(newcomer, email);
  await arrive(newcomer);
  return key;
}

/** A first sign-in, from the application and back to it. */
export async function signInFirstTime(page: Page, trial: Trial, loginName: string): Promise<string> {
  await goToSignIn(page, trial);
  return signInWithNewApp(page, trial, loginName);
}
