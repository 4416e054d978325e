import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createRevisionStore } from '#adapters/postgres/revision-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { AppError } from '#src/errors.ts';
import { createLog } from '#src/log.ts';
import { createKeyOperations } from '#src/provider/key-operations.ts';
import { LEAD_MS, WIPE_AFTER_MS } from '#src/provider/key-plan.ts';
import type { SigningRing } from '#src/provider/key-ring.ts';
import { openKeyRings } from '#src/provider/key-rings.ts';
import { COOKIE_KEYS, signingKeysOf } from '#src/provider/keys.ts';
import type { KeyStore } from '#src/provider/ports.ts';
import { openRevisionWatch } from '#src/revision/watch.ts';
import { createSystemEvents } from '#src/system-events.ts';
import { createTestClock } from '../../support/clock.ts';
import { createNotedEvents, notedEntry } from '../../support/noted-events.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { eventually } from '../../support/product-process.ts';

const HOUR = 3_600_000;
const schedule = { rollMs: 90 * 24 * HOUR, overlapMs: 24 * HOUR };

/** One process of an installation: rings over real stores that can go away, and operators in another process. */
async function openProcess(t: TestContext) {
  const { application } = await createTestDatabase(t);
  const sealer = createSealer({ current: masterKeyFrom('A'.repeat(43)), previous: [] });
  const stored = createKeyStore({ database: application, sealer });
  const clock = createTestClock();
  const logged: string[] = [];
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => logged.push(line) });
  const database = { away: false, reads: 0, afterRead: async () => {} };
  const keys: KeyStore = {
    ...stored,
    change: stored.change,
    wipe: stored.wipe,
    async list(owner) {
      database.reads += 1;
      if (database.away) throw new AppError('store-unavailable', 503, 'the test says so');
      const read = await stored.list(owner);
      await database.afterRead();
      return read;
    },
  };
  const revisions = await openRevisionWatch({ revisions: createRevisionStore(application), log });
  const { noted, events } = createNotedEvents();
  const homeId = randomUUID();
  const rings = openKeyRings({ keys, clock, schedule, revisions, log, events, homeId });
  t.after(async () => {
    revisions[Symbol.dispose]();
    await rings[Symbol.asyncDispose]();
  });
  const { id } = await createTenantStore(application).ensure('a', 'https://a.example');
  const operators = createKeyOperations({ keys: stored, clock, schedule });
  return { clock, database, logged, noted, homeId, revisions, rings, operators, keys: stored, tenantId: id };
}

const signing = ({ jwks }: SigningRing) =>
  jwks.filter(({ key_ops }) => key_ops === undefined).map(({ kid }) => kid);
const published = ({ jwks }: SigningRing) => jwks.map(({ kid }) => kid);
const inHaste = { purpose: 'signing', kind: 'ec', inHaste: true } as const;

test('a ring is the same object, read once, as long as nothing in it changes', async (t) => {
  const { rings, operators, revisions, database, tenantId } = await openProcess(t);
  const [ring, at, once] = await Promise.all([rings.of(tenantId), rings.of(tenantId), rings.of(tenantId)]);
  assert.ok(ring === at && at === once);
  assert.equal(ring.jwks.length, 3);
  await revisions.check();
  await rings.of(tenantId);
  const { reads } = database;
  assert.equal(await rings.of(tenantId), ring);
  assert.equal(database.reads, reads);
  await operators.rotate(tenantId, { purpose: 'cookie', kind: undefined, inHaste: true });
  await revisions.check();
  assert.equal(await rings.of(tenantId), ring, 'read again, but another owner’s keys changed');
});

test('a change by another process is published at the next look, and signs at its moment', async (t) => {
  const { rings, operators, revisions, clock, tenantId } = await openProcess(t);
  const before = await rings.of(tenantId);
  const [rotation] = await operators.rotate(tenantId, inHaste);
  const kid = rotation?.id ?? '';
  assert.equal(await rings.of(tenantId), before, 'nobody knows yet');
  await revisions.check();
  const after = await rings.of(tenantId);
  assert.ok(published(after).includes(kid));
  assert.deepEqual(signing(after), signing(before));
  clock.advance(LEAD_MS);
  const later = await rings.of(tenantId);
  assert.equal(signing(later)[0], kid);
  assert.ok(published(later).includes(signing(before)[0] ?? ''), 'the one before it is still accepted');
});

test('roles change without a database, the known keys go on serving, and an outage is told once', async (t) => {
  const { rings, operators, revisions, clock, database, logged, tenantId } = await openProcess(t);
  await rings.of(tenantId);
  const [rotation] = await operators.rotate(tenantId, inHaste);
  await revisions.check();
  await rings.of(tenantId);
  database.away = true;
  await operators.rotate(tenantId, { ...inHaste, kind: 'okp' });
  await revisions.check();
  clock.advance(LEAD_MS);
  for (let request = 0; request < 5; request += 1) {
    assert.equal(signing(await rings.of(tenantId))[0], rotation?.id);
    clock.advance(5_000);
  }
  const warnings = () => logged.filter((line) => line.includes('can not be read anew'));
  assert.equal(warnings().length, 1);
  database.away = false;
  assert.equal((await rings.of(tenantId)).jwks.length, 5, 'three, and two that came');
  database.away = true;
  await operators.rotate(tenantId, { ...inHaste, kind: 'okp' });
  await revisions.check();
  clock.advance(5_000);
  await rings.of(tenantId);
  assert.equal(warnings().length, 2, 'the next outage is told again');
});

