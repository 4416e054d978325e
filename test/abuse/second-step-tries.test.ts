import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers, otherThan, settle } from '../support/second-steps.ts';
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
  const visit = async (loginName: string, method?: string, browser = new Browser()) => {
    const { page } = await behindPassword(installation, loginName, { browser });
    if (method !== undefined) await browser.post(`${page.url}/method`, { method });
    return (code: string) => browser.submit(page, { code });
  };

  test('with an app, a text message and a backup code are counted together, over all sign-ins', async (t) => {
    const tick = stopClock(t);
    const { loginName, number, code } = await person('alles-bij-elkaar');
    for (const [method, wrong] of [
      [undefined, () => otherThan(code())],
      ['sms', () => otherThan(codeIn(newestTo(installation, number)))],
      ['backup-code', () => '87654321'],
      ['totp', () => otherThan(code())],
      ['backup-code', () => '11112222'],
    ] as const) {
      const type = await visit(loginName, method);
      const refused = await type(wrong());
      assert.equal(refused.step, 'second-step');
      assert.equal(waits(refused), false, method);
    }
    const late = await visit(loginName);
    assert.equal(waits(await late(code())), true);
    const spare = await visit(loginName, 'backup-code');
    assert.equal(waits(await spare('12345678')), true);
    tick(30_000);
    assert.ok(hasCode(await late(code())));
  });

  test('in many sign-ins and ways at once are five', async () => {
    const { loginName, code } = await person('tegelijk');
    const ways = [];
    for (let n = 0; n < 8; n += 1) ways.push(await visit(loginName, n % 2 === 0 ? 'totp' : 'backup-code'));
    const from = installation.logged.length;
    const wrong = (n: number) => (n % 2 === 0 ? otherThan(code()) : `8765432${n}`);
    await Promise.all(ways.flatMap((type, n) => [0, 1, 2].map(() => type(wrong(n)))));
    const judged = installation.logged
      .slice(from)
      .filter((line) => line.includes('"event":"sign-in.second-step"') && !line.includes('"reason":"wait"'));
    assert.equal(judged.length, 5);
  });

  test('are not forgiven by starting over, another way, another code or the password', async (t) => {
    const tick = stopClock(t);
    const { loginName, number, code } = await person('vergeven');
    const browser = new Browser();
    const { page } = await behindPassword(installation, loginName, { browser });
    const startOver = async () => {
      await browser.post(`${page.url}/start-over`, {});
      await typePassword(browser, await browser.get(page.url), loginName);
    };
    for (const between of [
      startOver,
      () => browser.post(`${page.url}/method`, { method: 'sms' }),
      () => browser.post(`${page.url}/send`, { channel: 'sms' }),
      () => browser.post(`${page.url}/method`, { method: 'totp' }),
      () => behindPassword(installation, loginName),
    ]) {
      const shown = await browser.get(page.url);
      const texted = /data-method="sms"/.test(shown.body);
      const right = texted ? codeIn(newestTo(installation, number)) : code();
      const refused = await browser.submit(shown, { code: otherThan(right) });
      assert.equal(waits(refused), false);
      await between();
      tick(1000);
    }
    assert.equal(waits(await browser.submit(page, { code: code() })), true);
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
