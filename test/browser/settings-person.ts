import assert from 'node:assert/strict';
import type { BrowserContextOptions } from 'playwright-core';
import { PASSWORD } from '../support/accounts.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { keyboard, pointing } from '../support/hands.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import type { Ending } from '../support/postgres.ts';
import { type Lost, type WaysBack, waysBack } from '../support/recovery.ts';
import { reach } from '../support/wizard.ts';
import { type At, desktop, phone } from './recovering.ts';
import { assertFits, openScene, type Scene, type SceneOptions } from './scene.ts';
import { textOf } from './stage.ts';

/** One reader's language, screen and hands. */
export interface Look {
  title: string;
  locale: 'nl' | 'en';
  how: 'tap' | 'keyboard';
  screen: BrowserContextOptions;
}

/** Both ways in which every task of the settings is done. */
export const LOOKS: readonly Look[] = [
  { title: 'Dutch, on a phone', locale: 'nl', how: 'tap', screen: phone },
  { title: 'English, on a desktop, with the keyboard alone', locale: 'en', how: 'keyboard', screen: desktop },
];

/** The same in both languages. */
export type Said = Readonly<Record<Look['locale'], RegExp>>;

/** A scene with a clock of its own, and people who did all of the first sign-in before. */
export interface SettingsScene extends Scene {
  clock: TestClock;
  ways: WaysBack;
}

const AHEAD_MS = 60_000;

export async function openSettingsScene(ending: Ending, options: SceneOptions = {}): Promise<SettingsScene> {
  // Ahead of the machine's, by which ways.person() makes numbers: the app is the way that was used last.
  const clock = createTestClock(Date.now() + AHEAD_MS);
  const scene = await openScene(ending, { ...options, clock });
  return { ...scene, clock, ways: waysBack(scene.installation) };
}

/** What somebody signs in with. It changes on the way. */
export interface Person extends Lost {
  password: string;
  /** The key of the app, as it can be typed. */
  appKey: string;
  /** The number as it stands now. */
  phone: string | undefined;
}

/** Somebody at their own settings in one browser. */
export interface Owner extends At {
  who: Person;
  complaints: string[];
  /** Opens the password page that a page of the settings leads to, and gives both steps. */
  signIn(path?: string): Promise<void>;
  /** Gives both steps at the password page. */
  giveBothSteps(): Promise<void>;
  /** Presses the overview's link of this id, and waits for the page behind it. */
  go(link: string, step: string): Promise<void>;
  /** Waits for a page of the settings, and looks at it. */
  see(step: string, also?: string): Promise<void>;
  /** The page says what was done. */
  assertDone(words: Said): Promise<void>;
  /** The page says what is wrong, and the focus is where it can be put right. */
  assertRefused(words: Said, focus: string): Promise<void>;
}

/** Longer than the code of an app is shown. */
const NEXT_CODE = 30_000;

/** Somebody with an app, a proved address, a question and a backup code; and with a number where one is named. */
export async function newPerson(
  { installation, clock, ways }: SettingsScene,
  wanted: { loginName: string; locale: Look['locale']; phone?: string },
): Promise<Person> {
  const lost = await ways.person({ asked: true, ...wanted });
  const { durable, secondStep, tenant } = installation.running.composition;
  const now = clock.now();
  await durable.accounts.changeLocale(tenant.id, lost.accountId, wanted.locale);
  const kept = await secondStep.backupCodes.keep(tenant.id, lost.accountId, '00917356', undefined, now);
  assert.ok(kept, 'the backup code was not kept');
  return { ...lost, password: PASSWORD, appKey: keyIn(lost.appData ?? ''), phone: wanted.phone };
}

async function giveSteps(scene: SettingsScene, { page, hand }: At, who: Person): Promise<void> {
  const { clock, installation } = scene;
  await reach({ page }, 'password');
  await hand.type('#login-name', who.loginName);
  await hand.type('#password', who.password);
  await hand.press('#sign-in');
  await reach({ page }, 'second-step', '#code');
  clock.advance(NEXT_CODE);
  const asksText = await page.isVisible('main[data-method=sms]');
  const code = asksText ? codeIn(newestTo(installation, who.phone ?? '')) : codeOf(who.appKey, clock.now());
  await hand.type('#code', code);
  await hand.press('#continue');
}

/** Gives somebody a browser of their own. */
export async function openOwner(scene: SettingsScene, look: Look, who: Person): Promise<Owner> {
  const { page, complaints } = await scene.visitor(look.screen);
  const hand = look.how === 'keyboard' ? keyboard(page) : pointing(page, look.how);
  const { issuer } = scene.installation;
  const words = (said: Said) => said[look.locale];

  const see = async (step: string, also = '') => {
    await reach({ page }, step, also);
    await assertFits(page, step, [320, 390]);
    assert.deepEqual(complaints, [], step);
  };

  const giveBothSteps = () => giveSteps(scene, { page, hand }, who);

  return {
    ...{ page, hand, who, complaints, see, giveBothSteps },
    async signIn(path = '/account') {
      await page.goto(`${issuer}${path}`);
      await giveBothSteps();
      await see('settings');
    },
    async go(link, step) {
      if (!(await page.isVisible('main[data-step=settings]'))) await page.goto(`${issuer}/account`);
      await see('settings');
      await hand.press(`#${link}`);
      await see(step);
    },
    async assertDone(said) {
      await page.waitForSelector('#done');
      assert.match(await textOf(page, '#done'), words(said));
    },
    async assertRefused(said, focus) {
      await page.waitForSelector('#error-summary');
      assert.match(await textOf(page, '#error-summary'), words(said));
      assert.match(await page.title(), /^(Error|Fout): /);
      assert.equal(await page.evaluate('document.activeElement.id'), focus);
      await assertFits(page, String(words(said)), [320, 390]);
    },
  };
}
