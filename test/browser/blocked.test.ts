import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { LANE_LIMIT } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { PASSWORD } from '../support/accounts.ts';
import { keyboard, pointing } from '../support/hands.ts';
import { endOfSuite } from '../support/postgres.ts';
import { type Lost, linkIn, NEW_PASSWORD, type WaysBack, waysBack } from '../support/recovery.ts';
import { reach } from '../support/wizard.ts';
import { type At, assertRefusal, desktop, phone, see, signIn, signInAnew } from './recovering.ts';
import { inspect, openScene, type Scene } from './scene.ts';
import { textOf } from './stage.ts';

const WRONG = 'a-wrong-password-of-some-length';

describe('somebody who may not come in, in Chromium,', () => {
  const ending = endOfSuite();
  let scene: Scene;
  let ways: WaysBack;
  let ahead = 0;

  before(async () => {
    const clock = { now: () => Date.now() + ahead };
    scene = await openScene(ending, { clock, tenant: { secondStep: { backupCode: 'none' } } });
    ways = waysBack(scene.installation);
  });

  const at = async (options: Parameters<Scene['visitor']>[0], how: 'tap' | 'click' | 'keyboard') => {
    const visitor = await scene.visitor(options);
    const { page } = visitor;
    return { ...visitor, hand: how === 'keyboard' ? keyboard(page) : pointing(page, how) };
  };

  /** So many wrong passwords by strangers that their lane is closed, without the hours that they take. */
  const closeLane = async ({ accountId }: Lost): Promise<void> => {
    const { durable, tenant } = scene.installation.running.composition;
    for (let tries = 0; tries < LANE_LIMIT; tries += 1) {
      const failure = { lane: STRANGERS, of: 'password', limit: LANE_LIMIT, at: Date.now() } as const;
      await durable.lanes.countFailure(tenant.id, accountId, failure);
    }
  };

  const tryIn = async ({ hand }: At, loginName: string, password: string): Promise<void> => {
    await hand.type('#login-name', loginName);
    await hand.type('#password', password);
    await hand.press('#sign-in');
  };

  /** From the page where a mail is asked for to the page behind a new password. */
  const makePassword = async ({ page, hand }: At, { loginName, email }: Lost): Promise<void> => {
    const before = ways.sentTo(email, '/recover/link').length;
    await reach({ page }, 'recover-password');
    await hand.type('#login-name', loginName);
    await hand.press('#send-mail');
    await reach({ page }, 'recover-sent');
    await page.goto(linkIn(await ways.mailTo(email, '/recover/link', before + 1)));
    await reach({ page }, 'recover-link');
    await hand.press('#continue');
    await reach({ page }, 'new-password');
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#save');
    await reach({ page }, 'recover-done');
  };

  test('Dutch, on a phone: learns it by the right password alone, makes a new one, and is in', async () => {
    const someone = await ways.person();
    await closeLane(someone);
    const me = await at(phone, 'tap');
    const { page, hand } = me;
    await page.goto(`${scene.sample}/login`);
    await reach(me, 'password');
    await tryIn(me, someone.loginName, WRONG);
    await assertRefusal(page, /klopt niet/, 'password');
    await tryIn(me, someone.loginName, PASSWORD);
    await see(me, 'blocked');
    const text = await textOf(page, 'main');
    assert.match(text, /te vaak een verkeerd wachtwoord/);
    assert.match(text, /helpdesk@test\.example.*[0-9A-Z]{4}-[0-9A-Z]{4}/s);

    await hand.press('#help-blocked');
    await see(me, 'help');
    await hand.press('#back');
    await reach(me, 'blocked');
    await hand.press('#recover');
    await reach(me, 'recover');
    await hand.press('#recover-password');
    await makePassword(me, someone);
    await signInAnew(me, { sample: scene.sample, lost: someone, password: NEW_PASSWORD });
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('goes on in the same window, by the code, after the new password', async () => {
    const someone = await ways.person();
    await closeLane(someone);
    const me = await at(phone, 'tap');
    const { page, hand } = me;
    await page.goto(`${scene.sample}/login`);
    await reach(me, 'password');
    await tryIn(me, someone.loginName, PASSWORD);
    await reach(me, 'blocked');
    await hand.press('#recover');
    await hand.press('#recover-password');
    await reach(me, 'recover-password');
    await hand.type('#login-name', someone.loginName);
    await hand.press('#send-mail');
    await reach(me, 'recover-sent');
    const letter = await ways.mailTo(someone.email, '/recover/link');
    await hand.type('#code', /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(letter)?.[0] ?? '');
    await hand.press('#continue');
    await reach(me, 'new-password');
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#save');
    await reach(me, 'recover-done');
    await signInAnew(me, { sample: scene.sample, lost: someone, password: NEW_PASSWORD });
    await me.context.close();
  });

  test('English, with the keyboard alone: closes an account that somebody else was in, and opens it again', async () => {
    const someone = await ways.person();
    const thief = await at(desktop, 'click');
    await thief.page.goto(`${scene.sample}/login`);
    await reach(thief, 'password');
    await thief.hand.press('#forgotten');
    await thief.hand.press('#recover-password');
    await makePassword(thief, someone);
    await signInAnew(thief, { sample: scene.sample, lost: someone, password: NEW_PASSWORD });

    const me = await at(desktop, 'keyboard');
    const { page, hand } = me;
    await page.goto(linkIn(await ways.mailTo(someone.email, '/not-me'), '/not-me'));
    await see(me, 'not-me');
    assert.equal(await textOf(page, 'h1'), 'Was this not you?');
    await hand.press('#confirm-not-me');
    await see(me, 'not-me-done');
    await page.goto(linkIn(await ways.mailTo(someone.email, '/not-me'), '/not-me'));
    await see(me, 'not-me-dead');
    await page.goBack();
    await reach(me, 'not-me-done');

    await thief.page.goto(`${scene.sample}/login`);
    await reach(thief, 'password');
    await tryIn(thief, someone.loginName, NEW_PASSWORD);
    await reach(thief, 'blocked');
    assert.match(await textOf(thief.page, 'main'), /somebody else may have been in your account/);

    await hand.press('#recover-password');
    await reach(me, 'recover-password');
    await hand.type('#login-name', someone.loginName);
    await hand.press('#send-mail');
    await reach(me, 'recover-sent');
    await page.goto(linkIn(await ways.mailTo(someone.email, '/recover/link', 2)));
    await reach(me, 'recover-link');
    await hand.press('#continue');
    await reach(me, 'new-password');
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#save');
    await assertRefusal(page, /your old password/, 'password');
    const password = `${NEW_PASSWORD}-opnieuw`;
    await hand.type('#password', password);
    await hand.press('#save');
    await reach(me, 'recover-done');
    // The code that the thief typed is used up.
    ahead += 60_000;
    const now = Date.now() + ahead;
    await signInAnew(me, { sample: scene.sample, lost: someone, password, now });
    assert.deepEqual([...me.complaints, ...thief.complaints], []);
    await Promise.all([me.context.close(), thief.context.close()]);
  });

  test('waits while the page counts down, gets the button back, and is in', async () => {
    const someone = await ways.person();
    const me = await at(phone, 'tap');
    const { page, hand } = me;
    await page.clock.install();
    await page.goto(`${scene.sample}/login`);
    await reach(me, 'password');
    for (let tries = 0; tries < 5; tries += 1) {
      await tryIn(me, someone.loginName, WRONG);
      await page.waitForLoadState();
      await page.waitForSelector('#error-summary');
    }
    await tryIn(me, someone.loginName, PASSWORD);
    await reach(me, 'password', '#sign-in[aria-disabled=true]');
    assert.match(await textOf(page, '#error-summary'), /te vaak geprobeerd.*Wacht/s);
    assert.match(await textOf(page, '#sign-in'), /^Wacht nog 0:\d\d$/);
    await inspect(page, 'waiting');
    assert.equal(await page.evaluate('document.activeElement.id'), 'error-summary');

    await hand.press('#help-blocked');
    await reach(me, 'help');
    await hand.press('#back');
    await reach(me, 'password', '#sign-in[aria-disabled=true]');
    const before = await textOf(page, '#sign-in');
    await page.clock.fastForward(5_000);
    await page.waitForFunction(
      `document.querySelector('#sign-in').textContent !== ${JSON.stringify(before)}`,
    );
    await page.tap('#sign-in', { force: true });
    await reach(me, 'password', '#sign-in[aria-disabled=true]');

    ahead += 30_000;
    await page.clock.fastForward(30_000);
    await page.waitForSelector('#sign-in:not([aria-disabled])');
    assert.equal(await textOf(page, '#sign-in'), 'Inloggen');
    assert.match(await textOf(page, '#error-summary'), /U mag het nu opnieuw proberen/);
    const now = Date.now() + ahead;
    await signIn(me, { sample: scene.sample, lost: someone, password: PASSWORD, now });
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('without script is told in words how long, and what else is possible', async () => {
    const someone = await ways.person();
    const me = await at({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } }, 'click');
    const { page, hand } = me;
    await page.goto(`${scene.sample}/login`);
    await reach(me, 'password');
    for (let tries = 0; tries < 6; tries += 1) await tryIn(me, someone.loginName, WRONG);
    await page.waitForSelector('.alert.waiting');
    assert.match(await textOf(page, '#error-summary'), /Wacht \d+ seconden/);
    await hand.press('#help-blocked');
    await reach(me, 'help');
    await hand.press('#recover');
    await reach(me, 'recover');
    await hand.press('#recover-password');
    await makePassword(me, someone);
    const now = Date.now() + ahead;
    await signInAnew(me, { sample: scene.sample, lost: someone, password: NEW_PASSWORD, now });
    await me.context.close();
  });
});
