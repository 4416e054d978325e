import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers } from '../support/second-steps.ts';
import { addTenant } from '../support/second-tenant.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const newNumber = newNumbers();

describe('a code that was sent for one purpose is worth nothing for another', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const secondStep = { methods: ['sms', 'totp'], backupCode: 'none' as const };
    const tenant = { ...TEST_TENANT, secondStep, firstSignIn: { asks: 'email' as const } };
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  const codeTo = (to: string) => codeIn(newestTo(installation, to));

  test('one that proves a number does not sign in', async () => {
    await installation.createAccount({ loginName: 'opzetten' });
    const slow = await behindPassword(installation, 'opzetten');
    const fast = await behindPassword(installation, 'opzetten');
    const [slowNumber, fastNumber] = [newNumber(), newNumber()];
    const own = await fast.browser.press(fast.page, 'continue', { phone: fastNumber });
    const done = await fast.browser.press(own, 'continue', { code: codeTo(fastNumber) });
    assert.equal(done.step, 'enrol-app');
    const pending = await slow.browser.press(slow.page, 'continue', { phone: slowNumber });
    assert.equal(pending.step, 'enrol-sms');
    const setUpCode = codeTo(slowNumber);

    const third = await behindPassword(installation, 'opzetten');
    assert.equal(third.page.step, 'second-step');
    const refused = await third.browser.submit(third.page, { code: setUpCode });
    assert.equal(refused.step, 'second-step');
    // In its own place it proves the number and still adds nothing: the account has a method by now.
    const beaten = await slow.browser.press(pending, 'continue', { code: setUpCode });
    assert.equal(beaten.step, 'second-step');
    const used = await slow.browser.submit(beaten, { code: setUpCode });
    assert.equal(used.step, 'second-step');
  });

  test('one that signs in does not prove a number', async () => {
    const number = newNumber();
    await installation.createAccount({ loginName: 'inloggen', withPhone: number });
    await behindPassword(installation, 'inloggen');
    const signInCode = codeTo(number);
    await installation.createAccount({ loginName: 'ander' });
    const other = await behindPassword(installation, 'ander');
    const asked = await other.browser.press(other.page, 'continue', { phone: number });
    assert.notEqual(codeTo(number), signInCode);
    const refused = await other.browser.press(asked, 'continue', { code: signInCode });
    assert.equal(refused.step, 'enrol-sms');
  });

  test('one that proves an address does not sign in, nor the other way round', async () => {
    const [number, email] = [newNumber(), 'adres@test.example'];
    await installation.createAccount({ loginName: 'adres', withPhone: number });
    const first = await behindPassword(installation, 'adres');
    const app = await first.browser.submit(first.page, { code: codeTo(number) });
    const asked = await first.browser.press(app, 'skip');
    assert.equal(asked.step, 'security-question');
    const confirm = await first.browser.press(asked, 'save', { email });
    assert.equal(confirm.step, 'confirm-email');
    const mailed = codeTo(email);

    const second = await behindPassword(installation, 'adres');
    assert.equal((await second.browser.submit(second.page, { code: mailed })).step, 'second-step');
    const texted = codeTo(number);
    assert.equal((await first.browser.submit(confirm, { code: texted })).step, 'confirm-email');
    assert.ok(hasCode(await first.browser.submit(confirm, { code: mailed })));
    assert.equal((await second.browser.submit(second.page, { code: texted })).step, 'confirm-email');
  });

  test('one that proves an address of one person does not prove the same address of another', async () => {
    const email = 'gedeeld@test.example';
    const people = [];
    for (const loginName of ['adres-een', 'adres-twee']) {
      const number = newNumber();
      await installation.createAccount({ loginName, withPhone: number });
      const { browser, page } = await behindPassword(installation, loginName);
      const app = await browser.submit(page, { code: codeTo(number) });
      const confirm = await browser.press(await browser.press(app, 'skip'), 'save', { email });
      assert.equal(confirm.step, 'confirm-email');
      people.push({ browser, confirm, code: codeTo(email) });
    }
    const [one, two] = people;
    assert.ok(one && two && one.code !== two.code);
    assert.equal((await two.browser.submit(two.confirm, { code: one.code })).step, 'confirm-email');
    assert.equal((await one.browser.submit(one.confirm, { code: two.code })).step, 'confirm-email');
    assert.ok(hasCode(await one.browser.submit(one.confirm, { code: one.code })));
  });
});

describe('a code that was sent by one tenant', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const secondStep = { methods: ['sms'], backupCode: 'none' as const };
    const tenant = { ...TEST_TENANT, secondStep };
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  test('is worth nothing at another, though name, password and number are the same', async () => {
    const south = await addTenant(installation, 'zuid');
    const number = newNumber();
    const person = { loginName: 'overal', withPhone: number };
    await installation.createAccount(person);
    await south.createAccount(person);
    const here = await behindPassword(installation, 'overal');
    const codeHere = codeIn(newestTo(installation, number));
    const there = await behindPassword(south, 'overal');
    const codeThere = codeIn(newestTo(installation, number));
    assert.equal((await there.browser.submit(there.page, { code: codeHere })).step, 'second-step');
    assert.equal((await here.browser.submit(here.page, { code: codeThere })).step, 'second-step');
    assert.ok(hasCode(await here.browser.submit(here.page, { code: codeHere })));
    assert.ok(hasCode(await there.browser.submit(there.page, { code: codeThere })));
  });
});
