import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, newNumbers, sentTo } from '../support/second-steps.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const SECOND = 1000;
const newNumber = newNumbers();

/** Seconds that a page makes people wait for another code. */
const waitOn = ({ body }: Answer) => Number(/data-(?:wait|seconds)="(\d+)"/.exec(body)?.[1] ?? 0);

describe('text messages', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const secondStep = { methods: ['sms', 'totp'], backupCode: 'none' as const };
    const tenant = { ...TEST_TENANT, secondStep };
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  const count = (number: string) => sentTo(installation, number).length;

  const atSecondStep = async (loginName: string) => {
    const number = newNumber();
    await installation.createAccount({ loginName, withPhone: number });
    return { number, ...(await behindPassword(installation, loginName)) };
  };

  test('are sent by a post only: looking at any page, again and again, sends none', async () => {
    const { browser, page, number } = await atSecondStep('kijker');
    assert.equal(count(number), 1);
    const { url } = page;
    const pages = ['', '/stuck', '/delivery', '/recover', '/explanation/phone', '/send', '/method', '/enrol'];
    for (const path of [...pages, '/enrol/send', '/backup-code/sms', '/confirm-email/send']) {
      for (const method of ['GET', 'HEAD']) await browser.send(`${url}${path}`, { method });
    }
    for (let reloads = 0; reloads < 3; reloads += 1) await browser.open(url);
    assert.equal(count(number), 1);
  });

  test('to prove a number are sent by a post only', async () => {
    await installation.createAccount({ loginName: 'nieuw' });
    const { browser, page } = await behindPassword(installation, 'nieuw');
    const number = newNumber();
    const asked = await browser.press(page, 'continue', { phone: number });
    assert.equal(count(number), 1);
    for (const path of ['', '/enrol', '/enrol/send', '/stuck', '/explanation/phone']) {
      for (const method of ['GET', 'HEAD']) await browser.send(`${asked.url}${path}`, { method });
    }
    assert.equal(count(number), 1);
  });

  test('are sent to nobody before the right password', async () => {
    const number = newNumber();
    await installation.createAccount({ loginName: 'wachtwoord', withPhone: number });
    const { browser, page } = await beginSignIn(installation);
    await typePassword(browser, page, 'wachtwoord', 'not-the-password-of-anybody');
    await browser.post(`${page.url}/send`, { channel: 'sms' });
    await browser.post(`${page.url}/method`, { method: 'sms' });
    await browser.post(`${page.url}/enrol`, { method: 'sms', phone: number });
    await browser.post(`${page.url}/enrol/send`, { channel: 'sms' });
    await browser.post(`${page.url}/backup-code/sms`, {});
    assert.equal(count(number), 0);
  });

  test('are sent once for a double click on the password', async () => {
    const number = newNumber();
    await installation.createAccount({ loginName: 'dubbelklik', withPhone: number });
    const { browser, page } = await beginSignIn(installation);
    const answers = await Promise.all([1, 2, 3].map(() => typePassword(browser, page, 'dubbelklik')));
    assert.equal(count(number), 1);
    for (const { step } of answers) assert.equal(step, 'second-step');
    const shown = await browser.get(page.url);
    assert.doesNotMatch(shown.body, /class="alert/, 'nobody is blamed for it');
    const done = await browser.submit(shown, { code: codeIn(newestTo(installation, number)) });
    assert.equal(done.step, 'enrol-app');
  });

  test('are sent again after a wait that grows, within the limits, and the page says how long', async (t) => {
    const tick = stopClock(t);
    const { browser, page, number } = await atSecondStep('opnieuw');
    // After the third in ten minutes to one number, and the fifth in an hour, the window is longer than the wait.
    const waits = [30, 60, 10 * 60 - 90, 120, 60 * 60 - 12 * 60];
    for (const [n, wait] of waits.entries()) {
      assert.equal(waitOn(await browser.open(`${page.url}/stuck`)), wait);
      tick((wait - 1) * SECOND);
      // Too early, which does not make it longer.
      await browser.post(`${page.url}/send`, { channel: 'sms' });
      assert.equal(count(number), n + 1, `before ${wait} seconds`);
      tick(SECOND);
      if (n === waits.length - 1) break;
      await browser.post(`${page.url}/send`, { channel: 'sms' });
      assert.equal(count(number), n + 2, `after ${wait} seconds`);
    }
  });

  test('are sent once for a double click on another way', async () => {
    const number = newNumber();
    await installation.createAccount({ loginName: 'andere-manier', withApp: true, withPhone: number });
    const { browser, page } = await behindPassword(installation, 'andere-manier');
    assert.equal(count(number), 0, 'the app is asked first');
    const answers = await Promise.all(
      [1, 2, 3].map(async () => browser.follow(await browser.post(`${page.url}/method`, { method: 'sms' }))),
    );
    assert.equal(count(number), 1);
    const [answer] = answers;
    assert.equal(answer?.step, 'second-step');
    const shown = await browser.get(page.url);
    assert.match(shown.body, /data-method="sms"/);
    assert.doesNotMatch(shown.body, /class="alert/);
  });

  test('asked for in another browser, another way or all at once are no more than that', async () => {
    const { browser, page, number, ...first } = await atSecondStep('ongeduldig');
    assert.ok(first.party);
    const other = await behindPassword(installation, 'ongeduldig');
    assert.equal(other.page.step, 'second-step');
    assert.match(other.page.body, /class="alert/, 'says that another one is sent later');
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        browser.post(`${page.url}/send`, { channel: n % 2 === 0 ? 'sms' : 'voice' }),
      ),
    );
    await browser.post(`${page.url}/method`, { method: 'sms' });
    await browser.post(`${page.url}/start-over`, {});
    await typePassword(browser, await browser.get(page.url), 'ongeduldig');
    assert.equal(count(number), 1);
  });
});

