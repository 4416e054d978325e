import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { momentInWords } from '#interactions/views/moment.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import type { Answer } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { recoverPassword, replaceNumber } from '../support/renumbered.ts';
import { behindPassword, hasCode, newNumbers, sentTo, settle } from '../support/second-steps.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';

const HOUR = 60 * 60_000;
const newNumber = newNumbers();

/** A tenant that asks nothing beside the second step. */
const TENANT = { ...FULL_TENANT, firstSignIn: { asks: 'nothing' as const } };

const methodOn = ({ body }: Answer) => /data-method="([^"]+)"/.exec(body)?.[1];

describe('a new number behind a password that was forgotten (SIM swap)', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: TENANT }, clock, replicas: 1 });
  });

  /** Somebody whose number was changed an hour ago. */
  const renumbered = async (
    loginName: string,
    { withApp = false, code }: { withApp?: boolean; code?: string } = {},
  ) => {
    const phone = newNumber();
    const made = await installation.createAccount({ loginName, withApp, withPhone: newNumber() });
    await settle(installation, made.account, code);
    const until = await replaceNumber(installation.running.composition, made.account, phone);
    clock.advance(HOUR);
    return { ...made, phone, until };
  };

  test('is a way like any other for who did not forget it', async () => {
    const { phone } = await renumbered('gewoon.door');
    const { browser, page } = await behindPassword(installation, 'gewoon.door');
    assert.equal(page.step, 'second-step');
    const code = codeIn(newestTo(installation, phone));
    assert.ok(hasCode(await browser.submit(page, { code })));
  });

  test('lets nobody in who has nothing else, and says until when and whom to ask', async () => {
    const { account, phone, until } = await renumbered('alleen.nummer');
    await recoverPassword(installation, account);
    const { page } = await behindPassword(installation, 'alleen.nummer');
    assert.equal(page.step, 'blocked');
    assert.match(page.body, /Uw mobiele nummer is nieuw/);
    assert.ok(page.body.includes(`<strong id="until">${momentInWords(until, 'nl')}</strong>`));
    assert.match(page.body, /mailto:helpdesk@test\.example/);
    // A new password would help nobody.
    assert.doesNotMatch(page.body, /id="recover"/);
    assert.equal(sentTo(installation, phone).length, 0, 'a code was sent to it');
    assert.ok(installation.logged.some((line) => line.includes('a number that is too new')));

    clock.set(until);
    const later = await behindPassword(installation, 'alleen.nummer');
    assert.equal(later.page.step, 'second-step');
    const code = codeIn(newestTo(installation, phone));
    assert.ok(hasCode(await later.browser.submit(later.page, { code })));
  });

  test('is told to nobody without the right password (R24)', async () => {
    const { account } = await renumbered('niet.verteld');
    await recoverPassword(installation, account);
    const { browser, page } = await behindPassword(installation, 'niet.bestaand');
    assert.equal(page.step, 'password');
    const wrong = await browser.submit(page, { login_name: 'niet.verteld', password: 'Iets-heel-anders-12' });
    assert.equal(wrong.step, 'password');
    assert.doesNotMatch(wrong.body, /mobiele nummer gewijzigd/);
  });

  test('is not among the ways of who has another one', async () => {
    const { account, appData } = await renumbered('met.app', { withApp: true });
    await recoverPassword(installation, account);
    const { browser, page } = await behindPassword(installation, 'met.app');
    assert.equal(methodOn(page), 'totp');
    const stuck = await browser.get(`${page.url}/stuck`);
    assert.doesNotMatch(stuck.body, /id="method-sms"/);
    // What no page offers is no way either.
    const forced = await browser.follow(await browser.post(`${page.url}/method`, { method: 'sms' }));
    assert.equal(methodOn(forced), 'totp');
    assert.ok(hasCode(await browser.submit(page, { code: codeOf(keyIn(appData ?? ''), clock.now()) })));
  });

  test('leaves the backup code as it is', async () => {
    const { account } = await renumbered('met.back-upcode', { code: '12345678' });
    await recoverPassword(installation, account);
    const { browser, page } = await behindPassword(installation, 'met.back-upcode');
    assert.equal(methodOn(page), 'backup-code');
    assert.equal((await browser.submit(page, { code: '1234 5678' })).step, 'backup-code');
  });

  test('gets no code where an older number of the person is asked', async () => {
    const { account, phone } = await renumbered('twee.nummers');
    const older = newNumber();
    const { durable } = installation.running.composition;
    const { tenantId, id: accountId } = account;
    const [factor] = await durable.factors.list(tenantId, accountId);
    assert.ok(factor);
    const other = {
      ...{ ...factor, id: crypto.randomUUID(), data: JSON.stringify({ phone: older }) },
      ...{ identity: 'another', coolsUntil: undefined },
    };
    assert.ok(await durable.factors.add(other, clock.now()));
    // The new one was used last, so that it would be the one to send to.
    await durable.factors.use(tenantId, factor.id, {}, clock.now() + 1);
    await recoverPassword(installation, account);
    const { browser, page } = await behindPassword(installation, 'twee.nummers');
    assert.equal(methodOn(page), 'sms');
    assert.equal(sentTo(installation, phone).length, 0);
    assert.ok(hasCode(await browser.submit(page, { code: codeIn(newestTo(installation, older)) })));
  });

  test('counts as before once it was changed again by who got in another way', async () => {
    const { account, appData } = await renumbered('nog.een.keer', { withApp: true });
    await recoverPassword(installation, account);
    clock.advance(HOUR);
    const phone = newNumber();
    await replaceNumber(installation.running.composition, account, phone);
    const { browser, page } = await behindPassword(installation, 'nog.een.keer');
    assert.ok(appData);
    const sms =
      methodOn(page) === 'sms'
        ? page
        : await browser.press(await browser.get(`${page.url}/stuck`), 'method-sms');
    assert.ok(hasCode(await browser.submit(sms, { code: codeIn(newestTo(installation, phone)) })));
  });
});
