import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';

/** A tenant that asks nothing beside the second step. */
const TENANT = { ...FULL_TENANT, firstSignIn: { asks: 'nothing' as const } };

describe('the second step of a later sign-in', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;
  let numbers = 20_000_000;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: TENANT }, clock });
  });

  /** Somebody who has been here before, with a phone and perhaps an app and a backup code. */
  const regular = async (
    loginName: string,
    { withApp = false, code }: { withApp?: boolean; code?: string } = {},
  ) => {
    numbers += 1;
    const phone = `+316${numbers}`;
    const { account, appData } = await installation.createAccount({ loginName, withApp, withPhone: phone });
    const { durable, secondStep } = installation.running.composition;
    const { tenantId, id } = account;
    if (code !== undefined) await secondStep.backupCodes.keep(tenantId, id, code, undefined, clock.now());
    await durable.enrolments.finish(tenantId, id, clock.now());
    clock.advance(1_000);
    return { account, phone, appCode: () => codeOf(keyIn(appData ?? ''), clock.now()) };
  };

  const asked = async (loginName: string) => {
    const begun = await beginSignIn(installation, new Browser());
    return { ...begun, page: await typePassword(begun.browser, begun.page, loginName) };
  };

  const methodOn = ({ body }: Answer) => /data-method="([^"]+)"/.exec(body)?.[1];
  const sentTo = (phone: string) => installation.outbox.messages().filter(({ to }) => to === phone);
  const stuckOf = (browser: Browser, page: Answer) => browser.get(`${page.url}/stuck`);

  test('asks the way that was used last, and lets the person switch to any other of their own (R18)', async () => {
    const { phone, appCode } = await regular('wisselaar', { withApp: true });
    const first = await asked('wisselaar');
    assert.equal(methodOn(first.page), 'totp');
    assert.equal(sentTo(phone).length, 0, 'nothing is sent for a way that is not asked');
    const stuck = await stuckOf(first.browser, first.page);
    assert.equal(stuck.step, 'stuck');
    assert.match(stuck.body, /Inloggen mislukt/);
    const sms = await first.browser.press(stuck, 'method-sms');
    assert.equal(methodOn(sms), 'sms');
    const done = await first.browser.submit(sms, { code: codeIn(newestTo(installation, phone)) });
    assert.ok(done.location?.includes('code='));
    clock.advance(60_000);
    const second = await asked('wisselaar');
    assert.equal(methodOn(second.page), 'sms', 'the last one used comes first');
    const app = await second.browser.press(await stuckOf(second.browser, second.page), 'method-totp');
    assert.ok((await second.browser.submit(app, { code: appCode() })).location?.includes('code='));
  });

  test('sends a new text message from the help menu, after a wait, and the old code dies (R17)', async () => {
    const { phone } = await regular('geen-sms');
    const { browser, page } = await asked('geen-sms');
    const old = codeIn(newestTo(installation, phone));
    const early = await browser.press(await stuckOf(browser, page), 'resend-sms');
    assert.match(early.body, /over \d+ seconden/);
    assert.equal(sentTo(phone).length, 1);
    clock.advance(30_000);
    const again = await browser.press(await stuckOf(browser, page), 'resend-sms');
    assert.match(again.body, /De oude code werkt niet meer/);
    const fresh = codeIn(newestTo(installation, phone));
    if (fresh !== old) assert.equal((await browser.submit(again, { code: old })).step, 'second-step');
    assert.ok((await browser.submit(again, { code: fresh })).location?.includes('code='));
  });

  test('calls with the code where that is asked, and says so in the token', async () => {
    const { phone } = await regular('bel-mij');
    const { browser, page, party, request } = await asked('bel-mij');
    clock.advance(30_000);
    const called = await browser.press(await stuckOf(browser, page), 'call-me');
    const [call] = sentTo(phone);
    assert.equal(call?.channel, 'voice');
    const done = await browser.submit(called, { code: codeIn(call?.text ?? '') });
    const tokens = await party.finish(request, done.location);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'tel', 'mfa']);
  });

  test('takes a backup code once, tells the person on every channel and offers a new one first (R14)', async () => {
    const { phone } = await regular('telefoon-vergeten', { code: '07566539' });
    const { browser, page, party, request } = await asked('telefoon-vergeten');
    const entry = await browser.press(await stuckOf(browser, page), 'use-backup-code');
    assert.equal(methodOn(entry), 'backup-code');
    const renewed = await browser.submit(entry, { code: '0756-6539' });
    assert.equal(renewed.step, 'backup-code');
    const code = /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(renewed.body)?.[1] ?? '';
    assert.match(code, /^\d{4} \d{4}$/);
    const done = await browser.press(renewed, 'continue');
    const tokens = await party.finish(request, done.location);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'otp', 'mfa']);
    assert.ok(sentTo(phone).some(({ text }) => /back-upcode/.test(text)));
    clock.advance(10 * 60_000);

    const again = await asked('telefoon-vergeten');
    const retry = await again.browser.press(await stuckOf(again.browser, again.page), 'use-backup-code');
    const refused = await again.browser.submit(retry, { code: '07566539' });
    assert.equal(refused.step, 'second-step', 'the used one works no more');
    assert.equal((await again.browser.submit(refused, { code })).step, 'backup-code', 'the new one does');
  });

  test('says how long to wait, and how to ask again, when no code could be sent', async () => {
    const { phone } = await regular('haastig');
    await asked('haastig');
    const second = await asked('haastig');
    assert.equal(second.page.step, 'second-step');
    assert.equal(sentTo(phone).length, 1);
    assert.match(second.page.body, /over \d+ seconden/);
    clock.advance(30_000);
    const sent = await second.browser.press(await second.browser.open(second.page.url), 'resend-sms');
    assert.equal(sentTo(phone).length, 2);
    const done = await second.browser.submit(sent, { code: codeIn(newestTo(installation, phone)) });
    assert.ok(done.location?.includes('code='));
  });

  test('names the login name in the message when several accounts share the number', async () => {
    const { phone } = await regular('gedeeld-een');
    await installation.createAccount({ loginName: 'gedeeld-twee', withPhone: phone });
    await asked('gedeeld-twee');
    assert.match(newestTo(installation, phone), /gedeeld-twee/);
  });
});