test('while the database is away requests do not each wait for it', async (t) => {
  const { rings, operators, revisions, clock, database, tenantId } = await openProcess(t);
  await rings.of(tenantId);
  await operators.rotate(tenantId, inHaste);
  await revisions.check();
  database.away = true;
  database.reads = 0;
  for (let request = 0; request < 5; request += 1) await rings.of(tenantId);
  assert.equal(database.reads, 1);
  clock.advance(4_000);
  await rings.of(tenantId);
  assert.equal(database.reads, 2);
});

test('a change that comes while keys are being read is read by the next request', async (t) => {
  const { rings, operators, revisions, database, tenantId } = await openProcess(t);
  await rings.of(tenantId);
  await operators.rotate(tenantId, inHaste);
  await revisions.check();
  database.afterRead = async () => {
    database.afterRead = async () => {};
    await operators.rotate(tenantId, { ...inHaste, kind: 'okp' });
    await revisions.check();
  };
  assert.equal((await rings.of(tenantId)).jwks.length, 4);
  assert.equal((await rings.of(tenantId)).jwks.length, 5);
});

test('without any key known an outage is an outage, and the next request tries again', async (t) => {
  const { rings, database, tenantId } = await openProcess(t);
  database.away = true;
  await assert.rejects(rings.of(tenantId), { code: 'store-unavailable' });
  database.away = false;
  assert.equal((await rings.of(tenantId)).jwks.length, 3);
});

const rolledEntry = (tenantId: string, detail: Record<string, string>) =>
  notedEntry({ tenantId, event: 'key.rolled', detail });

test('the roll of a key of the installation is told in the log of the configuration’s tenant', async (t) => {
  const { rings, clock, keys, revisions, noted, homeId } = await openProcess(t);
  await rings.cookies();
  clock.advance(schedule.rollMs - schedule.overlapMs);
  await rings.cookies();
  const look = async () => {
    await revisions.check();
    return noted;
  };
  await eventually(look, ({ length }) => length > 0);
  const [, successor, ...more] = await keys.list(COOKIE_KEYS);
  assert.deepEqual(more, []);
  assert.deepEqual(noted, [
    rolledEntry(homeId, { purpose: 'cookie', kind: 'hmac', key: successor?.id ?? '' }),
  ]);
});

test('keys roll by themselves without keeping a request, and old secrets are wiped', async (t) => {
  const { rings, revisions, clock, keys, noted, tenantId } = await openProcess(t);
  const first = await rings.of(tenantId);
  clock.advance(schedule.rollMs - schedule.overlapMs);
  assert.equal(await rings.of(tenantId), first, 'the request that finds it due gets what is known');
  const look = async () => {
    await revisions.check();
    return rings.of(tenantId);
  };
  const rolled = await eventually(look, ({ jwks }) => jwks.length === 6);
  assert.deepEqual(signing(rolled), signing(first));
  const added = (await keys.list(signingKeysOf(tenantId))).slice(3);
  const entries = added.map(({ id, kind }) => rolledEntry(tenantId, { purpose: 'signing', kind, key: id }));
  assert.deepEqual(new Set(noted), new Set(entries));
  clock.advance(schedule.overlapMs);
  const next = await rings.of(tenantId);
  assert.deepEqual(published(next).toSorted(), published(rolled).toSorted());
  assert.ok(signing(next).every((kid) => !signing(first).includes(kid)));
  clock.advance(schedule.overlapMs);
  assert.equal((await rings.of(tenantId)).jwks.length, 3);
  const secrets = async () => (await keys.list(signingKeysOf(tenantId))).filter(({ secret }) => secret);
  assert.equal((await secrets()).length, 6, 'kept a little longer, for clocks that are behind');
  clock.advance(WIPE_AFTER_MS);
  await rings.of(tenantId);
  const left = await eventually(secrets, ({ length }) => length === 3);
  assert.deepEqual(left.map(({ id }) => id).toSorted(), signing(next).toSorted());
  assert.equal(await look(), await rings.of(tenantId));
});

test('cookies that a previous key signed hold through the overlap, and no longer', async (t) => {
  const { rings, revisions, clock, operators, tenantId } = await openProcess(t);
  const signature = (await rings.cookies()).sign('name=value');
  await operators.rotate(tenantId, { purpose: 'cookie', kind: undefined, inHaste: true });
  await revisions.check();
  const early = (await rings.cookies()).sign('name=value');
  assert.equal(early, signature, 'the next key does not sign yet');
  clock.advance(LEAD_MS);
  const cookies = await rings.cookies();
  assert.notEqual(cookies.sign('name=value'), signature);
  assert.equal(cookies.index('name=value', signature), 0);
  clock.advance(schedule.overlapMs);
  assert.equal((await rings.cookies()).index('name=value', signature), -1);
});

test('a successor’s cookies hold on a process whose clock is behind', async (t) => {
  const { rings, revisions, clock, operators, keys, tenantId } = await openProcess(t);
  await rings.cookies();
  await operators.rotate(tenantId, { purpose: 'cookie', kind: undefined, inHaste: true });
  await revisions.check();
  const ahead = openKeyRings({
    keys,
    schedule,
    revisions,
    clock: { now: () => clock.now() + LEAD_MS },
    log: createLog({ level: 'silent', format: 'json' }),
    ...{ events: createSystemEvents(undefined), homeId: tenantId },
  });
  t.after(async () => ahead[Symbol.asyncDispose]());
  const signature = (await ahead.cookies()).sign('name=value');
  assert.equal((await rings.cookies()).verify('name=value', signature), true);
  assert.equal((await rings.cookies()).verify('name=other', signature), false);
  assert.equal((await keys.list(COOKIE_KEYS)).length, 2);
});
