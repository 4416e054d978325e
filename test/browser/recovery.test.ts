import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { PASSWORD } from '../support/accounts.ts';
import { keyboard, pointing } from '../support/hands.ts';
import { endOfSuite } from '../support/postgres.ts';
import {
  ANSWER,
  codeIn,
  linkIn,
  NEW_PASSWORD,
  otherCode,
  QUESTION,
  type WaysBack,
  waysBack,
} from '../support/recovery.ts';
import { reach } from '../support/wizard.ts';
import { assertRefusal, desktop, forget, phone, see, signIn, signInAnew } from './recovering.ts';
import { openScene, type Scene } from './scene.ts';
import { textOf } from './stage.ts';

const withoutScript = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } };

/** What the page says of the password that is typed, once it says something else than `before`. */
const strength = '#password-strength.ready p';

describe('getting back in, in Chromium', () => {
  const ending = endOfSuite();
  let scene: Scene;
  let ways: WaysBack;

  before(async () => {
    scene = await openScene(ending, { tenant: { secondStep: { backupCode: 'none' } } });
    ways = waysBack(scene.installation);
  });

  const at = async (options: Parameters<Scene['visitor']>[0], how: 'click' | 'tap' | 'keyboard') => {
    const visitor = await scene.visitor(options);
    const { page } = visitor;
    const hand = how === 'keyboard' ? keyboard(page) : pointing(page, how);
    return { ...visitor, hand };
  };

  test('Dutch, on a phone: a mail is asked for, and its link is opened on another device', async () => {
    const someone = await ways.person({ asked: true });
    const first = await at(phone, 'tap');
    await forget(first, scene.sample);
    await see(first, 'recover');
    assert.equal(await textOf(first.page, 'h1'), 'Wat bent u kwijt?');
    await first.hand.press('#recover-password');
    await see(first, 'recover-password');
    assert.equal(await first.page.evaluate('document.activeElement.id'), 'login-name');
    await first.hand.press('#send-mail');
    await assertRefusal(first.page, /Vul uw inlognaam of e-mailadres in/, 'login-name');
    await first.hand.type('#login-name', someone.loginName);
    await first.hand.press('#send-mail');
    await see(first, 'recover-sent');
    assert.match(await textOf(first.page, 'main'), new RegExp(`U vulde in: ${someone.loginName}`));

    const other = await at(phone, 'tap');
    const link = linkIn(await ways.mailTo(someone.email, '/recover/link'));
    await other.page.goto(link);
    await see(other, 'recover-link');
    await other.page.reload();
    await other.hand.press('#continue');
    await see(other, 'recover-question');
    assert.doesNotMatch(other.page.url(), /token/);
    assert.equal(await textOf(other.page, 'label[for=answer]'), QUESTION);
    await other.hand.type('#answer', 'Normaal in Lochem');
    await other.hand.press('#continue');
    await assertRefusal(other.page, /Dit antwoord klopt niet/, 'answer');
    await other.hand.type('#answer', ANSWER.toUpperCase());
    await other.hand.press('#continue');

    await see(other, 'new-password', strength);
    assert.match(await textOf(other.page, 'main'), new RegExp(`Voor ${someone.loginName}`));
    await other.hand.type('#password', 'Welkom');
    await other.page.waitForSelector(`${strength}:text("Nog 6 tekens")`);
    await other.hand.type('#password', 'qwertyuiop12');
    await other.page.waitForSelector(`${strength}:text("zwak")`);
    await other.hand.press('#save');
    await assertRefusal(other.page, /Veel mensen gebruiken dit wachtwoord/, 'password');
    assert.equal(await other.page.inputValue('#password'), '', 'it is not sent back');
    await other.hand.type('#password', 'verzuim');
    await other.hand.press('#save');
    await assertRefusal(other.page, /te kort.*uw naam, uw organisatie/s, 'password');
    await other.hand.type('#password', NEW_PASSWORD);
    await other.page.waitForSelector(`${strength}:text("sterk")`);
    await other.hand.press('#save');
    await see(other, 'recover-done');
    assert.match(await textOf(other.page, 'main'), new RegExp(someone.loginName));
    await signInAnew(other, { sample: scene.sample, lost: someone, password: NEW_PASSWORD });

    // The device that asked has nothing to go on with.
    await first.hand.press('#back');
    await reach(first, 'password');
    await first.hand.type('#login-name', someone.loginName);
    await first.hand.type('#password', PASSWORD);
    await first.hand.press('#sign-in');
    await assertRefusal(first.page, /klopt niet/, 'password');
    assert.deepEqual([...first.complaints, ...other.complaints], []);
    await Promise.all([first.context.close(), other.context.close()]);
  });

  test('English, on a desktop, with the keyboard alone: by the code, in the window that asked', async () => {
    const someone = await ways.person();
    const me = await at(desktop, 'keyboard');
    const { page, hand } = me;
    await forget(me, scene.sample);
    assert.equal(await textOf(page, 'h1'), 'What did you lose?');
    await hand.press('#recover-password');
    await reach(me, 'recover-password');
    await hand.type('#login-name', someone.email);
    await hand.press('#send-mail');
    await reach(me, 'recover-sent');
    const code = codeIn(await ways.mailTo(someone.email, '/recover/link'));
    await hand.press('#continue');
    await assertRefusal(page, /Enter the code from the e-mail/, 'code');
    await hand.type('#code', otherCode(code));
    await hand.press('#continue');
    await assertRefusal(page, /not correct.*newest/s, 'code');
    await hand.type('#code', code.toLowerCase().replace('-', ' '));
    await hand.press('#continue');

    await see(me, 'new-password', strength);
    assert.equal(await textOf(page, 'h1'), 'New password');
    await hand.type('#password', 'too short');
    await page.waitForSelector(`${strength}:text("3 more characters")`);
    await page.keyboard.press('Enter');
    await assertRefusal(page, /too short/, 'password');
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#show-password');
    assert.equal(await page.getAttribute('#password', 'type'), 'text');
    assert.equal(await page.inputValue('#password'), NEW_PASSWORD);
    await hand.press('#save');
    await see(me, 'recover-done');
    await signInAnew(me, { sample: scene.sample, lost: someone, password: NEW_PASSWORD });
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('without script, at 320 px: by a link that is opened where it was asked for', async () => {
    const someone = await ways.person({ asked: true });
    const me = await at(withoutScript, 'click');
    const { page, hand } = me;
    await forget(me, scene.sample);
    await hand.press('#recover-password');
    await reach(me, 'recover-password');
    await hand.type('#login-name', someone.loginName);
    await hand.press('#send-mail');
    await reach(me, 'recover-sent');
    assert.match(
      await textOf(page, '#send-mail-note'),
      /over (\d+ seconden|1 minuut)/,
      'a wait is said in words',
    );
    await page.goto(linkIn(await ways.mailTo(someone.email, '/recover/link')));
    await reach(me, 'recover-link');
    await hand.press('#continue');
    await reach(me, 'recover-question');
    await hand.type('#answer', ANSWER);
    await hand.press('#continue');
    await reach(me, 'new-password');
    for (const useless of ['#show-password', '#password-strength'])
      assert.equal(await page.isVisible(useless), false, `${useless} is shown`);
    await hand.type('#password', 'kort');
    await hand.press('#save');
    await page.waitForSelector('#error-summary');
    assert.match(await textOf(page, '#error-summary'), /te kort/);
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#save');
    await reach(me, 'recover-done');
    await signInAnew(me, { sample: scene.sample, lost: someone, password: NEW_PASSWORD });
    await me.context.close();
  });

  test('a forgotten login name comes by mail, and the sign-in that waited goes on with it', async () => {
    const someone = await ways.person();
    const me = await at(desktop, 'click');
    const { page, hand } = me;
    await forget(me, scene.sample);
    await hand.press('#recover-login-name');
    await see(me, 'recover-login-name');
    await hand.type('#email', someone.email);
    await hand.press('#send-mail');
    await see(me, 'recover-sent');
    assert.equal(await page.isVisible('#code'), false, 'there is no code to type');
    assert.ok((await ways.mailTo(someone.email, 'inlognaam')).includes(someone.loginName));
    await hand.press('#back');
    await signIn(me, { sample: scene.sample, lost: someone, password: PASSWORD });
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('nothing came: the page says what to do, and a new mail can be asked for once it is of use', async () => {
    const someone = await ways.person();
    const me = await at(phone, 'tap');
    const { page, hand } = me;
    await page.clock.install();
    await forget(me, scene.sample);
    await hand.press('#recover-password');
    await reach(me, 'recover-password');
    await hand.type('#login-name', someone.loginName);
    await hand.press('#send-mail');
    await reach(me, 'recover-sent', '#send-mail[aria-disabled=true]');
    await ways.mailTo(someone.email, '/recover/link');
    await page.tap('#send-mail', { force: true });
    assert.equal(ways.sentTo(someone.email).length, 1);
    await page.clock.fastForward(60_000);
    await page.waitForSelector('#send-mail:not([aria-disabled])');
    await hand.press('#send-mail');
    const letter = await ways.mailTo(someone.email, '/recover/link', 2);
    await reach(me, 'recover-sent', '#send-mail[aria-disabled=true]');
    await hand.type('#code', codeIn(letter));
    await hand.press('#continue');
    await reach(me, 'new-password');
    assert.deepEqual(me.complaints, []);
    await me.context.close();
  });

  test('the language of the page stays when it is switched on the way', async () => {
    const someone = await ways.person();
    const me = await at(phone, 'tap');
    const { page, hand } = me;
    await page.goto(linkIn(await ways.letterFor(someone)));
    await hand.press('#language-en');
    await reach(me, 'recover-link');
    assert.equal(await textOf(page, '#continue'), 'Continue');
    await hand.press('#continue');
    await reach(me, 'new-password');
    await hand.press('#language-nl');
    await page.waitForSelector('html[lang=nl] main[data-step=new-password]');
    assert.equal(await textOf(page, 'h1'), 'Nieuw wachtwoord');
    await me.context.close();
  });
});
