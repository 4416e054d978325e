import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { systemClock } from '#src/clock.ts';
import { liveKeys, signingRing } from '#src/provider/key-ring.ts';
import { COOKIE_KEYS, ensureDigestKey, ensureKeys, signingKeysOf } from '#src/provider/keys.ts';
import { makeKey } from '#src/provider/make-key.ts';
import { createTestDatabase } from '../../support/postgres.ts';

const masterKey = (byte: number) => masterKeyFrom(Buffer.alloc(32, byte).toString('base64'));

async function openKeys(t: TestContext) {
  const { application, owner } = await createTestDatabase(t);
  const sealer = createSealer({ current: masterKey(1), previous: [] });
  const tenants = createTenantStore(application);
  const parts = { keys: createKeyStore({ database: application, sealer }), clock: systemClock };
  return {
    application,
    owner,
    parts,
    ensureSigning: async (tenantId: string) => ensureKeys(parts, signingKeysOf(tenantId)),
    tenantOf: async (key: string) => (await tenants.ensure(key, `https://${key}.example`)).id,
  };
}

test('the first start makes a P-256, an RSA-3072 and an Ed25519 key, in the order they sign by default', async (t) => {
  const { ensureSigning, tenantOf } = await openKeys(t);
  const stored = await ensureSigning(await tenantOf('a'));
  const { jwks } = signingRing(liveKeys(stored, { now: Date.now(), overlapMs: 1 }));
  const facts = jwks.map((jwk) => {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: jwk, format: 'jwk' });
    return [asymmetricKeyType, asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve];
  });
  assert.deepEqual(facts, [
    ['ec', 'prime256v1'],
    ['rsa', 3072],
    ['ed25519', undefined],
  ]);
  assert.equal(new Set(jwks.map(({ kid }) => kid)).size, 3);
  assert.ok(
    jwks.every(({ key_ops }) => key_ops === undefined),
    'all of them may sign',
  );
});

test('a later start finds the same keys, and another tenant has its own', async (t) => {
  const { ensureSigning, tenantOf } = await openKeys(t);
  const [a, b] = [await tenantOf('a'), await tenantOf('b')];
  const made = await ensureSigning(a);
  assert.equal(made.length, 3);
  assert.deepEqual(await ensureSigning(a), made);
  const others = new Set((await ensureSigning(b)).map(({ id }) => id));
  assert.ok(made.every(({ id }) => !others.has(id)));
});

test('of two first starts at once both take the same keys', async (t) => {
  const { parts, ensureSigning, tenantOf } = await openKeys(t);
  const tenant = await tenantOf('a');
  const [one, two] = await Promise.all([ensureSigning(tenant), ensureSigning(tenant)]);
  assert.deepEqual(one, two);
  const both = () => ensureKeys(parts, COOKIE_KEYS);
  const [first, second] = await Promise.all([both(), both()]);
  assert.deepEqual(first, second);
  const [left, right] = await Promise.all([ensureDigestKey(parts), ensureDigestKey(parts)]);
  assert.deepEqual(left, right);
});

test('a process whose clock is behind takes the keys that another one made a moment ago', async (t) => {
  const { parts, ensureSigning, tenantOf } = await openKeys(t);
  const tenant = await tenantOf('a');
  const behind = { ...parts, clock: { now: () => Date.now() - 5_000 } };
  const digest = await ensureDigestKey(parts);
  assert.deepEqual(
    await ensureDigestKey(behind),
    digest,
    'of two, one would find nobody that the other added',
  );
  const made = await ensureSigning(tenant);
  assert.deepEqual(await ensureKeys(behind, signingKeysOf(tenant)), made);
  const live = liveKeys(made, { now: behind.clock.now(), overlapMs: 1 });
  assert.ok(live.every(({ role }) => role === 'current'));
});

test('what is missing is looked for again inside the first start, and nothing missing starts none', async (t) => {
  const { parts } = await openKeys(t);
  let starts = 0;
  const firstStart = async <T>(work: () => Promise<T>) => {
    starts += 1;
    // Another process was first.
    await ensureKeys(parts, COOKIE_KEYS);
    return work();
  };
  const made = await ensureKeys({ ...parts, firstStart }, COOKIE_KEYS);
  assert.equal(made.length, 1);
  assert.deepEqual(await ensureKeys({ ...parts, firstStart }, COOKIE_KEYS), made);
  assert.equal(starts, 1);
});

test('cookie and digest keys are 32 bytes each, kept, and not the same', async (t) => {
  const { parts } = await openKeys(t);
  const [cookie] = await ensureKeys(parts, COOKIE_KEYS);
  const digest = await ensureDigestKey(parts);
  assert.equal(Buffer.from(cookie?.secret ?? '', 'base64url').length, 32);
  assert.equal(digest.length, 32);
  assert.notEqual(digest.toString('base64url'), cookie?.secret);
  assert.deepEqual(await ensureKeys(parts, COOKIE_KEYS), [cookie]);
  assert.deepEqual(await ensureDigestKey(parts), digest);
});

test('no kid begins with a hyphen, which a command would take for an option', async () => {
  const times = { createdAt: 1, currentFrom: 1, succeeds: undefined };
  for (let made = 0; made < 1_000; made += 1) {
    const { id } = await makeKey(COOKIE_KEYS, 'hmac', times);
    assert.match(id, /^[A-Za-z0-9_][\w-]{15}$/);
  }
});

test('no key lies readable in the database, and another master key opens none', async (t) => {
  const { application, owner, parts, ensureSigning, tenantOf } = await openKeys(t);
  const tenant = await tenantOf('a');
  const made = await ensureSigning(tenant);
  const [cookie] = await ensureKeys(parts, COOKIE_KEYS);
  const { rows } = await sql<{ row: string }>`select key::text as row from key`.execute(owner.db);
  assert.equal(rows.length, 4);
  const kept = rows.map(({ row }) => row).join('\n');
  const secrets = [cookie?.secret, ...made.map(({ secret }) => JSON.parse(secret ?? '{}').d)];
  for (const secret of secrets) {
    assert.ok(typeof secret === 'string' && secret.length > 40);
    assert.equal(kept.includes(secret), false);
  }
  const stranger = createKeyStore({
    database: application,
    sealer: createSealer({ current: masterKey(2), previous: [] }),
  });
  await assert.rejects(stranger.list(signingKeysOf(tenant)), { code: 'seal-broken' });
});
