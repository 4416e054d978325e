import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { codeOf } from '../support/authenticator.ts';
import { findings } from '../support/axe.ts';
import {
  assertStep,
  goToSignIn,
  openStage,
  type Stage,
  signInFirstTime,
  signInWithNewApp,
  skipToApp,
  textOf,
  typePassword,
} from './stage.ts';

const phone = { viewport: { width: 390, height: 844 } };
const narrow = { viewport: { width: 320, height: 640 } };

describe('signing in with Chromium', () => {
  let stage: Stage;
  const endings: (() => Promise<void>)[] = [];
  before(async () => {
    stage = await openStage((end) => endings.push(end));
  });
  after(async () => {
    for (const end of endings.reverse()) await end();
  });

  test('a first sign-in on a phone sets up an app and ends in the application', async () => {
    const { trial } = stage;
    const { page, context, complaints } = await stage.visitor(phone);
    await signInFirstTime(page, trial, 'hr-manager');
    assert.match(await textOf(page, 'body'), /Demo HR-manager/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a later sign-in asks for the code, also by keyboard alone', async () => {
    const { trial } = stage;
    const { page, context, complaints } = await stage.visitor();
    await goToSignIn(page, trial);
    await page.keyboard.type('bedrijfsarts');
    await page.keyboard.press('Tab');
    await page.keyboard.type(trial.password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-step=second-step]');
    await page.keyboard.type(codeOf(trial.appKey));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${trial.sample}/**`);
    assert.match(await textOf(page, 'body'), /Demo Bedrijfsarts/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('without script everything works', async () => {
    const { trial } = stage;
    const { page, context } = await stage.visitor({ ...narrow, javaScriptEnabled: false, locale: 'en-GB' });
    await goToSignIn(page, trial);
    assert.equal(await textOf(page, '#sign-in'), 'Sign in');
    const loginName = await stage.newcomer();
    await typePassword(page, loginName, 'not the password');
    assert.match(await textOf(page, '#error-summary'), /not correct/);
    await signInFirstTime(page, trial, loginName);
    await page.click('#sign-out');
    await assertStep(page, 'logout');
    await page.click('#sign-out');
    await page.waitForURL(`${trial.sample}/signed-out*`);
    await context.close();
  });

  test('a wrong password keeps the name, drops the password, says what to do, and puts the cursor there', async () => {
    const { trial } = stage;
    const { page, context, complaints } = await stage.visitor(phone);
    await goToSignIn(page, trial);
    await typePassword(page, 'bedrijfsarts', 'Verkeerd-Wachtwoord-1');
    await assertStep(page, 'password');
    assert.match(await textOf(page, 'main'), /klopt niet.*hoofdletters/s);
    assert.equal(await page.inputValue('[name=login_name]'), 'bedrijfsarts');
    assert.equal(await page.inputValue('[name=password]'), '');
    assert.match(await page.title(), /^Fout/);
    assert.equal(await page.evaluate('document.activeElement.name'), 'password');
    assert.equal(await page.getAttribute('[name=password]', 'aria-invalid'), 'true');
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('the password can be shown, and Caps Lock is told', async () => {
    const { page, context } = await stage.visitor();
    await goToSignIn(page, stage.trial);
    await page.fill('[name=password]', 'Zichtbaar');
    await page.click('#show-password');
    assert.equal(await page.getAttribute('[name=password]', 'type'), 'text');
    await page.click('#show-password');
    assert.equal(await page.getAttribute('[name=password]', 'type'), 'password');
    await page.focus('[name=password]');
    await page.evaluate(
      `document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true, bubbles: true }))`,
    );
    assert.equal(await textOf(page, '#caps-lock'), 'Caps Lock staat aan.');
    await context.close();
  });

  test('a disabled account sees that only with the right password, with a number and the help desk', async () => {
    const { trial } = stage;
    const { page, context } = await stage.visitor(phone);
    await goToSignIn(page, trial);
    await typePassword(page, 'oud-medewerker', 'Verkeerd-Wachtwoord-1');
    await assertStep(page, 'password');
    await typePassword(page, 'oud-medewerker', trial.password);
    await assertStep(page, 'blocked');
    const text = await textOf(page, 'main');
    assert.match(text, /[0-9A-Z]{4}-[0-9A-Z]{4}/);
    assert.match(text, /helpdesk@voorbeeld\.example/);
    assert.deepEqual(await findings(page), []);
    await context.close();
  });

  test('back, bookmarks and two tabs end in the application, never in a dead end', async () => {
    const { trial } = stage;
    const { page, context, complaints } = await stage.visitor();
    const other = await context.newPage();
    await goToSignIn(other, trial);
    const loginName = await stage.newcomer();
    await goToSignIn(page, trial);
    const bookmark = page.url();
    const key = await signInWithNewApp(page, trial, loginName);

    await page.goBack();
    await page.waitForLoadState();
    await page.goto(bookmark);
    await page.waitForURL(`${trial.sample}/**`);

    await typePassword(other, loginName, trial.password);
    await assertStep(other, 'second-step');
    await other.fill('[name=code]', codeOf(key));
    await other.click('#continue');
    await other.waitForURL(`${trial.sample}/**`);
    await page.goto(trial.issuer);
    await page.waitForURL(`${trial.sample}/**`);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('signing out at the provider comes back to the application, and the next visit asks again', async () => {
    const { trial } = stage;
    const { page, context, complaints } = await stage.visitor();
    await signInFirstTime(page, trial, await stage.newcomer());
    await page.click('#sign-out');
    await page.waitForURL(`${trial.sample}/signed-out*`);
    await goToSignIn(page, trial);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('the language switch keeps the page and is remembered', async () => {
    const { page, context } = await stage.visitor(narrow);
    await goToSignIn(page, stage.trial);
    await page.click('#language-en');
    await assertStep(page, 'password');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.equal(await textOf(page, '#sign-in'), 'Sign in');
    await goToSignIn(page, stage.trial);
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await context.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`no page of a sign-in has a finding of axe-core or scrolls sideways at 320 px, ${colorScheme}`, async () => {
      const { trial } = stage;
      const { page, context, complaints } = await stage.visitor({ ...narrow, colorScheme });
      await goToSignIn(page, trial);
      assert.deepEqual(await findings(page), [], 'password');
      await typePassword(page, await stage.newcomer(), trial.password);
      await skipToApp(page);
      assert.deepEqual(await findings(page), [], 'enrol-app');
      await page.fill('[name=code]', '000000');
      await page.click('#continue');
      await page.waitForSelector('#error-summary');
      assert.deepEqual(await findings(page), [], 'enrol-app with a wrong code');
      await page.goto(`${trial.issuer}/no-such-page`);
      await assertStep(page, 'error');
      assert.deepEqual(await findings(page), [], 'error');
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
});
