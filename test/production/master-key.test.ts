import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { z } from 'zod';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { sealContext } from '#adapters/postgres/seal-context.ts';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { systemClock } from '#src/clock.ts';
import { openDurable } from '#src/compose/durable.ts';
import { createLog } from '#src/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { productSettings, startProduct } from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';
import { type Child, startNode } from '../support/trial.ts';

const PEOPLE = 2_000;

const summary = z.object({
  sealedBy: z.record(z.string(), z.number()),
  tables: z.array(
    z.object({ table: z.string(), total: z.number(), resealed: z.number(), unreadable: z.number() }),
  ),
});

const emailOf = (at: number) => `persoon-${at}@test.example`;

/** People whose addresses the old key sealed; gives their ids. */
async function addPeople({ owner }: TestDatabase, tenantId: string, oldKey: string): Promise<string[]> {
  const sealer = createSealer({ current: masterKeyFrom(oldKey), previous: [] });
  const ids = Array.from({ length: PEOPLE }, () => randomUUID());
  const sealed = ids.map((id, at) => sealer.seal(emailOf(at), sealContext.account(tenantId, id, 'email')));
  await sql`insert into account (tenant_id, id, login_name, login_name_canonical, given_name, family_name,
      email_sealed, email_digest, email_verified, phone_verified, locale, roles)
    select ${tenantId}, made.id, made.id::text, made.id::text, 'Test', 'Test', made.sealed, made.id::text, false,
      false, 'nl', '{}' from unnest(${ids}::uuid[], ${sealed}::text[]) as made (id, sealed)`.execute(
    owner.db,
  );
  return ids;
}

/** How many addresses the old key still seals. */
async function leftUnder(oldKey: string, { owner }: TestDatabase): Promise<number> {
  const { rows } = await sql<{ left: number }>`select count(*) as left from account
    where email_sealed like ${`v1.${masterKeyFrom(oldKey).id}.%`}`.execute(owner.db);
  return rows[0]?.left ?? Number.NaN;
}

/** What the audit log has of them. */
async function resealings({ owner }: TestDatabase) {
  const { rows } = await sql`select actor, reason, tenant_id from audit_event where event = 'keys.resealed'
    order by seq`.execute(owner.db);
  return rows;
}

/** The command, as an operator runs it: the server's settings and the owner's address. */
async function createCommand(t: TestContext, settings: RawSettings, migrationUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-reseal-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'settings.yaml');
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  const env = { PATH: process.env.PATH, POORTWACHTER_CONFIG: file, DATABASE_MIGRATION_URL: migrationUrl };
  return (...args: string[]): Child => startNode(['src/cli/bin.mjs', 'keys', 'reseal', ...args], env);
}

async function untilHalfWay(child: Child): Promise<void> {
  const begun = Promise.withResolvers<void>();
  child.process.stderr?.on('data', () => begun.resolve());
  child.ended.then((code) => begun.reject(new Error(`it ended with ${code}:\n${child.printed()}`)));
  await begun.promise;
}

async function asSummary(child: Child) {
  assert.equal(await child.ended, 0, child.printed());
  return summary.parse(JSON.parse(child.printed().slice(child.printed().indexOf('{'))));
}

async function readEmail(settings: RawSettings, tenantId: string, id: string): Promise<string | undefined> {
  const loaded = parseSettings(settings);
  assert.ok(loaded.ok);
  const log = createLog({ level: 'silent', format: 'json' });
  await using durable = await openDurable(loaded.config, { clock: systemClock, log });
  return (await durable.accounts.findById(tenantId, id))?.email;
}

test('a master key is replaced beside a serving process, also when that is broken off half-way', async (t) => {
  const database = await createTestDatabase(t);
  const oldKey = randomBytes(32).toString('base64');
  const settings = await productSettings(database.url, testRedisUrl());
  const withBoth = { ...settings, previousMasterKeys: oldKey };
  const server = await startProduct(t, withBoth);
  await server.untilReady();
  const { rows } = await sql<{ id: string }>`select id from tenant`.execute(database.owner.db);
  const tenantId = rows[0]?.id ?? '';
  const ids = await addPeople(database, tenantId, oldKey);
  const reseal = await createCommand(t, withBoth, database.migrationUrl);

  const broken = reseal('--batch', '2', '--by', 'anne');
  await untilHalfWay(broken);
  broken.process.kill('SIGKILL');
  await broken.ended;
  assert.match(broken.printed(), /^account: \d+ of 2000, \d+ a second, \d+ s left\n/);
  const left = await leftUnder(oldKey, database);
  assert.ok(left > 0 && left < PEOPLE, `${left} are left`);
  assert.equal((await fetch(`${server.management}/readyz`)).status, 200);
  for (const at of [0, PEOPLE - 1])
    assert.equal(await readEmail(withBoth, tenantId, ids[at] ?? ''), emailOf(at));

  const resumed = await asSummary(reseal('--json', '--by', 'anne', '--reason', 'the rest'));
  const accounts = resumed.tables.find(({ table }) => table === 'account');
  assert.deepEqual([accounts?.total, accounts?.resealed, accounts?.unreadable], [left, left, 0]);
  const after = await asSummary(reseal('--dry-run', '--json'));
  assert.deepEqual(Object.keys(after.sealedBy), [masterKeyFrom(settings.masterKey).id]);
  assert.equal((await fetch(`${server.management}/readyz`)).status, 200);
  assert.deepEqual(await resealings(database), [
    { actor: 'anne', reason: null, tenant_id: tenantId },
    { actor: 'anne', reason: 'the rest', tenant_id: tenantId },
  ]);
  assert.equal(await server.stop(), 0, server.printed());

  const alone = await startProduct(t, settings);
  await alone.untilReady();
  for (const at of [0, PEOPLE - 1])
    assert.equal(await readEmail(settings, tenantId, ids[at] ?? ''), emailOf(at));
});
