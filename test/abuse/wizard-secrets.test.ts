import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { behindPassword, hasCode, otherThan, passkeyOptions } from '../support/second-steps.ts';
import { SoftwareKey } from '../support/software-authenticator.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';
import { createLedger, startYubicoServer } from '../support/yubico-server.ts';
import { createYubiKey, type YubiKey } from '../support/yubikey.ts';

const NUMBER = '+31687654321';
const TYPED_NUMBER = '06 87 65 43 21';
const MISTYPED_NUMBER = '06876543';
const EMAIL = 'geheim-adres@test.example';
const MISTYPED_EMAIL = 'verkeerd-adres@';
const ANSWER = 'Het Goede Doel in Vredenburg';
const TOO_EASY = 'geheim-antwoord eerste-keer';

/** Every spelling in which a number could have come to the log. */
const spellings = [
  NUMBER,
  NUMBER.slice(1),
  NUMBER.slice(3),
  `0${NUMBER.slice(3)}`,
  TYPED_NUMBER,
  MISTYPED_NUMBER,
];

/** The whole first sign-in with every method, right and wrong; what of it must never be written down. */
async function firstSignIn(installation: Installation, yubikey: YubiKey): Promise<string[]> {
  await installation.createAccount({ loginName: 'eerste-keer', email: 'oud-adres@test.example' });
  const { browser, page } = await behindPassword(installation, 'eerste-keer');
  const { url } = page;
  const enrol = async (fields: Record<string, string>) =>
    browser.follow(await browser.post(`${url}/enrol`, fields));
  await enrol({ method: 'sms', phone: MISTYPED_NUMBER });
  await enrol({ method: 'sms', phone: TYPED_NUMBER });
  const texted = codeIn(newestTo(installation, NUMBER));
  await enrol({ method: 'sms', code: otherThan(texted) });
  const keys = await enrol({ method: 'sms', code: texted });
  assert.equal(keys.step, 'enrol-yubikey');

  const key = new SoftwareKey({ verifiesUser: true });
  const origin = new URL(url).origin;
  const refusedOptions = await passkeyOptions(browser, keys, 'set-up');
  const refused = key.register(refusedOptions, origin, { origin: 'http://elders.example' });
  await enrol({ method: 'webauthn', credential: refused });
  const typed = [yubikey.touch(), createYubiKey().touch()];
  for (const code of typed.toReversed()) await enrol({ method: 'yubico-otp', code });
  const back = await browser.press(await browser.get(url), 'back');
  assert.equal(back.step, 'enrol-yubikey');
  const options = await passkeyOptions(browser, back, 'set-up');
  const credential = key.register(options, origin);
  const app = await enrol({ method: 'webauthn', credential, label: 'mijn geheime sleutel' });
  assert.equal(app.step, 'enrol-app');
  const seed = keyOn(app);
  const shown = codeOf(seed);
  await enrol({ method: 'totp', code: otherThan(shown) });
  const backup = await enrol({ method: 'totp', code: shown });
  const backupCode = /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(backup.body)?.[1] ?? '';
  assert.match(backupCode, /^\d{4} \d{4}$/);
  await browser.press(backup, 'send-backup-code');
  await browser.get(`${url}/backup-code/print`);
  await browser.get(`${url}/backup-code/file`);
  const question = await browser.press(await browser.get(url), 'continue');

  const asked = { question: 'first-concert', email: EMAIL };
  await browser.press(question, 'save', { ...asked, answer: TOO_EASY, email: MISTYPED_EMAIL });
  const confirm = await browser.press(question, 'save', { ...asked, answer: ANSWER });
  const mailed = codeIn(newestTo(installation, EMAIL));
  await browser.submit(confirm, { code: otherThan(mailed) });
  assert.ok(hasCode(await browser.submit(confirm, { code: mailed })));
  return [
    ...[PASSWORD, texted, ...typed, String(refusedOptions.challenge), options.challenge, seed, shown],
    ...[key.id.toString('base64url'), credential, refused, 'mijn geheime sleutel', yubikey.publicId],
    ...[backupCode, backupCode.replace(' ', ''), ANSWER, TOO_EASY, EMAIL, MISTYPED_EMAIL, mailed],
    ...['oud-adres@test.example', ...spellings],
  ];
}

/** A sign-in with each of the methods and with the backup code, right and wrong. */
async function laterSignIns(
  installation: Installation,
  yubikey: YubiKey,
  backupCode: string,
): Promise<string[]> {
  const { browser, page } = await behindPassword(installation, 'eerste-keer');
  const type = async (method: string, code: string) => {
    await browser.post(`${page.url}/method`, { method });
    return browser.follow(await browser.post(`${page.url}/second-step`, { code }));
  };
  await browser.post(`${page.url}/method`, { method: 'sms' });
  const texted = codeIn(newestTo(installation, NUMBER));
  const typed = [createYubiKey().touch(), yubikey.touch(), 'cccccccccccc', '98765432', '1234 567'];
  await type('yubico-otp', typed[0] ?? '');
  await type('yubico-otp', typed[2] ?? '');
  await type('backup-code', typed[3] ?? '');
  await type('backup-code', typed[4] ?? '');
  const renewed = await type('backup-code', backupCode);
  const shown = /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(renewed.body)?.[1] ?? '';
  assert.match(shown, /^\d{4} \d{4}$/);
  assert.ok(hasCode(await browser.press(renewed, 'continue')));
  return [texted, ...typed, shown, shown.replace(' ', '')];
}

test('no line of the log of a first sign-in and of what follows holds a number, code, key, answer or address', async (t) => {
  const tick = stopClock(t);
  const yubikey = createYubiKey();
  const ending = { after: (end: () => Promise<void>) => t.after(end) };
  const service = await startYubicoServer(ending, createLedger(yubikey));
  const { clientId, secretKey, address } = service;
  const yubico = { clientId, secretKey, servers: [address] };
  const installation = await startInstallation(ending, { settings: { tenant: FULL_TENANT, yubico } });
  const planted = await firstSignIn(installation, yubikey);
  // Another text message may leave by then.
  tick(30_000);
  const backupCode = planted.find((secret) => /^\d{8}$/.test(secret)) ?? '';
  planted.push(...(await laterSignIns(installation, yubikey, backupCode)), secretKey);

  const log = installation.logged.join('');
  assert.ok(installation.logged.length > 60);
  for (const secret of new Set(planted)) {
    assert.ok(secret.length >= 6, secret);
    // Numbers of the log's own, like milliseconds and ids, hold six digits at times.
    const found = /^\d{6}$/.test(secret)
      ? new RegExp(`(?<![\\da-f.-])${secret}(?![\\da-f-])`).test(log)
      : log.includes(secret);
    const line = installation.logged.find((candidate) => candidate.includes(secret));
    assert.equal(found, false, `${secret} is in ${line}`);
  }
});
