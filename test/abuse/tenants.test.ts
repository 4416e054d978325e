import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { PASSWORD } from '../support/accounts.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser, formAction } from '../support/browser.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint, userinfoStatus } from '../support/relying-party.ts';
import { addTenant, type SecondTenant } from '../support/second-tenant.ts';
import { beginSignIn, codeFor, codeIn, signInWithApp, tokensFor, typePassword } from '../support/sign-in.ts';

/** A client that only the configuration names. */
const CONFIGURED = { ...CLIENT, client_id: 'configured', redirect_uris: [...CLIENT.redirect_uris] };

describe('walls between tenants whose clients are alike', () => {
  const ending = endOfSuite();
  let noord: Installation;
  let zuid: SecondTenant;

  before(async () => {
    const { post_logout_redirect_uris: _none, ...configured } = CONFIGURED;
    noord = await startInstallation(ending, { clients: [{ ...configured, first_party: true }] });
    zuid = await addTenant(noord, 'zuid');
  });

  test('a code of one buys nothing at the other, and still buys what it should at its own', async () => {
    const { party, request, answer } = await codeFor(noord, 'code');
    const fields = {
      grant_type: 'authorization_code',
      code: codeIn(answer.location),
      redirect_uri: party.redirectUri,
      code_verifier: request.verifier,
      client_id: CLIENT.client_id,
      client_secret: CLIENT.client_secret,
    };
    const { status, json } = await askEndpoint(`${zuid.issuer}/token`, fields);
    assert.deepEqual([status, json.error], [400, 'invalid_grant']);
    assert.equal((await askEndpoint(`${noord.issuer}/token`, fields)).status, 200);
  });

  test('an access token of one opens nothing at the other', async () => {
    const { tokens } = await tokensFor(noord, 'toegang');
    assert.equal(await userinfoStatus(zuid.issuer, tokens.access_token), 401);
    assert.equal(await userinfoStatus(noord.issuer, tokens.access_token), 200);
  });

  test('the other neither introspects nor revokes a token', async () => {
    const { tokens } = await tokensFor(noord, 'inzage');
    const fields = {
      token: tokens.access_token,
      client_id: CLIENT.client_id,
      client_secret: CLIENT.client_secret,
    };
    assert.equal((await askEndpoint(`${zuid.issuer}/token/introspection`, fields)).json.active, false);
    await askEndpoint(`${zuid.issuer}/token/revocation`, fields);
    assert.equal(await userinfoStatus(noord.issuer, tokens.access_token), 200);
  });

  test('a refresh token of one renews nothing at the other, and is not spent there', async () => {
    const { tokens } = await tokensFor(noord, 'verversing');
    const fields = {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      client_id: CLIENT.client_id,
      client_secret: CLIENT.client_secret,
    };
    const { status, json } = await askEndpoint(`${zuid.issuer}/token`, fields);
    assert.deepEqual([status, json.error], [400, 'invalid_grant']);
    assert.equal((await askEndpoint(`${noord.issuer}/token`, fields)).status, 200);
  });

  test('a session cookie of one signs nobody in at the other', async () => {
    // This browser sends every cookie to both, as one whose cookies were planted would.
    const { browser } = await tokensFor(noord, 'sessie');
    assert.equal((await beginSignIn(zuid, browser)).page.step, 'password');
    const { party } = await beginSignIn(zuid, browser);
    const silent = await browser.get((await party.begin({ prompt: 'none' })).url);
    assert.equal(new URL(silent.location ?? '').searchParams.get('error'), 'login_required');
  });

  test('an interaction of one, cookie and all, is none at the other', async () => {
    const { appData } = await noord.createAccount({ loginName: 'ronde', withApp: true });
    const { browser, page } = await beginSignIn(noord);
    const elsewhere = (address: string) => address.replace(noord.issuer, zuid.issuer);
    const shown = await browser.get(elsewhere(page.url));
    assert.notEqual(shown.step, 'password');
    assert.equal(shown.body.includes(noord.running.composition.tenant.settings.name), false);
    const posted = await browser.post(elsewhere(formAction(page)), {
      login_name: 'ronde',
      password: PASSWORD,
    });
    assert.notEqual(posted.step, 'second-step');
    assert.doesNotMatch(posted.location ?? '', /code=/);
    const back = await signInWithApp(browser, page, { loginName: 'ronde', appData });
    assert.match(back.location ?? '', /code=/, 'and it goes on at its own');
  });

  test('the way back from a finished interaction of one is none at the other', async () => {
    const { appData } = await noord.createAccount({ loginName: 'terug', withApp: true });
    const { browser, page } = await beginSignIn(noord);
    const second = await typePassword(browser, page, 'terug');
    const sent = await browser.post(formAction(second), { code: codeOf(keyIn(appData ?? '')) });
    assert.match(sent.location ?? '', /\/auth\//);
    const there = await browser.open((sent.location ?? '').replace(noord.issuer, zuid.issuer));
    assert.doesNotMatch(there.location ?? '', /code=/);
    assert.ok(there.step === 'stale' || there.status >= 400, `${there.status} ${there.step}`);
  });

  test('an ID token of one is no hint at the other', async () => {
    const { tokens, browser } = await tokensFor(noord, 'hint');
    const { party } = await beginSignIn(zuid);
    const url = party.endSessionUrl({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: CLIENT.post_logout_redirect_uris[0],
    });
    const signedOut = await browser.get(url);
    assert.equal(signedOut.status, 400);
    const asked = await browser.get(
      (await party.begin({ id_token_hint: tokens.id_token ?? '', prompt: 'none' })).url,
    );
    assert.notEqual(new URL(asked.location ?? '').searchParams.get('error'), null);
    assert.equal(await userinfoStatus(noord.issuer, tokens.access_token), 200, 'nobody was signed out');
  });

  test('the keys are each one’s own', async () => {
    const keysOf = async ({ issuer }: { issuer: string }) =>
      JSON.stringify(await (await fetch(`${issuer}/jwks`)).json());
    const [one, other] = [await keysOf(noord), await keysOf(zuid)];
    for (const [, kid] of one.matchAll(/"kid":"([^"]+)"/g)) assert.equal(other.includes(kid ?? ''), false);
  });

  test('credentials of the configuration’s client are worth nothing at another tenant', async () => {
    const fields = {
      client_id: CONFIGURED.client_id,
      client_secret: CONFIGURED.client_secret,
      grant_type: 'refresh_token',
      refresh_token: 'x',
    };
    const there = await askEndpoint(`${zuid.issuer}/token`, fields);
    assert.deepEqual([there.status, there.json.error], [401, 'invalid_client']);
    assert.equal((await askEndpoint(`${noord.issuer}/token`, fields)).json.error, 'invalid_grant');
  });

  test('a request pushed to one is unknown at the other', async () => {
    const { party, request } = await beginSignIn(noord);
    const parameters = new URL(request.url).searchParams;
    parameters.set('client_secret', CLIENT.client_secret);
    const pushed = await fetch(`${noord.issuer}/request`, { method: 'POST', body: parameters });
    assert.equal(pushed.status, 201);
    const answer: unknown = await pushed.json();
    const uri =
      typeof answer === 'object' && answer !== null && 'request_uri' in answer
        ? String(answer.request_uri)
        : '';
    const query = new URLSearchParams({ client_id: party.id, request_uri: uri });
    assert.equal((await new Browser().open(`${zuid.issuer}/auth?${query}`)).step, 'error');
    assert.equal((await new Browser().open(`${noord.issuer}/auth?${query}`)).step, 'password');
  });

  test('one login name in both is two people with passwords, methods and identifiers of their own', async () => {
    const one = await noord.createAccount({ loginName: 'dezelfde', withApp: true });
    const secret = 'kade-vaart-Molen-38';
    const other = await zuid.createAccount({ loginName: 'dezelfde', password: secret, withApp: true });
    assert.notEqual(one.account.id, other.account.id);
    const { browser, page } = await beginSignIn(zuid);
    const refused = await typePassword(browser, page, 'dezelfde', PASSWORD);
    assert.equal(refused.step, 'password');
    const second = await typePassword(browser, refused, 'dezelfde', secret);
    assert.equal(second.step, 'second-step');
    const wrong = await browser.submit(second, { code: codeOf(keyIn(one.appData ?? '')) });
    assert.equal(wrong.step, 'second-step');
    const back = await browser.submit(wrong, { code: codeOf(keyIn(other.appData ?? '')) });
    assert.match(back.location ?? '', /code=/);
  });

  test('a token says whose it is', async () => {
    const { tokens, account } = await tokensFor(zuid, 'wie');
    const claims = tokens.claims();
    assert.deepEqual([claims?.iss, claims?.tenant, claims?.sub], [zuid.issuer, 'zuid', account.id]);
  });

  test('tries at one tenant are not counted at the other', async () => {
    await noord.createAccount({ loginName: 'teller', withApp: true });
    await zuid.createAccount({ loginName: 'teller', withApp: true });
    const guesser = await beginSignIn(zuid);
    let { page } = guesser;
    for (let guess = 0; guess < 7; guess += 1) {
      page = await guesser.browser.submit(page, {
        login_name: 'teller',
        password: `gok-nummer-${guess}-mis`,
      });
    }
    const { browser, page: fresh } = await beginSignIn(noord);
    assert.equal((await typePassword(browser, fresh, 'teller')).step, 'second-step');
  });

  test('every page of a tenant is in its own look, and names no other', async () => {
    const { page } = await beginSignIn(zuid);
    assert.match(page.body, /Product zuid/);
    assert.match(page.body, /helpdesk@zuid\.example/);
    assert.doesNotMatch(page.body, /Testorganisatie|Verzuimtest|helpdesk@test/);
  });
});
