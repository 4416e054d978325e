import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { tenantWith } from '../support/second-steps.ts';
import { openSettings, signInAgain } from '../support/settings.ts';
import { tokensFor } from '../support/sign-in.ts';

const discoverySchema = z.looseObject({
  account_management_uri: z.string(),
  response_types_supported: z.array(z.string()),
});

describe('the settings', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1 });
  });

  const somebody = (loginName: string) => openSettings(installation, { loginName });
  const stampOn = (body: string) => /name="stamp" value="([^"]+)"/.exec(body)?.[1] ?? '';

  test('are named in discovery, and ask for the same sign-in that applications do', async () => {
    const found = await fetch(`${installation.issuer}/.well-known/openid-configuration`);
    const document = discoverySchema.parse(await found.json());
    assert.equal(document.account_management_uri, `${installation.issuer}/account`);
    assert.deepEqual(document.response_types_supported, ['code'], 'ours is nobody’s to ask for');
    const { page } = await somebody('wie.ik.ben');
    assert.equal(page.step, 'settings');
    assert.equal(new URL(page.url).pathname, '/account');
    assert.equal(new URL(page.url).search, '', 'no code and no token is in the address');
  });

  test('are the person’s who is signed in to an application already, and no stranger’s', async () => {
    const { browser, account } = await tokensFor(installation, 'al.binnen');
    const page = await browser.get(`${installation.issuer}/account`);
    assert.equal(page.step, 'settings');
    assert.match(page.body, new RegExp(`<strong>Test ${account.loginName}</strong>`));
    assert.equal((await new Browser().open(`${installation.issuer}/account`)).step, 'password');
  });

  test('tell what will lock somebody out later, each with the way to mend it', async () => {
    const { open, page } = await somebody('nog.een.manier');
    const { body } = page;
    assert.match(body, /id="one-way-left"/);
    assert.match(body, /Nog nooit gewijzigd/);
    assert.match(body, /Nog geen\. Zonder e-mailadres/);
    for (const path of [
      'password',
      'methods',
      'phone',
      'email',
      'sessions',
      'activity',
      'language',
      'data',
    ]) {
      assert.match(body, new RegExp(`href="/account/${path}"`));
      assert.equal((await open(`/account/${path}`)).step, `settings-${path}`);
    }
    assert.doesNotMatch(body, /\/account\/(question|backup-code)"/, 'this organisation has neither');
  });

  test('end with their session: signed out here is signed out everywhere, refresh tokens included', async () => {
    const { browser, party, tokens } = await tokensFor(installation, 'ik.ga.weg');
    const page = await browser.open(`${installation.issuer}/account`);
    const out = await browser.press(page, 'sign-out');
    assert.equal(out.step, 'signed-out');
    assert.equal((await browser.open(`${installation.issuer}/account`)).step, 'password');
    await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { error: 'invalid_grant' });
    assert.match(installation.logged.join('\n'), /"event":"sessions\.ended".*"which":"this"/);
  });

  test('belong to an account that may sign in: disabled, reported or with a newer password, it may not', async () => {
    const { durable } = installation.running.composition;
    const { id: tenantId } = installation.running.composition.tenant;
    const closed = await somebody('wordt.gesloten');
    await durable.accounts.setDisabled(tenantId, closed.account.id, Date.now());
    assert.equal((await closed.open('/account')).step, 'password');
    const reported = await somebody('was.ik.niet');
    await durable.accounts.setSuspended(tenantId, reported.account.id, { by: 'person', at: Date.now() });
    assert.equal((await reported.open('/account')).step, 'password');
    const changed = await somebody('nieuw.wachtwoord');
    const change = { hash: 'unused', at: Date.now() + 2_000, provesEmail: undefined };
    assert.ok(await durable.accounts.changePassword(tenantId, changed.account.id, change));
    assert.equal((await changed.open('/account')).step, 'password');
  });

  test('take no form of another sign-in, and none without one: nothing is done, and the way on is said', async () => {
    const first = await somebody('eerst.ik');
    const stamp = stampOn(first.page.body);
    const second = await somebody('daarna.ik');
    const url = `${installation.issuer}/account/sign-out`;
    const foreign = await second.browser.post(url, { stamp });
    assert.equal(foreign.status, 409);
    assert.equal(foreign.step, 'stale');
    assert.match(foreign.body, /href="\/account"/);
    assert.equal((await second.open('/account')).step, 'settings', 'the session goes on');
    const none = await new Browser().post(url, { stamp });
    assert.equal(none.status, 410);
    assert.equal((await second.browser.post(url, {})).status, 400, 'a form without a stamp is none of ours');
  });

  test('come back to their own pages only, and say once that a sign-in came to nothing', async () => {
    const { browser, page } = await somebody('waarheen');
    assert.equal(page.step, 'settings');
    const back = (query: string) => browser.get(`${installation.issuer}/account/signed-in?${query}`);
    for (const state of [
      'https://evil.example/',
      '//evil.example',
      '/help',
      '/account/../help',
      '/account\\x',
    ]) {
      const { location } = await back(new URLSearchParams({ state }).toString());
      assert.equal(location, `${installation.issuer}/account`);
    }
    const failed = await back('state=%2Faccount&error=access_denied');
    assert.equal(failed.step, 'stale');
    const stranger = await new Browser().get(`${installation.issuer}/account/signed-in?state=%2Faccount`);
    assert.equal(stranger.status, 400, 'with cookies blocked it would go round for ever');
    assert.equal(stranger.step, 'cookies');
  });
});

