import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Hand } from '../support/hands.ts';
import { keyboard, pointing } from '../support/hands.ts';
import { endOfSuite } from '../support/postgres.ts';
import { codeIn, linkIn, NEW_PASSWORD, otherCode, type WaysBack, waysBack } from '../support/recovery.ts';
import {
  answerQuestion,
  arrive,
  type Newcomer,
  proveNumber,
  reach,
  readBackupCode,
  setUpApp,
} from '../support/wizard.ts';
import { assertRefusal, desktop, phone, see } from './recovering.ts';
import { openScene, type Scene } from './scene.ts';
import { textOf } from './stage.ts';

describe('an invitation, in Chromium', () => {
  const ending = endOfSuite();
  let scene: Scene;
  let ways: WaysBack;
  let ahead = 0;

  before(async () => {
    scene = await openScene(ending, { clock: { now: () => Date.now() + ahead } });
    ways = waysBack(scene.installation);
  });

  const emailOf = (loginName: string) => `${loginName}@voorbeeld.example`;

  /** Makes an account without a password and invites its person; the answer is the mail. */
  const invite = async (loginName: string): Promise<string> => {
    const { durable, operations, tenant } = scene.installation.running.composition;
    const made = await durable.accounts.create({
      ...{ tenantId: tenant.id, loginName, loginNameCanonical: loginName, passwordHash: undefined },
      ...{ givenName: 'Jo', familyName: 'Nieuw', email: emailOf(loginName), emailVerified: false },
      ...{ phone: undefined, phoneVerified: false, locale: 'nl', roles: ['hr-manager'] },
    });
    assert.equal(made.kind, 'created');
    assert.equal((await operations.people.invite(made.account)).kind, 'invited');
    return ways.mailTo(emailOf(loginName), '/recover/link');
  };

  const at = async (options: Parameters<Scene['visitor']>[0], handOf: (page: Newcomer['page']) => Hand) => {
    const visitor = await scene.visitor(options);
    return { ...visitor, hand: handOf(visitor.page) };
  };

  /** From the first password to the application, with an app and a number that is proved. */
  const walkIn = async (newcomer: Newcomer, number: string): Promise<void> => {
    const { page, hand, loginName } = newcomer;
    await hand.press('main #sign-in');
    await reach({ page }, 'password');
    await hand.type('#login-name', loginName);
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#sign-in');
    await proveNumber(newcomer, number.replace('+31', '0'), number);
    await reach({ page }, 'enrol-yubikey');
    await hand.press('#skip');
    await setUpApp(newcomer, Date.now() + ahead);
    await readBackupCode(newcomer);
    await hand.press('#continue');
    await answerQuestion(newcomer, emailOf(loginName));
    // Its mail was read: the address is proved, and not asked about again.
    await arrive(newcomer);
  };

  test('Dutch, on a phone: from the mail to a first password, the wizard, and in', async () => {
    const loginName = 'welkom-telefoon';
    const me = await at(phone, (page) => pointing(page, 'tap'));
    const { page, hand } = me;
    await page.goto(linkIn(await invite(loginName)));
    await see(me, 'recover-link');
    assert.equal(await textOf(page, 'h1'), 'Welkom bij Verzuimtest');
    assert.match(await textOf(page, 'main'), /uw tweede stap.*telefoon/s);
    await hand.press('#continue');
    await see(me, 'new-password');
    assert.equal(await textOf(page, 'h1'), 'Maak uw wachtwoord');
    await hand.type('#password', 'wachtwoord');
    await hand.press('#save');
    await assertRefusal(page, /te kort/, 'password');
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#save');
    await see(me, 'recover-done');
    await walkIn(scene.person(page, hand, loginName), '+31620300001');
    assert.match(await textOf(page, '#who'), /Jo Nieuw|welkom-telefoon/);
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('English, on a desktop, with the keyboard alone: by the code of the mail, and in', async () => {
    const loginName = 'welkom-toetsen';
    const code = codeIn(await invite(loginName));
    const me = await at(desktop, keyboard);
    const { page, hand } = me;
    await page.goto(`${scene.sample}/login`);
    await reach(me, 'password');
    await hand.press('#forgotten');
    await reach(me, 'recover');
    await hand.press('#have-code');
    await see(me, 'recover-code');
    await hand.type('#login-name', loginName);
    await hand.type('#code', otherCode(code));
    await page.keyboard.press('Enter');
    await assertRefusal(page, /not correct/, 'code');
    assert.equal(await page.inputValue('#login-name'), loginName);
    await hand.type('#code', code);
    await page.keyboard.press('Enter');
    await reach(me, 'new-password');
    assert.equal(await textOf(page, 'h1'), 'Make your password');
    await hand.type('#password', NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await reach(me, 'recover-done');
    await walkIn(scene.person(page, hand, loginName), '+31620300002');
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('a link that is too old says so, names the help desk, and leads to a new mail and back', async () => {
    const link = linkIn(await invite('te-laat'));
    const me = await at(phone, (page) => pointing(page, 'tap'));
    const { page, hand } = me;
    await page.goto(link);
    await reach(me, 'recover-link');
    ahead += 8 * 24 * 60 * 60_000;
    await hand.press('#continue');
    await see(me, 'recover-dead');
    assert.doesNotMatch(page.url(), /token/);
    await page.goto(link);
    await see(me, 'recover-dead');
    assert.match(await textOf(page, 'main'), /uitnodiging.*helpdesk@test\.example/s);
    await hand.press('#ask-again');
    await reach(me, 'recover-password');
    await page.goBack();
    await hand.press('#continue');
    await assertRefusal(page, /Vul .*code/, 'code');
    await hand.press('#back');
    await reach(me, 'password');
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });
});
