import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import {
  behindPassword,
  hasCode,
  passkeyOptions,
  registerKey,
  tenantWith,
  touchKey,
} from '../support/second-steps.ts';
import { addTenant } from '../support/second-tenant.ts';
import { typePassword } from '../support/sign-in.ts';
import { type Lies, SoftwareKey } from '../support/software-authenticator.ts';

const originOf = ({ url }: Answer) => new URL(url).origin;

describe('a security key', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: tenantWith('webauthn') } });
  });

  const keysOf = async (accountId: string) => {
    const { durable, tenant } = installation.running.composition;
    return durable.factors.list(tenant.id, accountId);
  };
  /** Somebody new with a key of their own. */
  const owner = async (loginName: string, key = new SoftwareKey()) => {
    const { account } = await installation.createAccount({ loginName });
    const { browser, page } = await behindPassword(installation, loginName);
    assert.equal(page.step, 'enrol-yubikey');
    assert.ok(hasCode(await registerKey(browser, page, key)));
    return { loginName, account, key };
  };
  const asked = async (loginName: string) => {
    const begun = await behindPassword(installation, loginName);
    assert.equal(begun.page.step, 'second-step');
    return begun;
  };
  const post = async (browser: Browser, page: Answer, credential: string) =>
    browser.follow(await browser.post(`${page.url}/second-step`, { credential }));

  const FOREIGN: readonly [name: string, lies: Lies][] = [
    ['a site that looks like this one', { origin: 'http://login.example.evil' }],
    ['another port of this host', { origin: 'http://localhost:1' }],
    ['this host by https', { origin: 'https://localhost' }],
    ['a page that frames this one', { crossOrigin: true }],
    ['a key that answered for another site', { rpId: 'login.example.evil' }],
    ['a key that nobody touched', { userPresent: false }],
    ['who can’t sign', { brokenSignature: true }],
  ];
  for (const [name, lies] of FOREIGN) {
    test(`used by ${name} opens nothing, and honestly it does`, async () => {
      const { loginName, key } = await owner(`vreemd-${FOREIGN.findIndex(([other]) => other === name)}`);
      const { browser, page } = await asked(loginName);
      assert.equal((await touchKey(browser, page, key, lies)).step, 'second-step');
      assert.ok(hasCode(await touchKey(browser, page, key)));
    });
    if ('brokenSignature' in lies) continue;
    test(`set up by ${name} is not kept`, async () => {
      const loginName = `opzet-${FOREIGN.findIndex(([other]) => other === name)}`;
      const { account } = await installation.createAccount({ loginName });
      const { browser, page } = await behindPassword(installation, loginName);
      assert.equal((await registerKey(browser, page, new SoftwareKey(), lies)).step, 'enrol-yubikey');
      assert.deepEqual(await keysOf(account.id), []);
    });
  }

  test('answers a challenge once: the answer sent again opens nothing', async () => {
    const { loginName, key } = await owner('herhaling');
    const first = await asked(loginName);
    const options = await passkeyOptions(first.browser, first.page, 'sign-in');
    const credential = key.sign(options, originOf(first.page));
    assert.ok(hasCode(await post(first.browser, first.page, credential)));
    const second = await asked(loginName);
    await passkeyOptions(second.browser, second.page, 'sign-in');
    assert.equal((await post(second.browser, second.page, credential)).step, 'second-step');
  });

  test('answers the newest challenge only, which any answer burns', async () => {
    const { loginName, key } = await owner('nieuwste');
    const { browser, page } = await asked(loginName);
    const old = await passkeyOptions(browser, page, 'sign-in');
    const fresh = await passkeyOptions(browser, page, 'sign-in');
    const late = key.sign(old, originOf(page));
    const right = key.sign(fresh, originOf(page));
    assert.equal((await post(browser, page, late)).step, 'second-step');
    assert.equal((await post(browser, page, right)).step, 'second-step');
    assert.ok(hasCode(await touchKey(browser, page, key)));
  });

  test('answers nothing that it was not asked', async () => {
    const { loginName, key } = await owner('ongevraagd');
    const { browser, page } = await asked(loginName);
    const made = { challenge: Buffer.alloc(32, 7).toString('base64url'), rpId: 'localhost' };
    assert.equal((await post(browser, page, key.sign(made, originOf(page)))).step, 'second-step');
  });

  test('answers the sign-in that asked, and no other of the same person', async () => {
    const { loginName, key } = await owner('twee-vensters');
    const [one, two] = [await asked(loginName), await asked(loginName)];
    const forOne = await passkeyOptions(one.browser, one.page, 'sign-in');
    await passkeyOptions(two.browser, two.page, 'sign-in');
    const credential = key.sign(forOne, originOf(one.page));
    assert.equal((await post(two.browser, two.page, credential)).step, 'second-step');
    assert.ok(hasCode(await post(one.browser, one.page, credential)));
  });

  test('answers who was asked: not who signs in next in the same browser', async () => {
    const [anna, bert] = [await owner('eerst'), await owner('daarna')];
    const { browser, page } = await asked(anna.loginName);
    const options = await passkeyOptions(browser, page, 'sign-in');
    await browser.post(`${page.url}/start-over`, {});
    const next = await typePassword(browser, await browser.get(page.url), bert.loginName);
    assert.equal(next.step, 'second-step');
    assert.equal((await post(browser, next, bert.key.sign(options, originOf(page)))).step, 'second-step');
    assert.ok(hasCode(await touchKey(browser, next, bert.key)));
  });

  test('asked to sign in does not set up, nor the other way round', async () => {
    const { loginName, key } = await owner('ander-doel');
    const signingIn = await asked(loginName);
    const toSignIn = await passkeyOptions(signingIn.browser, signingIn.page, 'sign-in');
    const { account } = await installation.createAccount({ loginName: 'slachtoffer' });
    const settingUp = await behindPassword(installation, 'slachtoffer');
    const toSetUp = await passkeyOptions(settingUp.browser, settingUp.page, 'set-up');
    const crossed = { ...toSetUp, challenge: toSignIn.challenge };
    const registered = new SoftwareKey().register(crossed, originOf(settingUp.page));
    const kept = await settingUp.browser.follow(
      await settingUp.browser.post(`${settingUp.page.url}/enrol`, {
        method: 'webauthn',
        credential: registered,
      }),
    );
    assert.equal(kept.step, 'enrol-yubikey');
    assert.deepEqual(await keysOf(account.id), []);
    const signed = key.sign({ ...toSignIn, challenge: toSetUp.challenge }, originOf(signingIn.page));
    assert.equal((await post(signingIn.browser, signingIn.page, signed)).step, 'second-step');
    // The words of the other purpose under the right challenge.
    assert.equal(
      (await touchKey(signingIn.browser, signingIn.page, key, { type: 'webauthn.create' })).step,
      'second-step',
    );
  });

  test('of another person opens nothing, also under the name of one’s own', async () => {
    const anna = await owner('anna');
    const bert = await owner('bert');
    const { browser, page } = await asked(anna.loginName);
    assert.equal((await touchKey(browser, page, bert.key)).step, 'second-step');
    const named = await touchKey(browser, page, bert.key, { credentialId: anna.key.id });
    assert.equal(named.step, 'second-step');
    assert.ok(hasCode(await touchKey(browser, page, anna.key)));
  });

  test('of another person is not set up for anybody else', async () => {
    const anna = await owner('eigenares');
    const { account } = await installation.createAccount({ loginName: 'dief' });
    const { browser, page } = await behindPassword(installation, 'dief');
    const stolen = await registerKey(browser, page, new SoftwareKey(), { credentialId: anna.key.id });
    assert.equal(stolen.step, 'enrol-yubikey');
    assert.equal((await registerKey(browser, page, anna.key)).step, 'enrol-yubikey');
    assert.deepEqual(await keysOf(account.id), []);
  });

  test('of one tenant opens nothing at another', async () => {
    const south = await addTenant(installation, 'zuid');
    const { loginName, key } = await owner('overal');
    await south.createAccount({ loginName });
    const setUp = await behindPassword(south, loginName);
    const own = new SoftwareKey();
    assert.ok(hasCode(await registerKey(setUp.browser, setUp.page, own)));
    const there = await behindPassword(south, loginName);
    assert.equal((await touchKey(there.browser, there.page, key)).step, 'second-step');
    const here = await asked(loginName);
    assert.equal((await touchKey(here.browser, here.page, own)).step, 'second-step');
    // What was signed for one is not for the other, though both are this machine.
    const options = await passkeyOptions(there.browser, there.page, 'sign-in');
    const phished = own.sign(options, originOf(here.page));
    assert.equal((await post(there.browser, there.page, phished)).step, 'second-step');
  });

  test('whose copy was used is refused: its count must rise', async () => {
    const { loginName, key } = await owner('kopie');
    const { browser, page } = await asked(loginName);
    assert.equal((await touchKey(browser, page, key, { counter: 1 })).step, 'second-step');
    assert.ok(hasCode(await touchKey(browser, page, key, { counter: 9 })));
    const later = await asked(loginName);
    assert.equal((await touchKey(later.browser, later.page, key, { counter: 9 })).step, 'second-step');
  });

  test('sent fifty times at once is one success', async () => {
    const { loginName, key } = await owner('storm');
    const { browser, page } = await asked(loginName);
    const credential = key.sign(await passkeyOptions(browser, page, 'sign-in'), originOf(page));
    const from = installation.logged.length;
    await Promise.all(
      Array.from({ length: 50 }, () => browser.post(`${page.url}/second-step`, { credential })),
    );
    const success = /"event":"sign-in.second-step".*"outcome":"success"/;
    assert.equal(installation.logged.slice(from).filter((line) => success.test(line)).length, 1);
  });

  test('answered in nonsense is refused with a page, never a fault', async () => {
    const { loginName } = await owner('rommel');
    const { browser, page } = await asked(loginName);
    for (const credential of [
      '{}',
      'null',
      '[]',
      '"x"',
      '{"id":"__proto__"}',
      '{"error":"cancelled"}',
      '{"error":"constructor"}',
      `{"id":"${'A'.repeat(11_000)}"}`,
      '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA"}}',
    ]) {
      const answer = await post(browser, page, credential);
      assert.deepEqual([answer.status, answer.step], [200, 'second-step'], credential.slice(0, 40));
    }
  });
});
