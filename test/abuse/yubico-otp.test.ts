import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, tenantWith } from '../support/second-steps.ts';
import { addTenant } from '../support/second-tenant.ts';
import { createLedger, LIES, startYubicoServer, type YubicoServer } from '../support/yubico-server.ts';
import { createYubiKey, type YubiKey } from '../support/yubikey.ts';

const KIND = 'yubico-otp';

/** Keys that the service knows, enough for every test to have its own. */
const keys = Array.from({ length: LIES.length + 10 }, () => createYubiKey());
const newKey = (): YubiKey => keys.pop() ?? assert.fail('no keys left');

describe('a code that a YubiKey types', () => {
  const ending = endOfSuite();
  let service: YubicoServer;
  let installation: Installation;

  before(async () => {
    service = await startYubicoServer(ending, createLedger(...keys));
    const { clientId, secretKey, address } = service;
    const yubico = { clientId, secretKey, servers: [address] };
    installation = await startInstallation(ending, { settings: { tenant: tenantWith(KIND), yubico } });
  });

  /** Sets the key up for somebody new, over the page of the first sign-in. */
  const owner = async (loginName: string, key = newKey()) => {
    const { account } = await installation.createAccount({ loginName });
    const { browser, page } = await behindPassword(installation, loginName);
    assert.equal(page.step, 'enrol-yubikey');
    assert.ok(hasCode(await browser.press(page, 'continue', { code: key.touch() })));
    return { loginName, account, key };
  };
  const asked = async (loginName: string) => {
    const { browser, page } = await behindPassword(installation, loginName);
    assert.equal(page.step, 'second-step');
    return (code: string) => browser.submit(page, { code });
  };
  const isRefused = (answer: Answer) => {
    assert.equal(answer.step, 'second-step');
    assert.match(answer.body, /class="alert/);
  };

  test('signs in, whatever the keyboard made of its capitals and blanks', async () => {
    const { loginName, key } = await owner('eerlijk');
    for (const spell of [(code: string) => code, (code: string) => ` ${code.toUpperCase()} `]) {
      assert.ok(hasCode(await (await asked(loginName))(spell(key.touch()))));
    }
  });

  for (const lie of LIES) {
    test(`is refused when the service answers: ${lie}`, async () => {
      const { loginName, key } = await owner(`leugen-${lie}`);
      const type = await asked(loginName);
      service.lie(lie);
      try {
        isRefused(await type(key.touch()));
      } finally {
        service.lie(undefined);
      }
      assert.ok(hasCode(await type(key.touch())), 'and the next one, truly judged, is taken');
    });
  }

  test('sets up nothing while the service lies', async () => {
    const key = newKey();
    const { account } = await installation.createAccount({ loginName: 'opzetten' });
    const { browser, page } = await behindPassword(installation, 'opzetten');
    for (const lie of ['unsigned', 'other-otp', 'old-answer'] as const) {
      service.lie(lie);
      const refused = await browser.press(page, 'continue', { code: key.touch() });
      service.lie(undefined);
      assert.equal(refused.step, 'enrol-yubikey');
    }
    const { durable, tenant } = installation.running.composition;
    assert.deepEqual(await durable.factors.list(tenant.id, account.id), []);
  });

  test('is good once, here and there, at once or later', async () => {
    const { loginName, key } = await owner('herhaling');
    const code = key.touch();
    const visits = [await asked(loginName), await asked(loginName), await asked(loginName)];
    const answers = await Promise.all(visits.map((type) => type(code)));
    assert.equal(answers.filter(hasCode).length, 1);
    isRefused(await (await asked(loginName))(code));
  });

  test('that is older than the last one is refused, also by a service that forgot', async () => {
    const { loginName, account, key } = await owner('vergeten');
    const type = await asked(loginName);
    const { durable, tenant } = installation.running.composition;
    const [factor] = await durable.factors.list(tenant.id, account.id);
    assert.ok(factor);
    // As if later ones had been accepted, of which the service knows nothing.
    const counter = (factor.lastCounter ?? 0) + 5;
    assert.ok(await durable.factors.use(tenant.id, factor.id, { counter }, Date.now()));
    for (let touches = 0; touches < 5; touches += 1) isRefused(await type(key.touch()));
  });

  test('that proved the set-up does not sign in', async () => {
    const key = newKey();
    await installation.createAccount({ loginName: 'tweemaal' });
    const { browser, page } = await behindPassword(installation, 'tweemaal');
    const code = key.touch();
    assert.ok(hasCode(await browser.press(page, 'continue', { code })));
    isRefused(await (await asked('tweemaal'))(code));
  });

  test('of a key that is nobody’s here, or somebody else’s, is refused and never shown to the service', async () => {
    const anna = await owner('anna');
    const bert = await owner('bert');
    const foreign = createYubiKey();
    const type = await asked(bert.loginName);
    const before = service.asked.length;
    const annas = anna.key.touch();
    for (const code of [foreign.touch(), annas]) isRefused(await type(code));
    assert.equal(service.asked.length, before);
    assert.ok(hasCode(await (await asked(anna.loginName))(annas)), 'so it stays good for its owner');
  });

  test('with another key’s name in front is refused', async () => {
    const { loginName, key } = await owner('voorvoegsel');
    const forged = createYubiKey({ publicId: key.publicId });
    isRefused(await (await asked(loginName))(forged.touch()));
  });

  test('typed at another tenant opens nothing there, and stays good at its own', async () => {
    const south = await addTenant(installation, 'zuid');
    const { loginName, key } = await owner('twee-huizen');
    await south.createAccount({ loginName, withApp: true });
    const there = await behindPassword(south, loginName);
    const code = key.touch();
    assert.equal((await there.browser.submit(there.page, { code })).step, 'second-step');
    assert.ok(hasCode(await (await asked(loginName))(code)));
  });

  test('that is no such code reaches no service and counts as no try', async () => {
    const { loginName, key } = await owner('rommel');
    const type = await asked(loginName);
    const before = service.asked.length;
    const right = key.touch();
    for (const code of [
      right.slice(1),
      `${right}c`,
      right.replace(/.$/, 'a'),
      `${right}&id=1`,
      '123456',
      `${right.slice(0, 43)}\u0441`,
    ]) {
      isRefused(await type(code));
    }
    assert.equal(service.asked.length, before);
    assert.ok(hasCode(await type(right)));
  });
});
