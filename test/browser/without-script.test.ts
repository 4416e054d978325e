import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { PASSWORD } from '../support/accounts.ts';
import { pointing } from '../support/hands.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { NEW_PASSWORD } from '../support/recovery.ts';
import {
  answerQuestion,
  arrive,
  enter,
  proveAddress,
  proveNumber,
  reach,
  readBackupCode,
  setUpApp,
} from '../support/wizard.ts';
import { createLedger, startYubicoServer } from '../support/yubico-server.ts';
import { createYubiKey, type YubiKey } from '../support/yubikey.ts';
import { openScene, type Scene } from './scene.ts';
import { textOf } from './stage.ts';

const withoutScript = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } };

describe('Chromium without script', () => {
  const ending = endOfSuite();
  const keys = { one: createYubiKey(), other: createYubiKey(), spare: createYubiKey() };
  let scene: Scene;

  before(async () => {
    const server = await startYubicoServer(ending, createLedger(...Object.values(keys)));
    const { clientId, secretKey, address } = server;
    scene = await openScene(ending, { settings: { yubico: { clientId, secretKey, servers: [address] } } });
  });

  const visit = async (loginName: string) => {
    const { page, context } = await scene.visitor(withoutScript);
    const person = scene.person(page, pointing(page, 'click'), loginName, async (name) => {
      assert.equal(
        await page.isVisible('.copy, .for-script, [data-copy]'),
        false,
        `${name} offers what can't be`,
      );
    });
    return { page, context, person };
  };

  test('goes through all of a first sign-in, with the code that a YubiKey types', async () => {
    const loginName = 'zonder-script';
    const number = '+31620200001';
    const email = 'zonder-script@test.example';
    const { page, context, person } = await visit(loginName);
    const { hand } = person;
    await scene.installation.createAccount({ loginName });
    await enter(person);
    await proveNumber(person, '0031 6 2020 0001', number);

    await reach(person, 'enrol-yubikey', '#code');
    assert.equal(await page.isVisible('#use-passkey'), false);
    assert.ok(await page.isVisible('.no-script'));
    assert.match(await textOf(page, '.no-script'), /JavaScript.*andere manier/s);
    await hand.type('#code', 'geen code van een sleutel');
    await hand.press('#continue');
    await page.waitForSelector('#error-summary');
    assert.match(await textOf(page, '#error-summary'), /geen code van een YubiKey/);
    await hand.type('#code', keys.one.touch());
    // The key ends what it types with Enter.
    await page.press('#code', 'Enter');
    await setUpApp(person);

    const code = await readBackupCode(person);
    await hand.press('#send-backup-code');
    await page.waitForSelector('#backup-code-sent');
    assert.ok(newestTo(scene.installation, number).includes(code));
    const download = page.waitForEvent('download');
    await hand.press('#save-file');
    assert.ok((await readFile(await (await download).path(), 'utf8')).includes(code));
    await hand.press('#print');
    await reach(person, 'backup-code-print');
    assert.equal(await textOf(page, '#backup-code'), code);
    await hand.press('#back');
    await reach(person, 'backup-code');
    await hand.press('#continue');
    await answerQuestion(person, email);
    await proveAddress(person, email);
    await arrive(person);
    await context.close();
  });

  /** Somebody who did all of the first sign-in before, and has a number and a YubiKey; the number was used last. */
  const regular = async (loginName: string, number: string, { publicId }: YubiKey) => {
    const { account } = await scene.installation.createAccount({ loginName, withPhone: number });
    const { durable } = scene.installation.running.composition;
    const { tenantId, id: accountId } = account;
    const kind = 'yubico-otp';
    const factor = { id: crypto.randomUUID(), tenantId, accountId, kind, label: '', lastCounter: undefined };
    const identity = durable.digester.digest('factor-identity', `${kind}:${publicId}`);
    const at = Date.now();
    await durable.factors.add({ ...factor, data: JSON.stringify({ publicId }), identity }, at - 1000);
    await durable.enrolments.finish(tenantId, accountId, at);
    const visitor = await visit(loginName);
    await enter(visitor.person);
    await reach(visitor.person, 'second-step', '#code');
    return visitor;
  };

  test('says a wait in words, also to who does not heed it, and takes the code of a YubiKey instead', async () => {
    const { page, context, person } = await regular('toch-de-sleutel', '+31620200002', keys.other);
    const { hand } = person;
    await hand.press('#stuck');
    assert.match(await textOf(page, '#resend-sms-note'), /over \d+ seconden weer een sms/);
    await hand.press('#resend-sms');
    await page.waitForSelector('#error-summary');
    assert.match(await textOf(page, '#error-summary'), /over \d+ seconden weer een code/);
    await hand.press('#stuck');
    await hand.press('#method-yubico-otp');
    await page.waitForSelector('main[data-method=yubico-otp]');
    await hand.type('#code', keys.other.touch());
    await page.press('#code', 'Enter');
    await arrive(person);
    await context.close();
  });

  test('takes the code of an SMS with a blank in it, after one that is no code', async () => {
    const number = '+31620200003';
    const { page, context, person } = await regular('typt-de-sms', number, createYubiKey());
    await person.hand.type('#code', '12 34');
    await person.hand.press('#continue');
    await page.waitForSelector('#error-summary');
    const code = codeIn(newestTo(scene.installation, number));
    await person.hand.type('#code', `${code.slice(0, 3)} ${code.slice(3)}`);
    await person.hand.press('#continue');
    await arrive(person);
    await context.close();
  });

  test('changes the password and the number of somebody who looks after their own account', async () => {
    const number = '+31620200004';
    const newNumber = '+31620200005';
    const { page, context, person } = await regular('zelf-zonder-script', number, keys.spare);
    const { hand } = person;
    await hand.type('#code', codeIn(newestTo(scene.installation, number)));
    await hand.press('#continue');
    await arrive(person);
    await page.goto(`${scene.installation.issuer}/account`);
    await reach(person, 'settings');
    await hand.press('#password');
    await reach(person, 'settings-password');
    for (const useless of ['#show-password', '#password-strength'])
      assert.equal(await page.isVisible(useless), false, `${useless} is shown`);
    await hand.press('#save');
    await page.waitForSelector('#error-summary');
    await hand.type('#current-password', PASSWORD);
    await hand.type('#password', NEW_PASSWORD);
    await hand.press('#save');
    await reach(person, 'settings', '#done');
    assert.match(await textOf(page, '#done'), /wachtwoord is gewijzigd/);

    await hand.press('#phone');
    await reach(person, 'settings-phone', '#phone');
    await hand.type('#phone', newNumber);
    await hand.press('#continue');
    await reach(person, 'settings-phone-code', '#code');
    await hand.press('#no-code');
    assert.match(await textOf(page, '#resend-sms-note'), /over \d+ seconden weer een sms/);
    const code = codeIn(newestTo(scene.installation, newNumber));
    await hand.type('#code', `${code.slice(0, 3)} ${code.slice(3)}`);
    await hand.press('#save');
    await reach(person, 'settings', '#done');
    assert.match(await textOf(page, '#done'), /nummer is gewijzigd/);
    await context.close();
  });
});
