import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { PHONE_KIND, phoneIn } from '#src/message/phone-factor.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, newNumbers, otherThan, sentTo, tenantWith } from '../support/second-steps.ts';
import { openSettings, type SettingsScene } from '../support/settings.ts';

const MINUTE = 60_000;
const PATH = '/account/phone';
const newNumber = newNumbers();

const fieldOn = ({ body }: Answer, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '';

describe('a phone number in the settings, against who wants another one there,', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    const settings = { tenant: tenantWith('sms', 'totp') };
    installation = await startInstallation(ending, { settings, clock, replicas: 1 });
  });

  const opened = async (loginName: string) => {
    // An app's code is good once, and every account of this file goes by one clock.
    clock.advance(MINUTE);
    const phone = newNumber();
    const scene = await openSettings(installation, { loginName, withPhone: phone }, { at: clock.now() });
    return { ...scene, loginName, phone, page: await scene.open(PATH) };
  };

  const numbersOf = async ({ account }: Pick<SettingsScene, 'account'>) => {
    const { factors } = installation.running.composition.durable;
    const owned = await factors.list(account.tenantId, account.id);
    return owned.filter(({ kind }) => kind === PHONE_KIND);
  };

  const sentNow = () => installation.outbox.messages().length;

  test('replaces nobody else’s number, and sends nothing for it', async () => {
    const victim = await opened('slachtoffer');
    const thief = await opened('dief');
    const [factor] = await numbersOf(victim);
    const before = sentNow();
    for (const id of [factor?.id ?? '', 'none', '']) {
      const answer = await thief.browser.press(thief.page, 'continue', { factor: id, phone: newNumber() });
      assert.equal(answer.step, 'settings-phone');
      assert.match(answer.body, /Met dit formulier is niets gewijzigd/);
    }
    assert.equal(sentNow(), before);
    assert.deepEqual((await numbersOf(victim)).map(phoneIn), [victim.phone]);
  });

  test('takes no code that was sent in somebody else’s settings, nor one of a sign-in', async () => {
    const victim = await opened('eigenaar');
    const thief = await opened('meelezer');
    const number = newNumber();
    const theirs = await victim.browser.press(victim.page, 'continue', { phone: number });
    const own = await thief.browser.press(thief.page, 'continue', { phone: newNumber() });
    const code = codeIn(newestTo(installation, number));
    const id = fieldOn(theirs, 'id');
    for (const fields of [{ code }, { id, code }]) {
      assert.notEqual((await thief.browser.press(own, 'save', fields)).step, 'settings');
    }
    assert.deepEqual((await numbersOf(thief)).map(phoneIn), [thief.phone]);

    // The code of a sign-in went to the old number: it proves that one, and no new one.
    clock.advance(MINUTE);
    const { browser, page } = await behindPassword(installation, 'meelezer');
    await browser.press(await browser.get(`${page.url}/stuck`), 'method-sms');
    const signIn = newestTo(installation, thief.phone);
    await thief.browser.press(own, 'save', { code: codeIn(signIn) });
    assert.deepEqual((await numbersOf(thief)).map(phoneIn), [thief.phone]);
    // The one it was meant for still takes it.
    const done = await victim.browser.press(theirs, 'save', { code });
    assert.equal(done.step, 'settings');
  });

  test('is not guessed: five wrong codes, and the right one is no use', async () => {
    const scene = await opened('rader');
    const number = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: number });
    const code = codeIn(newestTo(installation, number));
    for (let tries = 0; tries < 5; tries += 1) {
      await scene.browser.press(asked, 'save', { code: otherThan(code) });
    }
    const late = await scene.browser.press(asked, 'save', { code });
    assert.equal(late.step, 'settings-phone-code');
    assert.match(late.body, /id="error-summary"/);
    assert.deepEqual((await numbersOf(scene)).map(phoneIn), [scene.phone]);
  });

  test('sends no more than five messages an hour for one person, to whatever numbers', async () => {
    const scene = await opened('bommenwerper');
    const before = sentNow();
    const code = await scene.browser.press(scene.page, 'continue', { phone: newNumber() });
    for (let tries = 0; tries < 12; tries += 1) {
      clock.advance(20_000);
      await scene.browser.press(scene.page, 'continue', { phone: newNumber() });
      await scene.browser.press(code, 'resend-sms');
    }
    await Promise.all(
      Array.from({ length: 10 }, () => scene.browser.press(scene.page, 'continue', { phone: newNumber() })),
    );
    const sent = sentNow() - before;
    assert.ok(sent >= 3 && sent <= 5, `${sent} messages`);
  });

  test('sends no more than three in ten minutes to one number, from however many settings', async () => {
    const target = newNumber();
    for (const n of [1, 2, 3, 4, 5]) {
      const scene = await opened(`bende.${n}`);
      await scene.browser.press(scene.page, 'continue', { phone: target });
    }
    assert.equal(sentTo(installation, target).length, 3);
  });

  test('wants fresh steps for every form, also from who has the session of somebody', async () => {
    const scene = await opened('geleend');
    const number = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: number });
    const code = codeIn(newestTo(installation, number));
    clock.advance(6 * MINUTE);
    const before = sentNow();
    const thief = scene.browser.thief();
    for (const answer of [
      await thief.press(scene.page, 'continue', { phone: newNumber() }),
      await thief.press(asked, 'save', { code }),
      await thief.press(asked, 'resend-sms'),
      await thief.open(`${installation.issuer}${PATH}/code`),
    ]) {
      assert.equal(answer.step, 'password');
    }
    assert.equal(sentNow(), before);
    assert.deepEqual((await numbersOf(scene)).map(phoneIn), [scene.phone]);
  });

  test('wants a form of this very sign-in', async () => {
    const scene = await opened('formulier');
    const before = sentNow();
    const fields = { factor: fieldOn(scene.page, 'factor'), phone: newNumber(), channel: 'sms' };
    const url = `${installation.issuer}${PATH}`;
    assert.equal((await scene.browser.post(url, fields)).status, 400);
    assert.equal((await scene.browser.post(url, { ...fields, stamp: 'x'.repeat(22) })).status, 409);
    const stamp = fieldOn(scene.page, 'stamp');
    assert.equal((await new Browser().post(url, { ...fields, stamp })).status, 410);
    assert.equal((await scene.browser.post(url, { ...fields, stamp, channel: 'fax' })).status, 400);
    assert.equal(sentNow(), before);
  });

  test('shows no more of any number than its last digits, and puts none into an address', async () => {
    const scene = await opened('zichtbaar');
    const number = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: number });
    for (const page of [scene.page, asked, await scene.open(PATH)]) {
      for (const whole of [number, scene.phone]) {
        assert.ok(!page.body.includes(whole.slice(3)), `${page.url} shows a number`);
        assert.ok(!page.url.includes(whole.slice(3)));
      }
    }
  });
});
