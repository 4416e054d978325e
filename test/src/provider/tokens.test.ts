import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { Browser } from '../../support/browser.ts';
import { type Installation, startInstallation } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { userinfoStatus } from '../../support/relying-party.ts';
import { codeFor, codeIn, tokensFor } from '../../support/sign-in.ts';

const SECRET = 'a-secret-of-another-client-0123456789';
const redirect_uris = ['http://localhost:9/callback'];
const algorithms = ['ES256', 'PS256', 'RS256', 'EdDSA'] as const;
const clients = [
  ...algorithms.map((alg) => ({
    client_id: `app-${alg}`,
    client_secret: SECRET,
    redirect_uris,
    first_party: true,
    id_token_signed_response_alg: alg,
  })),
  {
    client_id: 'app-signed-userinfo',
    client_secret: SECRET,
    redirect_uris,
    first_party: true,
    userinfo_signed_response_alg: 'ES256' as const,
  },
  {
    client_id: 'app-narrow',
    client_secret: SECRET,
    redirect_uris,
    first_party: true,
    scope: 'openid roles',
    grant_types: ['authorization_code' as const],
  },
];

const header = z.object({ alg: z.string(), kid: z.string() });
const headerOf = (jwt: string | undefined) =>
  header.parse(JSON.parse(Buffer.from((jwt ?? '').split('.')[0] ?? '', 'base64url').toString()));
const personal = z.record(z.string(), z.unknown());

describe('tokens', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clients });
  });

  for (const algorithm of algorithms) {
    test(`an ID token signed with ${algorithm} verifies for the application that chose it`, async () => {
      const client = { id: `app-${algorithm}`, secret: SECRET, algorithm };
      const { tokens, account } = await tokensFor(installation, `alg-${algorithm}`, new Browser(), {
        client,
      });
      assert.equal(headerOf(tokens.id_token).alg, algorithm);
      assert.equal(tokens.claims()?.sub, account.id);
    });
  }

  test('an ID token carries what proves the sign-in and nothing personal', async () => {
    const { tokens, account, request } = await tokensFor(installation, 'id-token');
    const claims = tokens.claims();
    assert.ok(claims);
    const { iat, exp, auth_time, ...rest } = claims;
    assert.deepEqual(rest, {
      iss: installation.issuer,
      aud: 'app',
      sub: account.id,
      nonce: request.nonce,
      tenant: 'default',
      acr: 'urn:poortwachter:acr:mfa',
      amr: ['pwd', 'otp', 'mfa'],
    });
    assert.equal(exp - iat, 600);
    assert.ok(typeof auth_time === 'number' && auth_time <= iat && auth_time > iat - 30);
  });

  test('an access token is opaque and lives ten minutes', async () => {
    const { tokens } = await tokensFor(installation, 'access-token');
    assert.equal(tokens.expires_in, 600);
    assert.equal(tokens.token_type, 'bearer');
    assert.match(tokens.access_token, /^[\w-]{43}$/);
  });

  test('userinfo tells what the scopes opened and no more', async () => {
    const by: Record<string, string[]> = {
      openid: ['sub', 'tenant'],
      'openid profile': [
        'family_name',
        'given_name',
        'locale',
        'name',
        'preferred_username',
        'sub',
        'tenant',
      ],
      'openid roles': ['roles', 'sub', 'tenant'],
      // Nothing is known of a phone or an address: no empty claim says so.
      'openid phone email': ['sub', 'tenant'],
    };
    const { browser, account, party } = await tokensFor(installation, 'scopes');
    for (const [scope, expected] of Object.entries(by)) {
      const request = await party.begin({ scope });
      const tokens = await party.finish(request, (await browser.open(request.url)).location);
      const known = await party.userinfo(tokens.access_token, account.id);
      assert.deepEqual(Object.keys(known).sort(), expected, scope);
    }
  });

  test('userinfo is signed for an application that asks for it', async () => {
    const client = { id: 'app-signed-userinfo', secret: SECRET };
    const { tokens } = await tokensFor(installation, 'signed-info', new Browser(), { client });
    const answer = await fetch(`${installation.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    assert.match(answer.headers.get('content-type') ?? '', /^application\/jwt/);
    assert.equal(headerOf(await answer.text()).alg, 'ES256');
  });

  test('an application gets no scope beyond its own list, and no refresh token without the grant type', async () => {
    const client = { id: 'app-narrow', secret: SECRET };
    const parameters = { scope: 'openid roles' };
    const visit = { client, parameters };
    const { tokens, party, browser } = await tokensFor(installation, 'narrow', new Browser(), visit);
    assert.equal(tokens.refresh_token, undefined);
    const request = await party.begin({ scope: 'openid email' });
    const refused = new URL((await browser.open(request.url)).location ?? '');
    assert.equal(refused.searchParams.get('error'), 'invalid_scope');
  });

  test('the answer says who answers: iss stands beside code, state and error', async () => {
    const { answer, request, party, browser } = await codeFor(installation, 'iss');
    const back = new URL(answer.location ?? '');
    assert.deepEqual([...back.searchParams.keys()].sort(), ['code', 'iss', 'state']);
    assert.equal(back.searchParams.get('iss'), installation.issuer);
    assert.equal(back.searchParams.get('state'), request.state);
    const wrong = await party.begin({ scope: 'openid', max_age: 'x' });
    const error = new URL((await browser.open(wrong.url)).location ?? '');
    assert.equal(error.searchParams.get('iss'), installation.issuer);
  });

  test('userinfo takes access tokens only: no ID token, refresh token, code or empty one', async () => {
    const { tokens } = await tokensFor(installation, 'wrong-token');
    const { answer } = await codeFor(installation, 'wrong-code');
    for (const token of [tokens.id_token, tokens.refresh_token, codeIn(answer.location), 'x', '%00']) {
      assert.equal(await userinfoStatus(installation.issuer, token ?? ''), 401);
    }
    assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 200);
    const known = personal.parse(
      await (
        await fetch(`${installation.issuer}/me?access_token=${tokens.access_token}`, {
          headers: { accept: 'application/json' },
        })
      ).json(),
    );
    assert.equal(known.sub, undefined, 'a token in an address is not taken');
  });
});
