import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty, userinfoStatus } from '../support/relying-party.ts';
import { codeFor, codeIn, tokensFor, typePassword } from '../support/sign-in.ts';

describe('one session for every application', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  const silent = async (browser: Browser) => {
    const party = await createRelyingParty(installation.issuer);
    const answer = await browser.open((await party.begin({ prompt: 'none' })).url);
    return new URL(answer.location ?? '').searchParams;
  };

  test('asked without a page, somebody who is not signed in is login_required, in the address of the application', async () => {
    const answer = await silent(new Browser());
    assert.equal(answer.get('error'), 'login_required');
    assert.equal(answer.get('code'), null);
    assert.equal(answer.get('iss'), installation.issuer);
  });

  test('the session gets a new name at sign-in, and the one from before is worth nothing', async () => {
    const browser = new Browser();
    await browser.get(`${installation.issuer}/session/end`);
    const earlier = browser.thief();
    assert.ok(earlier.cookies.some(({ name }) => name.endsWith('session')));
    await tokensFor(installation, 'vast', browser);
    const nameOf = ({ cookies }: Browser) => cookies.find(({ name }) => name.endsWith('session'))?.value;
    assert.notEqual(nameOf(browser), nameOf(earlier));
    assert.equal((await silent(earlier)).get('error'), 'login_required');
    assert.ok((await silent(browser)).get('code'));
  });

  test('a session cookie without its signature, or with another one, is no session', async () => {
    const { browser } = await tokensFor(installation, 'getekend');
    for (const change of [
      (value: string) => `${value}x`,
      (value: string) => value.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ]) {
      const thief = browser.thief();
      for (const cookie of thief.cookies)
        if (cookie.name.endsWith('.sig')) cookie.value = change(cookie.value);
      assert.equal((await silent(thief)).get('error'), 'login_required');
    }
    const unsigned = browser.thief();
    unsigned.cookies = unsigned.cookies.filter(({ name }) => !name.endsWith('.sig'));
    assert.equal((await silent(unsigned)).get('error'), 'login_required');
  });

  test('somebody disabled is out at once: session, refresh, access token and code', async () => {
    const { browser, party, account, tokens } = await tokensFor(installation, 'weg');
    const pending = await party.begin();
    const answer = await browser.open(pending.url);
    const { accounts } = installation.running.composition.durable;
    await accounts.setDisabled(account.tenantId, account.id, Date.now());

    assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 401);
    const refreshed = await party.askToken({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    assert.equal(refreshed.json.error, 'invalid_grant');
    const bought = await party.askToken({
      grant_type: 'authorization_code',
      code: codeIn(answer.location),
      redirect_uri: party.redirectUri,
      code_verifier: pending.verifier,
    });
    assert.equal(bought.json.error, 'invalid_grant');
    assert.equal((await silent(browser)).get('error'), 'login_required');
    const again = await browser.open((await party.begin()).url);
    assert.equal(again.step, 'password');
    assert.equal((await typePassword(browser, again, 'weg')).step, 'blocked');
  });

  test('a code goes into the address once: opening the way back again begins a new sign-in', async () => {
    const { browser, page, answer } = await codeFor(installation, 'terug');
    assert.ok(codeIn(answer.location));
    const back = await browser.get(page.url);
    assert.equal(back.status, 303);
    assert.match(back.location ?? '', /^http:\/\/localhost:9\/login\?iss=/);
    const resumed = await browser.get(page.url.replace('/interaction/', '/auth/'));
    assert.equal(resumed.step, 'stale');
  });
});
