import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, describe, test } from 'node:test';
import { startServerOf } from '../support/bare-socket.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint } from '../support/relying-party.ts';
import { assertionClaims, jwtOf, newKey, type Signer, seconds } from '../support/signed-jwt.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CLIENT_ID = 'by-key';
const redirect_uris = ['https://app.example/callback'];

describe('the proof of a client that has a key', () => {
  const ending = endOfSuite();
  const own = newKey();
  const foreign = newKey();
  const right: Signer = { key: own.privateKey };
  let installation: Installation;
  let tokenEndpoint: string;
  const asked: string[] = [];
  let foreignKeys: string;

  before(async () => {
    installation = await startInstallation(ending);
    tokenEndpoint = `${installation.issuer}/token`;
    const { durable, tenant } = installation.running.composition;
    for (const [client_id, { jwk }] of [[CLIENT_ID, own] as const, ['other-key', foreign] as const]) {
      await durable.clients.add(tenant.id, {
        client_id,
        redirect_uris,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...jwk, kid: 'k', use: 'sig', alg: 'ES256' }] },
      });
    }
    const port = await startServerOf(
      ending,
      createServer((req, res) => {
        asked.push(req.url ?? '');
        res.end(JSON.stringify({ keys: [{ ...foreign.jwk, kid: 'k' }] }));
      }),
    );
    foreignKeys = `http://localhost:${port}/keys`;
  });

  /** What the token endpoint says to a proof; a right one gets as far as the code, which is none. */
  const say = async (assertion: string, fields: Record<string, string> = {}) => {
    const { json, status } = await askEndpoint(tokenEndpoint, {
      client_assertion_type: TYPE,
      client_assertion: assertion,
      client_id: CLIENT_ID,
      grant_type: 'authorization_code',
      redirect_uri: redirect_uris[0] ?? '',
      code: 'no-such-code',
      ...fields,
    });
    assert.ok(status < 500, `${status}`);
    return json.error;
  };
  const claims = (changes: object = {}) => assertionClaims(CLIENT_ID, installation.issuer, changes);
  const REFUSED = /^invalid_(client|request)$/;

  test('is taken as it should be, for the issuer', async () => {
    assert.equal(await say(jwtOf(claims(), right, { kid: 'k' })), 'invalid_grant');
    assert.equal(await say(jwtOf(claims(), right)), 'invalid_grant');
  });

  test('counts once: a proof that was seen on its way is worth nothing', async () => {
    const proof = jwtOf(claims(), right);
    assert.equal(await say(proof), 'invalid_grant');
    assert.match((await say(proof)) ?? '', REFUSED);
    const fresh = jwtOf(claims(), right);
    const storm = await Promise.all(Array.from({ length: 20 }, () => say(fresh)));
    assert.equal(storm.filter((error) => error === 'invalid_grant').length, 1);
  });

  test('without a signature, or signed with what everybody knows, is none', async () => {
    const pem = own.publicKey.export({ format: 'pem', type: 'spki' });
    const signers: [string, Signer, object?][] = [
      ['alg none', 'none'],
      ['alg None', 'none', { alg: 'None' }],
      ['alg nOnE with a signature', right, { alg: 'nOnE' }],
      ['no alg', 'none', { alg: undefined }],
      ['an empty alg', 'none', { alg: '' }],
      ['no signature under a right alg', 'none', { alg: 'ES256' }],
      ['HS256 with the public key', { secret: pem }],
      ['HS256 with the public key as JWK', { secret: JSON.stringify(own.jwk) }],
      ['HS256 with nothing', { secret: '' }],
      ['HS256 with the id', { secret: CLIENT_ID }],
      ['a right signature under another name', right, { alg: 'RS256' }],
      ['a foreign signature', { key: foreign.privateKey }],
      ['a criticality that nobody knows', right, { crit: ['x'], x: 1 }],
    ];
    for (const [what, signer, header] of signers) {
      assert.match((await say(jwtOf(claims(), signer, header))) ?? '', REFUSED, what);
    }
  });

  test('brings no key of its own: what its head points at is not looked at', async () => {
    const signer: Signer = { key: foreign.privateKey };
    for (const header of [
      { jwk: foreign.jwk },
      { jwk: foreign.jwk, kid: 'k' },
      { jku: foreignKeys, kid: 'k' },
      { x5u: foreignKeys, kid: 'k' },
      { x5c: ['MIIB'] },
      { kid: foreignKeys },
      { kid: '../../etc/passwd' },
      { kid: { $ne: null } },
      { kid: '__proto__' },
    ]) {
      assert.match((await say(jwtOf(claims(), signer, header))) ?? '', REFUSED, JSON.stringify(header));
    }
    assert.deepEqual(asked, []);
  });

  test('is about this client, for us, and now', async () => {
    const now = seconds();
    for (const changes of [
      { iss: 'other-key' },
      { sub: 'other-key' },
      { iss: 'other-key', sub: 'other-key' },
      { iss: undefined },
      { sub: undefined },
      { aud: undefined },
      { aud: 'https://evil.example' },
      { aud: [] },
      { aud: `${installation.issuer}/` },
      { aud: installation.issuer.toUpperCase() },
      { aud: `${installation.issuer}.evil.example` },
      { exp: now - 60, iat: now - 120 },
      { exp: undefined },
      { exp: 'never' },
      { nbf: now + 600 },
      { jti: undefined },
      { jti: '' },
      { jti: { $gt: '' } },
    ]) {
      assert.match((await say(jwtOf(claims(changes), right))) ?? '', REFUSED, JSON.stringify(changes));
    }
  });

  test('of one client says nothing for another, and a client has one proof at a time', async () => {
    const others = jwtOf(assertionClaims('other-key', installation.issuer), { key: foreign.privateKey });
    assert.match((await say(others)) ?? '', REFUSED, 'under the name of the first');
    assert.equal(await say(others, { client_id: 'other-key' }), 'invalid_grant');
    assert.match((await say(jwtOf(claims(), right), { client_secret: 'x' })) ?? '', REFUSED);
    assert.match((await say(jwtOf(claims(), right), { client_assertion_type: 'x' })) ?? '', REFUSED);
    assert.match((await say('', { client_assertion_type: TYPE })) ?? '', REFUSED);
    for (const nonsense of ['x', 'a.b', 'a.b.c', 'a.b.c.d.e', '...', `${'a'.repeat(50_000)}.b.c`]) {
      assert.match((await say(nonsense)) ?? '', REFUSED, nonsense.slice(0, 20));
    }
  });

  test('cannot be left out: the name of a client alone, or a made-up secret, opens nothing', async () => {
    const fields = { grant_type: 'authorization_code', code: 'x', redirect_uri: redirect_uris[0] ?? '' };
    for (const credentials of [{}, { client_secret: '' }, { client_secret: 'guess' }]) {
      const { json } = await askEndpoint(tokenEndpoint, { ...fields, client_id: CLIENT_ID, ...credentials });
      assert.match(json.error ?? '', REFUSED);
    }
    const basic = Buffer.from(`${CLIENT_ID}:`).toString('base64');
    const { json } = await askEndpoint(tokenEndpoint, fields, { authorization: `Basic ${basic}` });
    assert.match(json.error ?? '', REFUSED);
  });

  test('never shows in the log', () => {
    const log = installation.logged.join('');
    assert.doesNotMatch(log, /eyJ/);
    assert.doesNotMatch(log, /"level":[56]0/);
  });
});
