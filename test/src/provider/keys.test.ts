import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { systemClock } from '#src/clock.ts';
import { ensureCookieKeys, ensureDigestKey, ensureSigningKeys } from '#src/provider/keys.ts';
import { createTestDatabase } from '../../support/postgres.ts';

const masterKey = (byte: number) => masterKeyFrom(Buffer.alloc(32, byte).toString('base64'));

async function openKeys(t: TestContext) {
  const { application, owner } = await createTestDatabase(t);
  const sealer = createSealer({ current: masterKey(1), previous: [] });
  const tenants = createTenantStore(application);
  return {
    application,
    owner,
    parts: { keys: createKeyStore({ database: application, sealer }), clock: systemClock },
    tenantOf: async (key: string) => (await tenants.ensure(key, `https://${key}.example`)).id,
  };
}

test('the first start makes a P-256, an RSA-3072 and an Ed25519 key, in the order they sign by default', async (t) => {
  const { parts, tenantOf } = await openKeys(t);
  const made = await ensureSigningKeys(parts, await tenantOf('a'));
  const facts = made.map((jwk) => {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: jwk, format: 'jwk' });
    return [asymmetricKeyType, asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve];
  });
  assert.deepEqual(facts, [
    ['ec', 'prime256v1'],
    ['rsa', 3072],
    ['ed25519', undefined],
  ]);
  assert.equal(new Set(made.map(({ kid }) => kid)).size, 3);
});

test('a later start finds the same keys, and another tenant has its own', async (t) => {
  const { parts, tenantOf } = await openKeys(t);
  const [a, b] = [await tenantOf('a'), await tenantOf('b')];
  const made = await ensureSigningKeys(parts, a);
  assert.deepEqual(await ensureSigningKeys(parts, a), made);
  const others = new Set((await ensureSigningKeys(parts, b)).map(({ kid }) => kid));
  assert.ok(made.every(({ kid }) => !others.has(kid)));
});

test('of two first starts at once both take the same keys', async (t) => {
  const { parts, tenantOf } = await openKeys(t);
  const tenant = await tenantOf('a');
  const [one, two] = await Promise.all([ensureSigningKeys(parts, tenant), ensureSigningKeys(parts, tenant)]);
  assert.deepEqual(one, two);
  const [first, second] = await Promise.all([ensureCookieKeys(parts), ensureCookieKeys(parts)]);
  assert.deepEqual(first, second);
  const [left, right] = await Promise.all([ensureDigestKey(parts), ensureDigestKey(parts)]);
  assert.deepEqual(left, right);
});

test('cookie and digest keys are 32 bytes each, kept, and not the same', async (t) => {
  const { parts } = await openKeys(t);
  const [cookie] = await ensureCookieKeys(parts);
  const digest = await ensureDigestKey(parts);
  assert.equal(cookie?.length, 32);
  assert.equal(digest.length, 32);
  assert.notDeepEqual(cookie, digest);
  assert.deepEqual(await ensureCookieKeys(parts), [cookie]);
  assert.deepEqual(await ensureDigestKey(parts), digest);
});

test('no key lies readable in the database, and another master key opens none', async (t) => {
  const { application, owner, parts, tenantOf } = await openKeys(t);
  const tenant = await tenantOf('a');
  const made = await ensureSigningKeys(parts, tenant);
  const [cookie] = await ensureCookieKeys(parts);
  const { rows } = await sql<{ row: string }>`select key::text as row from key`.execute(owner.db);
  assert.equal(rows.length, 4);
  const kept = rows.map(({ row }) => row).join('\n');
  const secrets = [cookie?.toString('base64url'), ...made.map(({ d }) => d)];
  for (const secret of secrets) {
    assert.ok(typeof secret === 'string' && secret.length > 40);
    assert.equal(kept.includes(secret), false);
  }
  const stranger = createKeyStore({
    database: application,
    sealer: createSealer({ current: masterKey(2), previous: [] }),
  });
  await assert.rejects(stranger.list('signing', tenant), { code: 'seal-broken' });
});
