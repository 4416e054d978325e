import assert from 'node:assert/strict';
import { before, describe, mock, test } from 'node:test';
import { z } from 'zod';
import { type Installation, startInstallation } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';

const jwks = z.strictObject({ keys: z.array(z.record(z.string(), z.string())) });

/** What the tenant promises to applications. A change here is a change that every application sees. */
const promised = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/me`,
  jwks_uri: `${issuer}/jwks`,
  end_session_endpoint: `${issuer}/session/end`,
  account_management_uri: `${issuer}/account`,
  // Applications are told that a session ended, by its name where they want that.
  backchannel_logout_supported: true,
  backchannel_logout_session_supported: true,
  introspection_endpoint: `${issuer}/token/introspection`,
  revocation_endpoint: `${issuer}/token/revocation`,
  pushed_authorization_request_endpoint: `${issuer}/request`,
  // Code only, bound by PKCE S256, in a response that says who answers (RFC 9700 §2.1, RFC 9207).
  response_types_supported: ['code'],
  response_modes_supported: ['form_post', 'fragment', 'query'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  grant_types_supported: ['authorization_code', 'refresh_token'],
  // No request objects by reference: nothing is fetched because a stranger says so.
  request_uri_parameter_supported: false,
  // For a demand on the sign-in only.
  claims_parameter_supported: true,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA'],
  userinfo_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA'],
  token_endpoint_auth_methods_supported: [
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'none',
  ],
  token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA'],
  dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
  // The higher level is promised once a method reaches it.
  acr_values_supported: ['urn:poortwachter:acr:mfa'],
  scopes_supported: ['openid', 'profile', 'email', 'phone', 'roles', 'offline_access'],
  claim_types_supported: ['normal'],
  claims_supported: [
    ...['sub', 'acr', 'amr', 'auth_time', 'tenant'],
    ...['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
    ...['email', 'email_verified', 'phone_number', 'phone_number_verified', 'roles', 'sid', 'iss'],
  ],
  ui_locales_supported: ['nl', 'en'],
});

describe('what the provider tells applications about itself', () => {
  const ending = endOfSuite();
  const said: string[] = [];
  let installation: Installation;
  let discovery: unknown;

  before(async () => {
    for (const level of ['warn', 'info', 'error', 'log'] as const) {
      mock.method(console, level, (...words: unknown[]) => said.push(words.join(' ')));
    }
    installation = await startInstallation(ending);
    discovery = await (await fetch(`${installation.issuer}/.well-known/openid-configuration`)).json();
    const script = { origin: 'https://app.example' };
    await fetch(`${installation.issuer}/token`, { method: 'OPTIONS', headers: script });
    await fetch(`${installation.issuer}/me`, { headers: script });
    mock.restoreAll();
  });

  test('discovery promises exactly what is meant', () => {
    assert.deepEqual(discovery, promised(installation.issuer));
  });

  test('the protocol library finds nothing to warn about in its configuration', () => {
    assert.deepEqual(said, []);
  });

  test('the key set shows a P-256, an RSA-3072 and an Ed25519 key, and of each the public part only', async () => {
    const { keys } = jwks.parse(await (await fetch(`${installation.issuer}/jwks`)).json());
    const members = keys.map((key) => [key.kty, Object.keys(key).sort().join(' ')]);
    assert.deepEqual(members, [
      ['EC', 'alg crv kid kty use x y'],
      ['RSA', 'e kid kty n use'],
      ['OKP', 'crv kid kty use x'],
    ]);
    const [ec, rsa, okp] = keys;
    assert.equal(ec?.crv, 'P-256');
    assert.equal(okp?.crv, 'Ed25519');
    const modulus = Buffer.from(rsa?.n ?? '', 'base64url');
    assert.equal(modulus.length * 8, 3072);
    assert.ok((modulus[0] ?? 0) >= 0x80);
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, 3);
    for (const key of keys) assert.equal(key.use, 'sig');
  });

  test('keys are made once: a later start and a second process show the same ones', async () => {
    const { durable, tenant } = installation.running.composition;
    const kept = await durable.keys.list({ purpose: 'signing', tenantId: tenant.id });
    const { keys } = jwks.parse(await (await fetch(`${installation.issuer}/jwks`)).json());
    assert.deepEqual(keys.map(({ kid }) => kid).sort(), kept.map(({ id }) => id).sort());
  });
});
