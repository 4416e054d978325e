import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint, userinfoStatus } from '../support/relying-party.ts';
import { codeFor, codeIn } from '../support/sign-in.ts';
import { jwtOf, newKey, proofClaims, type Signer, seconds } from '../support/signed-jwt.ts';

const open = { client_id: 'open', redirect_uris: ['http://localhost:9/callback'], first_party: true };

describe('tokens that are bound to a key (DPoP)', () => {
  const ending = endOfSuite();
  const own = newKey();
  const foreign = newKey();
  let installation: Installation;
  let people = 0;

  before(async () => {
    installation = await startInstallation(ending, {
      clients: [{ ...open, token_endpoint_auth_method: 'none' }],
    });
  });

  const proof = (
    url: string,
    {
      method = 'POST',
      claims = {},
      key = own,
      signer = { key: key.privateKey },
      header = {},
    }: ProofOptions = {},
  ) => jwtOf(proofClaims(method, url, claims), signer, { typ: 'dpop+jwt', jwk: key.jwk, ...header });

  interface ProofOptions {
    method?: string;
    claims?: object;
    key?: typeof own;
    signer?: Signer;
    header?: object;
  }

  const tokenUrl = () => `${installation.issuer}/token`;
  const infoUrl = () => `${installation.issuer}/me`;
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

  /** A code of the client without a secret, and how to exchange it. */
  const bought = async () => {
    people += 1;
    const visit = { client: { id: 'open', secret: undefined } };
    const { party, request, answer } = await codeFor(installation, `persoon-${people}`, undefined, visit);
    const fields = {
      client_id: 'open',
      grant_type: 'authorization_code',
      code: codeIn(answer.location),
      redirect_uri: party.redirectUri,
      code_verifier: request.verifier,
    };
    return (dpop: string) => askEndpoint(tokenUrl(), fields, { dpop });
  };
  const boundTokens = async () => {
    const { status, json } = await (await bought())(proof(tokenUrl()));
    assert.equal(status, 200);
    return { access: json.access_token ?? '', refresh: json.refresh_token ?? '' };
  };
  const ask = async (token: string, dpop: string | undefined, scheme = 'DPoP') => {
    const headers = { authorization: `${scheme} ${token}`, ...(dpop === undefined ? {} : { dpop }) };
    const { status } = await fetch(infoUrl(), { headers });
    return status;
  };
  const infoProof = (token: string, options: ProofOptions = {}) =>
    proof(infoUrl(), { method: 'GET', ...options, claims: { ath: hashOf(token), ...options.claims } });

  test('work for who holds the key', async () => {
    const { access } = await boundTokens();
    assert.equal(await ask(access, infoProof(access)), 200);
  });

  test('are worth nothing to somebody who has only the token', async () => {
    const { access } = await boundTokens();
    const statuses = [
      await userinfoStatus(installation.issuer, access),
      await ask(access, undefined),
      await ask(access, infoProof(access, { key: foreign })),
      await ask(access, infoProof(access), 'Bearer'),
    ];
    for (const status of statuses) assert.ok(status === 400 || status === 401, statuses.join());
  });

  test('need a proof for this token, this request and now, once', async () => {
    const { access } = await boundTokens();
    const other = await boundTokens();
    const pem = own.publicKey.export({ format: 'pem', type: 'spki' });
    const bad: [string, ProofOptions][] = [
      ['another token', { claims: { ath: hashOf(other.access) } }],
      ['no token', { claims: { ath: undefined } }],
      ['another method', { method: 'POST' }],
      ['another address', { claims: { htu: tokenUrl() } }],
      ['an old proof', { claims: { iat: seconds() - 3_600 } }],
      ['a proof of tomorrow', { claims: { iat: seconds() + 3_600 } }],
      ['no time', { claims: { iat: undefined } }],
      ['no id', { claims: { jti: undefined } }],
      ['no signature', { signer: 'none' }],
      ['a foreign signature', { signer: { key: foreign.privateKey } }],
      ['the public key as a secret', { signer: { secret: pem } }],
      ['another type', { header: { typ: 'JWT' } }],
      ['no key', { header: { jwk: undefined } }],
      ['the private key', { header: { jwk: own.privateKey.export({ format: 'jwk' }) } }],
      ['a key of nothing', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }],
    ];
    for (const [what, options] of bad) {
      const status = await ask(access, infoProof(access, options));
      assert.ok(status === 400 || status === 401, `${what} gave ${status}`);
    }
    const seen = infoProof(access);
    assert.equal(await ask(access, seen), 200);
    assert.ok([400, 401].includes(await ask(access, seen)), 'a proof that was seen on its way');
  });

  test('are refreshed by the same key only, for a client without a secret', async () => {
    const { refresh } = await boundTokens();
    const fields = { client_id: 'open', grant_type: 'refresh_token', refresh_token: refresh };
    for (const headers of [{}, { dpop: proof(tokenUrl(), { key: foreign }) }]) {
      const { json, status } = await askEndpoint(tokenUrl(), fields, headers);
      assert.equal(status, 400);
      assert.match(json.error ?? '', /^invalid_(grant|request|dpop_proof)$/);
    }
    const { status } = await askEndpoint(tokenUrl(), fields, { dpop: proof(tokenUrl()) });
    assert.equal(status, 200, 'and a thief spent nothing');
  });

  test('need a whole proof at the token endpoint, and a bad one is not dropped in silence', async () => {
    for (const options of [
      { signer: 'none' as const },
      { claims: { htm: 'GET' } },
      { claims: { htu: infoUrl() } },
      { header: { typ: 'jwt' } },
    ]) {
      const { json, status } = await (await bought())(proof(tokenUrl(), options));
      assert.equal(status, 400);
      assert.equal(json.error, 'invalid_dpop_proof');
      assert.equal(json.access_token, undefined);
    }
  });
});
