import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { keyboard, pointing } from '../support/hands.ts';
import { newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { giveKey } from '../support/virtual-key.ts';
import {
  answerQuestion,
  arrive,
  enter,
  type Newcomer,
  progressOn,
  proveAddress,
  proveNumber,
  reach,
  readBackupCode,
  setUpApp,
  touchKey,
} from '../support/wizard.ts';
import { inspect, openScene, type Scene } from './scene.ts';
import { textOf } from './stage.ts';

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const desktop = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };

const focused = 'document.activeElement.id';

describe('a first sign-in in Chromium', () => {
  const ending = endOfSuite();
  let scene: Scene;

  before(async () => {
    scene = await openScene(ending);
  });

  /** Every way to keep a backup code that a phone has. */
  const keepBackupCode = async ({ page, hand }: Newcomer, code: string, number: string): Promise<void> => {
    await hand.press('#send-backup-code');
    await page.waitForSelector('#backup-code-sent');
    assert.ok(newestTo(scene.installation, number).includes(code));
    assert.equal(await textOf(page, '#backup-code'), code, 'it stays the same');

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await hand.press('#copy-backup-code');
    await page.waitForSelector('#copy-backup-code.copied');
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), code);

    const download = page.waitForEvent('download');
    await hand.press('#save-file');
    const file = await download;
    assert.equal(file.suggestedFilename(), 'back-upcode.txt');
    assert.ok((await readFile(await file.path(), 'utf8')).includes(code));

    await hand.press('#print');
    await page.waitForSelector('[data-step=backup-code-print]');
    assert.equal(await textOf(page, '#backup-code'), code);
    await page.emulateMedia({ media: 'print' });
    for (const unwanted of ['#open-print', '#back', '.languages'])
      assert.equal(await page.isVisible(unwanted), false, `${unwanted} is printed`);
    assert.ok(await page.isVisible('#backup-code'));
    await page.emulateMedia({ media: 'screen' });
    await hand.press('#back');
    await reach({ page }, 'backup-code');
  };

  test('Dutch, on a phone: number, USB key, app, backup code kept in every way, question, e-mail, and in', async () => {
    const { page, context, complaints } = await scene.visitor(phone);
    const loginName = 'telefoon';
    const progress: string[] = [];
    const seen: string[] = [];
    const person = scene.person(page, pointing(page, 'tap'), loginName, async (name) => {
      seen.push(name);
      progress.push(await progressOn(page));
      await inspect(page, name);
    });
    const number = '+31620000001';
    const email = 'telefoon@test.example';
    await scene.installation.createAccount({ loginName, roles: ['hr-manager'] });
    await giveKey(page, 'usb');

    await enter(person);
    await reach(person, 'enrol-sms');
    assert.equal(await textOf(page, 'h1'), 'Een betere beveiliging voor vertrouwelijke gegevens');
    await proveNumber(person, '06 2000 0001', number);
    assert.match(newestTo(scene.installation, number), /\n@localhost #\d{6}$/, 'bound to where it is typed');
    await reach(person, 'enrol-yubikey');
    assert.equal(await textOf(page, '#works'), 'Dit werkt. Nog een manier?');
    await touchKey(person);
    await setUpApp(person);
    const code = await readBackupCode(person);
    assert.equal(await textOf(page, 'h1'), 'U bent succesvol ingelogd');
    await keepBackupCode(person, code, number);
    await person.hand.press('#continue');
    await answerQuestion(person, email);
    await proveAddress(person, email);
    await arrive(person);
    assert.match(await textOf(page, '#who'), /telefoon/);

    assert.deepEqual(seen, [
      ...['password', 'enrol-sms', 'enrol-sms-code', 'enrol-yubikey', 'enrol-app'],
      ...['backup-code', 'security-question', 'confirm-email'],
    ]);
    assert.deepEqual(progress.slice(0, 7), ['', '1/5', '1/5', '2/5', '3/5', '4/5', '5/5']);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  /** What the page says is wrong, and that the focus is where it can be put right. */
  const assertRefusal = async (page: Page, text: RegExp, focus: string): Promise<void> => {
    await page.waitForSelector('#error-summary');
    assert.match(await textOf(page, '#error-summary'), text);
    assert.match(await page.title(), /^Error: /);
    assert.equal(await page.evaluate(focused), focus);
    await inspect(page, String(text));
  };

  test('English, on a desktop, with the keyboard alone: all skipped is refused, back, a passkey, and in', async () => {
    const { page, context, complaints } = await scene.visitor(desktop);
    const loginName = 'desktop';
    const person = scene.person(page, keyboard(page), loginName);
    const { hand } = person;
    const email = 'desktop@test.example';
    await scene.installation.createAccount({ loginName });
    const key = await giveKey(page, 'device');

    await enter(person);
    await reach(person, 'enrol-sms');
    assert.equal(await textOf(page, 'h1'), 'Better protection for confidential data');
    await hand.type('#phone', '0612');
    await hand.press('#continue');
    await assertRefusal(page, /this number|phone number/, 'phone');
    assert.equal(await page.inputValue('#phone'), '0612');
    await hand.press('#skip');
    await reach(person, 'enrol-yubikey');
    await hand.press('#skip');
    await reach(person, 'enrol-app');
    await hand.press('#skip');
    await assertRefusal(page, /no second step yet/, 'error-summary');
    await hand.press('#back');

    await reach(person, 'enrol-yubikey', '#use-passkey:not([hidden])');
    await key.touch(false);
    await hand.press('#use-passkey');
    await page.waitForSelector('#use-passkey[aria-busy=true]');
    await page.keyboard.press('Enter');
    await assertRefusal(page, /No passkey or key was used.*skip/s, 'error-summary');
    await key.touch(true);
    await touchKey(person);
    await reach(person, 'enrol-app', '#works');
    assert.equal(await textOf(page, '#works'), 'This works. Add another way?');
    await hand.press('#skip');

    await readBackupCode(person);
    assert.equal(await page.isVisible('#send-backup-code'), false, 'there is no number to send it to');
    await hand.press('#continue');
    await reach(person, 'security-question');
    await hand.press('#save');
    await assertRefusal(page, /Choose a question/, 'question');
    await answerQuestion(person, email);
    await proveAddress(person, email);
    await arrive(person);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('each page leads to its explanation, from there to every other one, and back to the page', async () => {
    const { page, context, complaints } = await scene.visitor(phone);
    const person = scene.person(page, pointing(page, 'tap'), 'vraagt-eerst');
    const { hand } = person;
    await scene.installation.createAccount({ loginName: 'vraagt-eerst' });
    await enter(person);
    for (const [step, title] of [
      ['enrol-sms', 'Waarom een telefoonnummer?'],
      ['enrol-yubikey', 'Wat is een YubiKey of passkey?'],
      ['enrol-app', 'Hoe werkt een code uit een app?'],
    ] as const) {
      await reach(person, step);
      await hand.press('#explanation');
      await reach(person, 'explanation');
      assert.equal(await textOf(page, 'h1'), title);
      await hand.press('#back');
      await reach(person, step);
      if (step !== 'enrol-app') await hand.press('#skip');
    }
    await hand.press('#explanation');
    for (const topic of ['second-step', 'phone', 'yubikey', 'backup-code', 'app']) {
      await hand.press(`#topic-${topic}`);
      await page.waitForURL(`**/explanation/${topic}`);
      await inspect(page, topic);
    }
    await hand.press('#back');
    await reach(person, 'enrol-app');
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
