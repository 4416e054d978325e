import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { before, describe, test } from 'node:test';
import { listen } from '#src/listen.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { askEndpoint } from '../support/relying-party.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEYS = JSON.stringify({
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'ES256' }],
});

/** Names of this machine and of its own network, as an attacker might write them. */
const hosts = [
  'localhost',
  '127.0.0.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '0.0.0.0',
  '127.1',
  'inner.localhost',
];

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A proof by key as RFC 7523 §3 has it. */
function assertionOf(clientId: string, issuer: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now, exp: now + 60 };
  const text = `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

describe('the keys of a client that are fetched from an address', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let port: number;
  /** What the stand-in inside the network was asked. */
  const reached: string[] = [];

  before(async () => {
    installation = await startInstallation(ending);
    port = await freePort();
    const inside = createServer((req, res) => {
      reached.push(req.url ?? '');
      res.setHeader('Content-Type', 'application/json').end(KEYS);
    });
    const listening = await listen(inside, { port, address: '::', setting: 'none' });
    ending.after(listening.close);
  });

  /** What the token endpoint says to a client that proves itself with the key. */
  const proveWith = async (keys: Record<string, unknown>) => {
    const { durable, tenant } = installation.running.composition;
    const clientId = `by-key-${randomUUID()}`;
    const added = await durable.clients.add(tenant.id, {
      client_id: clientId,
      redirect_uris: ['https://app.example/callback'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      ...keys,
    });
    assert.equal(added, true);
    const { json } = await askEndpoint(`${installation.issuer}/token`, {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertionOf(clientId, installation.issuer),
      grant_type: 'authorization_code',
      redirect_uri: 'https://app.example/callback',
      code: 'no-such-code',
    });
    return json.error;
  };

  test('the proof itself is right, and the stand-in is there to be asked', async () => {
    assert.equal(await proveWith({ jwks: JSON.parse(KEYS) }), 'invalid_grant');
    const answer = await fetch(`http://localhost:${port}/control`);
    assert.equal(await answer.text(), KEYS);
    assert.deepEqual(reached, ['/control']);
  });

  test('never come from this machine or its own network, whatever name the address has', async () => {
    reached.length = 0;
    for (const host of hosts) {
      const error = await proveWith({ jwks_uri: `http://${host}:${port}/${host}` });
      assert.equal(error, 'invalid_client', host);
    }
    assert.deepEqual(reached, []);
    const refusals = installation.logged.filter((line) => line.includes('"error":"invalid_client"'));
    assert.equal(refusals.length, hosts.length);
    for (const line of refusals) assert.match(line, /Key Set failed to be refreshed/);
    assert.ok(refusals.some((line) => line.includes('special-use IP address')));
  });
});