describe('pumping text messages', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const secondStep = { methods: ['sms'], backupCode: 'none' as const };
    const tenant = { ...TEST_TENANT, secondStep, phone: { dailyBudget: 60 } };
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  const total = () => installation.outbox.messages().length;
  /** Somebody new, at the page that asks for a number. */
  const newcomer = async (loginName: string, browser = new Browser()) => {
    await installation.createAccount({ loginName });
    return behindPassword(installation, loginName, { browser });
  };

  test('to other countries and to numbers that cost or are nobody’s is refused with a reason', async () => {
    const { browser, page } = await newcomer('buitenland');
    const before = total();
    for (const phone of [
      '+1 202 555 0123',
      '+44 7400 123456',
      '+32 470 12 34 56',
      '0044 7400 123456',
      '+881 6 1234 5678',
      '+31 900 1234',
      '+31 909 1234567',
      '+31 800 0123456',
      '112',
      '+31612345678;ext=1',
      '+31612345678,+31612345679',
    ]) {
      const refused = await browser.press(page, 'continue', { phone });
      assert.equal(refused.step, 'enrol-sms');
      assert.match(refused.body, /aria-invalid="true"/, phone);
    }
    assert.equal(total(), before);
  });

  test('from one account to many numbers ends after five in an hour, in whatever browsers', async (t) => {
    const tick = stopClock(t);
    const first = await newcomer('pomp');
    const before = total();
    for (let tries = 0; tries < 8; tries += 1) {
      const { browser, page } = tries === 0 ? first : await behindPassword(installation, 'pomp');
      await browser.post(`${page.url}/enrol`, { method: 'sms', phone: newNumber() });
      tick(121 * SECOND);
    }
    assert.equal(total() - before, 5);
  });

  test('of one number by many accounts ends after three in ten minutes', async () => {
    const number = newNumber();
    for (let n = 0; n < 5; n += 1) {
      const { browser, page } = await newcomer(`bom-${n}`);
      await browser.post(`${page.url}/enrol`, { method: 'sms', phone: number });
    }
    assert.equal(sentTo(installation, number).length, 3);
  });

  test('from one address ends after thirty that nobody redeemed, for that address only', async () => {
    const browser = new Browser();
    const before = total();
    for (let n = 0; n < 32; n += 1) {
      const thief = new Browser({ address: browser.address });
      const { page } = await newcomer(`adres-${n}`, thief);
      await thief.post(`${page.url}/enrol`, { method: 'sms', phone: newNumber() });
    }
    assert.equal(total() - before, 30);
    const number = newNumber();
    const other = await newcomer('ander-adres');
    await other.browser.post(`${other.page.url}/enrol`, { method: 'sms', phone: number });
    assert.equal(sentTo(installation, number).length, 1);
  });

  test('over all people ends with the budget of the day, which the operator hears of', async () => {
    let refused: Answer | undefined;
    for (let n = 0; n < 40 && refused === undefined; n += 1) {
      const { browser, page } = await newcomer(`budget-${n}`);
      const number = newNumber();
      const answer = await browser.press(page, 'continue', { phone: number });
      if (sentTo(installation, number).length === 0) refused = answer;
    }
    assert.equal(total(), 60);
    assert.match(refused?.body ?? '', /class="alert/);
    const told = (what: string) =>
      installation.logged.filter((line) => line.includes(`"event":"send-budget.${what}"`));
    assert.deepEqual([told('low').length, told('used-up').length], [1, 1]);
  });
});
