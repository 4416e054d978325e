import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers, otherThan, sentTo, settle } from '../support/second-steps.ts';
import { typePassword } from '../support/sign-in.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const newNumber = newNumbers();

/** Whether the page says that the person must wait. */
const waits = ({ body }: Answer) => body.includes('class="alert waiting"');

describe('wrong tries at the second step', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const tenant = { ...TEST_TENANT, secondStep: { methods: ['sms', 'totp'] } };
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  /** Somebody with an app, a number and a backup code; the app is asked first. */
  const person = async (loginName: string) => {
    const number = newNumber();
    const made = await installation.createAccount({ loginName, withApp: true, withPhone: number });
    await settle(installation, made.account, '12345678');
    return { loginName, number, code: () => codeOf(keyIn(made.appData ?? '')) };
  };
  /** The person is told of wrong codes too, by the same number. */
  const newestCodeTo = (number: string) => {
    const letter = sentTo(installation, number).find(({ text }) => /(?<!\d)\d{6}(?!\d)/.test(text));
    return codeIn(letter?.text ?? '');
  };
  const visit = async (loginName: string, method?: string, browser = new Browser()) => {
    const { page } = await behindPassword(installation, loginName, { browser });
    if (method !== undefined) await browser.post(`${page.url}/method`, { method });
    return (code: string) => browser.submit(page, { code });
  };

  test('with an app are five over all sign-ins, and who waits on it can use another way', async (t) => {
    const tick = stopClock(t);
    const { loginName, number, code } = await person('alles-bij-elkaar');
    for (let tries = 0; tries < 5; tries += 1) {
      const type = await visit(loginName, 'totp');
      const refused = await type(otherThan(code()));
      assert.equal(refused.step, 'second-step');
      assert.equal(waits(refused), false);
    }
    const late = await visit(loginName, 'totp');
    assert.equal(waits(await late(code())), true);
    const texted = await visit(loginName, 'sms');
    assert.ok(hasCode(await texted(newestCodeTo(number))));
    const spare = await visit(loginName, 'backup-code');
    assert.equal(waits(await spare('87654321')), false);
    assert.equal(waits(await late(code())), true, 'another way opens no way that waits');
    tick(30_000);
    assert.ok(hasCode(await late(code())));
  });

  test('in many sign-ins at once are five by each way', async () => {
    const { loginName, code } = await person('tegelijk');
    const ways = [];
    for (let n = 0; n < 8; n += 1) ways.push(await visit(loginName, n % 2 === 0 ? 'totp' : 'backup-code'));
    const from = installation.logged.length;
    const wrong = (n: number) => (n % 2 === 0 ? otherThan(code()) : `8765432${n}`);
    await Promise.all(ways.flatMap((type, n) => [0, 1, 2].map(() => type(wrong(n)))));
    const judged = installation.logged
      .slice(from)
      .filter((line) => line.includes('"event":"sign-in.second-step"') && !line.includes('"reason":"wait"'));
    for (const method of ['totp', 'backup-code']) {
      assert.equal(judged.filter((line) => line.includes(`"method":"${method}"`)).length, 5, method);
    }
  });

  test('are not forgiven by starting over, another way, another code or the password', async (t) => {
    const tick = stopClock(t);
    const { loginName, code } = await person('vergeven');
    const browser = new Browser();
    const { page } = await behindPassword(installation, loginName, { browser });
    const choose = (method: string) => browser.post(`${page.url}/method`, { method });
    const startOver = async () => {
      await browser.post(`${page.url}/start-over`, {});
      await typePassword(browser, await browser.get(page.url), loginName);
    };
    const askForCode = async () => {
      await choose('sms');
      await browser.post(`${page.url}/send`, { channel: 'sms' });
    };
    const again = () => behindPassword(installation, loginName);
    for (const between of [startOver, () => choose('sms'), () => choose('backup-code'), askForCode, again]) {
      await choose('totp');
      const refused = await browser.submit(await browser.get(page.url), { code: otherThan(code()) });
      assert.equal(refused.step, 'second-step');
      assert.equal(waits(refused), false);
      await between();
      tick(1000);
    }
    await choose('totp');
    assert.equal(waits(await browser.submit(await browser.get(page.url), { code: code() })), true);
  });

  test('from one address are thirty, over all people, and then nobody gets in from there', async (t) => {
    stopClock(t);
    const { address } = new Browser();
    const from = () => new Browser({ address });
    for (let n = 0; n < 6; n += 1) {
      const { loginName, code } = await person(`spervuur-${n}`);
      const type = await visit(loginName, undefined, from());
      for (let tries = 0; tries < 5; tries += 1) assert.equal(waits(await type(otherThan(code()))), false);
    }
    const { loginName, code } = await person('buurman');
    const elsewhere = await visit(loginName);
    const browser = from();
    const { page } = await behindPassword(installation, loginName, { browser });
    assert.equal(page.step, 'password', 'the count is one for both steps');
    assert.equal(waits(page), true);
    assert.ok(hasCode(await elsewhere(code())));
  });
});
