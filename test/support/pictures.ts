/* The pictures in docs, taken of a trial on the way through a first sign-in, one's own account and back in: node test/support/pictures.ts [folder] */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import { startChromium } from './chromium.ts';
import { type Hand, pointing } from './hands.ts';
import { newestInOutbox } from './letters.ts';
import { smallPng } from './small-png.ts';
import { newTrialHome, startTrial } from './trial.ts';
import { giveKey } from './virtual-key.ts';
import {
  ANSWER,
  answerQuestion,
  arrive,
  enter,
  type Newcomer,
  proveAddress,
  proveNumber,
  reach,
  readBackupCode,
  setUpApp,
  touchKey,
} from './wizard.ts';

/** One reader's language and screen; always the same size, one dot a pixel, so that the files stay small. */
interface Look {
  name: string;
  language: 'nl' | 'en';
  loginName: string;
  number: string;
  how: Parameters<typeof pointing>[1];
  screen: BrowserContextOptions & { userAgent: string };
}

/** As Chrome calls itself on a system. The one that takes the pictures says that it has no window. */
const chromeOn = (system: string, mobile = '') =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0${mobile} Safari/537.36`;

const LOOKS: readonly Look[] = [
  {
    name: 'nl-phone',
    language: 'nl',
    loginName: 'hr-manager',
    number: '+31612345678',
    how: 'tap',
    screen: {
      ...{ locale: 'nl-NL', userAgent: chromeOn('Linux; Android 10; K', ' Mobile') },
      ...{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
    },
  },
  {
    name: 'en-desktop',
    language: 'en',
    loginName: 'medewerker',
    number: '+31612345679',
    how: 'click',
    screen: {
      ...{ locale: 'en-GB', userAgent: chromeOn('Windows NT 10.0; Win64; x64') },
      viewport: { width: 1280, height: 800 },
    },
  },
];

async function firstSignIn(person: Newcomer, { number }: Look): Promise<void> {
  const { hand, loginName } = person;
  const email = `${loginName}@voorbeeld.example`;
  await enter(person);
  await proveNumber(person, number.replace('+31', '0'), number);
  await touchKey(person);
  await setUpApp(person);
  await readBackupCode(person);
  await hand.press('#continue');
  await answerQuestion(person, email);
  await proveAddress(person, email);
  await arrive(person);
}

/** What somebody sees who looks after their own account, and back to the application. */
async function ownAccount(person: Newcomer, { language }: Look, issuer: string): Promise<void> {
  const { page, hand } = person;
  await page.goto(`${issuer}/account`);
  await reach(person, 'settings');
  // Whoever is signed in reads the language of their account; here everybody's is Dutch.
  if (language === 'en') await hand.press('#language-en');
  await page.waitForSelector(`html[lang=${language}] main[data-step=settings]`);
  await person.see('settings');
  for (const name of ['methods', 'sessions', 'activity']) {
    await hand.press(`#${name}`);
    await reach(person, `settings-${name}`);
    await person.see(`settings-${name}`);
    await hand.press('#up');
    await reach(person, 'settings');
  }
  await hand.press('#to-application');
  await arrive(person);
}

/** The next sign-in, from the SMS to the help of somebody whose SMS does not come. */
async function laterSignIn(person: Newcomer): Promise<void> {
  const { page, hand } = person;
  await hand.press('#sign-out');
  await page.waitForURL('**/signed-out*');
  await enter({ ...person, see: async () => {} });
  await reach(person, 'second-step');
  await hand.press('#stuck');
  await hand.press('#method-sms');
  await page.waitForSelector('main[data-method=sms]');
  await person.see('second-step');
  await hand.press('#stuck');
  await reach(person, 'stuck');
  await person.see('stuck');
}

/** Somebody who forgot the password, from the sign-in page to a new one; and what helps when no message comes. */
async function waysBack(person: Newcomer, issuer: string): Promise<void> {
  const { page, hand, loginName, sample } = person;
  await page.context().clearCookies();
  await page.goto(`${sample}/login`);
  await hand.press('#forgotten');
  await reach(person, 'recover');
  await person.see('recover');
  await hand.press('#recover-password');
  await reach(person, 'recover-password');
  await hand.type('#login-name', loginName);
  await hand.press('#send-mail');
  await reach(person, 'recover-sent');
  await person.see('recover-sent');
  await page.goto(await linkFor(person));
  await reach(person, 'recover-link');
  await person.see('recover-link');
  await hand.press('#continue');
  await reach(person, 'recover-question');
  await person.see('recover-question');
  await hand.type('#answer', ANSWER);
  await hand.press('#continue');
  await reach(person, 'new-password');
  await hand.type('#password', 'drie-kraaien-op-een-dak');
  await page.waitForSelector('#password-strength[data-level="4"]');
  await person.see('new-password');
  await page.goto(`${issuer}/help/sms-not-received`);
  await reach(person, 'help');
  await person.see('help');
}

/** The link in the newest mail, which leaves a moment after it was asked for. */
async function linkFor({ loginName, letter }: Newcomer): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const link = /http\S+\/recover\/link\S+/.exec(await letter(`${loginName}@voorbeeld.example`))?.[0];
    if (link !== undefined) return link;
    await sleep(100);
  }
  throw new Error('no mail with a link came');
}

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/pictures', import.meta.url));
mkdirSync(folder, { recursive: true });
await using ends = new AsyncDisposableStack();
const ending = { after: (end: () => Promise<void>) => ends.defer(end) };
const home = await newTrialHome(ending);
// Enough to have the page offer the code that a YubiKey types; nobody is asked about one.
const yubico = {
  POORTWACHTER_YUBICO_CLIENT_ID: '1',
  POORTWACHTER_YUBICO_SECRET_KEY: Buffer.alloc(20).toString('base64'),
};
const { issuer, sample, password } = await startTrial(ending, home, yubico);
const browser = ends.use(await startChromium());

/** All of a page, in a window of its height: Chromium takes pictures of what is beyond a window as if nobody could touch. */
async function keep(page: Page, name: string): Promise<void> {
  if (name.startsWith('password-')) return;
  const size = page.viewportSize();
  if (size === null) throw new Error('the page has no size');
  // Twice: margins grow with the window.
  for (let round = 0; round < 2; round += 1) {
    const height = z.number().parse(await page.evaluate('document.documentElement.scrollHeight'));
    await page.setViewportSize({ ...size, height });
  }
  writeFileSync(join(folder, `${name}.png`), smallPng(await page.screenshot()));
  await page.setViewportSize(size);
  process.stderr.write(`${name}\n`);
}

/** The page that the README opens with. */
async function signInPage(): Promise<void> {
  const context = await browser.newContext({ locale: 'nl-NL', viewport: { width: 1000, height: 780 } });
  const page = await context.newPage();
  await page.goto(`${sample}/login`);
  await reach({ page }, 'password');
  await keep(page, 'sign-in');
  await context.close();
}

await signInPage();
for (const look of LOOKS) {
  const context = await browser.newContext({ ...look.screen, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await giveKey(page, 'usb');
  const hand: Hand = pointing(page, look.how);
  const letter = (to: string) => newestInOutbox(issuer, to);
  const see = (name: string) => keep(page, `${name}-${look.name}`);
  const person = { page, hand, sample, loginName: look.loginName, password, letter, see };
  await firstSignIn(person, look);
  await ownAccount(person, look, issuer);
  await laterSignIn(person);
  await waysBack(person, issuer);
  await context.close();
}
