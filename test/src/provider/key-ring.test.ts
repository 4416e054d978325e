import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Provider } from 'oidc-provider';
import { liveKeys, type SigningJwk, signingRing } from '#src/provider/key-ring.ts';
import { makeKey } from '#src/provider/make-key.ts';
import type { StoredKey } from '#src/provider/ports.ts';

const OVERLAP = 24 * 3_600_000;
const owner = { purpose: 'signing', tenantId: 'a' } as const;

/** A previous, a current and a next key of one kind at the moment 0. */
async function chain(kind: 'ec' | 'okp'): Promise<StoredKey[]> {
  const starts = [-2 * OVERLAP, -1, OVERLAP];
  const keys: StoredKey[] = [];
  for (const currentFrom of starts) {
    const times = { createdAt: currentFrom - OVERLAP, currentFrom, succeeds: keys.at(-1)?.id };
    keys.push({ ...(await makeKey(owner, kind, times)), withdrawnAt: undefined });
  }
  return keys;
}

test('keys that sign come first, then next and previous ones, which may verify only', async () => {
  const [ec, okp] = await Promise.all([chain('ec'), chain('okp')]);
  const { jwks } = signingRing(liveKeys([...okp, ...ec], { now: 0, overlapMs: OVERLAP }));
  const idOf = (keys: readonly StoredKey[], at: number) => keys[at]?.id;
  assert.deepEqual(
    jwks.map(({ kid, key_ops }) => [kid, key_ops]),
    [
      [idOf(ec, 1), undefined],
      [idOf(okp, 1), undefined],
      [idOf(ec, 2), ['verify']],
      [idOf(okp, 2), ['verify']],
      [idOf(ec, 0), ['verify']],
      [idOf(okp, 0), ['verify']],
    ],
  );
});

test('a wiped, an ended and a withdrawn key are in no ring', async () => {
  const [a, b, c] = await chain('ec');
  assert.ok(a && b && c);
  const ringOf = (keys: StoredKey[]) => liveKeys(keys, { now: 0, overlapMs: OVERLAP }).map(({ id }) => id);
  assert.deepEqual(ringOf([{ ...a, secret: undefined }, b, { ...c, withdrawnAt: 0 }]), [b.id]);
  assert.deepEqual(ringOf([a, { ...b, currentFrom: -OVERLAP }]), [b.id]);
});

test('oidc-provider signs with none of them that may verify only, wherever they stand, and takes what they signed', async () => {
  const keys = await Promise.all([chain('ec'), chain('okp')]);
  const { jwks } = signingRing(liveKeys(keys.flat(), { now: 0, overlapMs: OVERLAP }));
  const clients = ['ES256', 'EdDSA'] as const;
  const providerOf = (set: SigningJwk[]) =>
    new Provider('https://a.example', {
      jwks: { keys: set },
      features: { devInteractions: { enabled: false } },
      ttl: { IdToken: 600 },
      enabledJWA: { idTokenSigningAlgValues: [...clients] },
      clients: clients.map((alg) => ({
        client_id: alg,
        client_secret: 'a-test-secret-of-at-least-32-characters',
        redirect_uris: ['https://app.example/callback'],
        id_token_signed_response_alg: alg,
      })),
    });
  const issue = async (provider: Provider, id: string) => {
    const client = await provider.Client.find(id);
    assert.ok(client);
    const token = Object.assign(new provider.IdToken({ sub: 'somebody' }, { client }), { scope: 'openid' });
    return { client, token: await token.issue({ use: 'idtoken' }) };
  };
  const now = providerOf(jwks.toReversed());
  const before = providerOf(jwks.map(({ key_ops: _ops, ...jwk }) => jwk).toReversed());
  for (const [at, id] of clients.entries()) {
    const { client, token } = await issue(now, id);
    assert.equal((await now.IdToken.validate(token, client)).header.kid, keys[at]?.[1]?.id);
    const old = await issue(before, id);
    assert.equal(
      (await now.IdToken.validate(old.token, client)).header.kid,
      keys[at]?.[0]?.id,
      'a previous one',
    );
  }
});