describe('the settings, as time goes by', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    // Its stores stand still with the clock.
    const settings = { redis: { store: 'memory' as const }, tenant: tenantWith('totp', 'sms') };
    installation = await startInstallation(ending, { replicas: 1, settings });
  });

  const somebody = (loginName: string) => openSettings(installation, { loginName });

  test('know two ways from one, and show no whole number', async () => {
    const both = { loginName: 'twee.manieren', withPhone: '+31612345678', email: 'twee@test.example' };
    const { page } = await openSettings(installation, both);
    assert.doesNotMatch(page.body, /id="one-way-left"/);
    assert.match(page.body, /Eindigt op 78/);
    assert.match(page.body.replaceAll('<wbr>', ''), /twee@test\.example/);
    assert.doesNotMatch(page.body, /\+31612345678/);
  });

  test('a visit is activity: the session lives on, never past its absolute end', async (t) => {
    const tick = stopClock(t);
    const scene = await somebody('blijft.bezig');
    for (let visits = 0; visits < 21; visits += 1) {
      tick(25 * 60_000);
      assert.equal((await scene.open('/account')).step, 'settings', `visit ${visits}`);
    }
    tick(75 * 60_000);
    assert.equal((await scene.open('/account')).step, 'password', 'ten hours are over');
  });

  test('what needs both steps asks for them after 5 minutes, and is another person’s who gives theirs', async (t) => {
    const tick = stopClock(t);
    const scene = await somebody('een.van.twee');
    const other = await installation.createAccount({ loginName: 'ander.van.twee', withApp: true });
    assert.notEqual((await scene.open('/account/password')).step, 'password');
    tick(5 * 60_000 + 1_000);
    const asked = await scene.open('/account/password');
    assert.equal(asked.step, 'password');
    assert.match(asked.body, /id="login-name"[^>]*value="een\.van\.twee"/);
    const sent = await scene.browser.get(`${installation.issuer}/account/password`);
    assert.doesNotMatch(sent.location ?? '', /een\.van\.twee/, 'a login name may be an e-mail address');
    assert.equal((await scene.open('/account')).step, 'settings', 'looking asks for nothing');
    const who = { loginName: 'ander.van.twee', appData: other.appData };
    // A change of person signs the other one out first, by a page that posts itself.
    const { body } = await signInAgain(scene.browser, asked, who);
    const [, action = '', xsrf = ''] = /action="([^"]+)"[\s\S]*name="xsrf" value="([^"]+)"/.exec(body) ?? [];
    await scene.browser.follow(await scene.browser.post(action, { xsrf, logout: 'yes' }));
    assert.match((await scene.open('/account')).body, /<strong>Test ander\.van\.twee</);
  });
});
