import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { Browser } from '../support/browser.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint } from '../support/relying-party.ts';
import { tokensFor } from '../support/sign-in.ts';
import { jwtOf, newKey, type Signer, seconds } from '../support/signed-jwt.ts';

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
const SECRET = 'a-secret-of-another-client-0123456789';
const redirect_uris = ['http://localhost:9/callback'];
const request = {
  redirect_uri: 'http://localhost:9/callback',
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

describe('what somebody brings along as a proof', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let people = 0;

  before(async () => {
    installation = await startInstallation(ending, {
      clients: [{ client_id: 'other', client_secret: SECRET, redirect_uris, first_party: true }],
    });
  });

  const signedIn = () => {
    people += 1;
    return tokensFor(installation, `bewijs-${people}`);
  };

  /** ID tokens that say the right things of a person and are not ours. */
  const forgeries = async (subject: string): Promise<[string, string][]> => {
    const { keys } = jwksSchema.parse(await (await fetch(`${installation.issuer}/jwks`)).json());
    const [ec] = keys;
    assert.ok(ec);
    const pem = createPublicKey({ key: { ...ec }, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    const own = newKey();
    const now = seconds();
    const claims = { iss: installation.issuer, sub: subject, aud: 'app', iat: now, exp: now + 600 };
    const signers: [string, Signer, object?][] = [
      ['alg none', 'none'],
      ['alg none under our key', 'none', { kid: ec.kid }],
      ['HS256 with our public key', { secret: pem }, { kid: ec.kid }],
      ['HS256 with the key set', { secret: JSON.stringify(ec) }, { kid: ec.kid }],
      ['a key of its own', { key: own.privateKey }],
      ['a key of its own under our name', { key: own.privateKey }, { kid: ec.kid }],
      ['a key that it brings along', { key: own.privateKey }, { jwk: own.jwk }],
      ['a key set that it names', { key: own.privateKey }, { jku: 'https://evil.example/jwks' }],
    ];
    return signers.map(([what, signer, header]) => [what, jwtOf(claims, signer, header)]);
  };

  test('of who is to be signed out: what we did not sign is a page, and the person stays signed in', async () => {
    const { browser, party, account } = await signedIn();
    for (const [what, token] of await forgeries(account.id)) {
      const answer = await browser.get(`${installation.issuer}/session/end?id_token_hint=${token}`);
      assert.equal(answer.step, 'error', what);
      assert.equal(answer.location, undefined);
    }
    assert.match(
      (await browser.open((await party.begin({ prompt: 'none' })).url)).location ?? '',
      /[?&]code=/,
    );
  });

  test('of who is expected: what we did not sign, or not as an ID token, expects nobody', async () => {
    const { browser, party, account, tokens } = await signedIn();
    const others = await signedIn();
    const hints: [string, string][] = [
      ...(await forgeries(account.id)),
      ['an access token', tokens.access_token],
      ['a refresh token', tokens.refresh_token ?? ''],
      ['somebody else’s ID token', others.tokens.id_token ?? ''],
    ];
    for (const [what, id_token_hint] of hints) {
      const { location } = await browser.open((await party.begin({ id_token_hint, prompt: 'none' })).url);
      const back = new URL(location ?? '').searchParams;
      assert.equal(back.get('code'), null, what);
      assert.match(back.get('error') ?? '', /^(invalid_request|login_required)$/, what);
    }
    const right = { id_token_hint: tokens.id_token ?? '', prompt: 'none' };
    assert.match((await browser.open((await party.begin(right)).url)).location ?? '', /[?&]code=/);
  });

  test('at userinfo: no token that we signed or issued for something else, and none made up', async () => {
    const { tokens, account } = await signedIn();
    const forged = await forgeries(account.id);
    for (const token of [
      tokens.id_token ?? '',
      tokens.refresh_token ?? '',
      ...forged.map(([, text]) => text),
    ]) {
      for (const init of [
        { headers: { authorization: `Bearer ${token}` } },
        { method: 'POST', body: new URLSearchParams({ access_token: token }) },
      ]) {
        const { status } = await fetch(`${installation.issuer}/me`, init);
        assert.equal(status, 401);
      }
    }
    const inQuery = await fetch(`${installation.issuer}/me?access_token=${tokens.access_token}`);
    assert.ok(inQuery.status >= 400, 'a token in an address is no token (RFC 9700 §4.3.2)');
    const twice = await fetch(`${installation.issuer}/me`, {
      method: 'POST',
      body: new URLSearchParams({ access_token: tokens.access_token }),
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    assert.equal(twice.status, 400);
  });

  test('a pushed request: it is its client’s own, whole, and good for one sign-in', async () => {
    const { browser } = await signedIn();
    const push = async () => {
      const response = await fetch(`${installation.issuer}/request`, {
        method: 'POST',
        body: new URLSearchParams({ ...request, client_id: 'other', client_secret: SECRET }),
      });
      assert.equal(response.status, 201);
      return z.object({ request_uri: z.string() }).parse(await response.json()).request_uri;
    };
    const open = (parameters: Record<string, string>) => {
      const url = new URL('/auth', installation.issuer);
      url.search = new URLSearchParams(parameters).toString();
      return browser.open(url.href);
    };
    const request_uri = await push();
    const stolen = await open({ client_id: 'app', request_uri });
    assert.equal(stolen.step, 'error', 'another client');
    const changed = await open({
      client_id: 'other',
      request_uri: await push(),
      redirect_uri: 'https://evil.example/',
      scope: 'openid roles',
      state: 'planted',
    });
    assert.doesNotMatch(changed.location ?? '', /evil|planted/, 'nothing beside it counts');
    for (const made of [
      'urn:ietf:params:oauth:request_uri:guess',
      'https://evil.example/request',
      `${installation.issuer}/request`,
      'file:///etc/passwd',
      `${request_uri}x`,
    ]) {
      const answer = await open({ ...request, client_id: 'other', request_uri: made });
      assert.equal(new URL(answer.location ?? installation.issuer).searchParams.get('code'), null, made);
    }
    const first = await open({ client_id: 'other', request_uri });
    assert.match(first.location ?? '', /[?&]code=/);
    const again = await open({ client_id: 'other', request_uri });
    assert.equal(again.step, 'error', 'a second time');
  });

  test('a pushed request of somebody without the secret, or for another address, is not kept', async () => {
    for (const changes of [
      { client_secret: 'guess' },
      { client_id: 'app' },
      { redirect_uri: 'https://evil.example/' },
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      { request: 'eyJhbGciOiJub25lIn0.e30.' },
      { code_challenge_method: 'plain' },
      { response_type: 'token' },
    ]) {
      const fields = { ...request, client_id: 'other', client_secret: SECRET, ...changes };
      const { status, json } = await askEndpoint(`${installation.issuer}/request`, fields);
      assert.ok(status === 400 || status === 401, `${JSON.stringify(changes)} gave ${status}`);
      assert.ok(json.error);
    }
  });

  test('the code of one browser ends no sign-in that another browser began', async () => {
    const attacker = await tokensFor(installation, 'aanvaller');
    const code = await attacker.browser.open((await attacker.party.begin()).url);
    const victim = await attacker.party.begin();
    const planted = new URL(code.location ?? '');
    planted.searchParams.set('state', victim.state);
    // The application holds the code against its own request: the verifier is another one (RFC 9700 §4.5).
    await assert.rejects(attacker.party.finish(victim, planted.href), { error: 'invalid_grant' });
  });

  test('a secret of one client says nothing for another', async () => {
    const { tokens } = await signedIn();
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    for (const [client_id, client_secret] of [
      ['other', CLIENT.client_secret],
      ['app', SECRET],
      ['app', ''],
      ['app', CLIENT.client_secret.toUpperCase()],
      ['app', `${CLIENT.client_secret} `],
      ['APP', CLIENT.client_secret],
    ] as const) {
      const { json } = await askEndpoint(`${installation.issuer}/token`, {
        ...refresh,
        client_id,
        client_secret,
      });
      assert.match(json.error ?? '', /^invalid_(client|request)$/, client_id);
    }
    const basic = Buffer.from(`app:${CLIENT.client_secret}`).toString('base64');
    const both = { ...refresh, client_id: 'other', client_secret: SECRET };
    const { json } = await askEndpoint(`${installation.issuer}/token`, both, {
      authorization: `Basic ${basic}`,
    });
    assert.match(json.error ?? '', /^invalid_(client|request)$/, 'two proofs at a time');
    assert.equal((await new Browser().get(`${installation.issuer}/token`)).status, 404);
  });
});
