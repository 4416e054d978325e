import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createLaneStore } from '#adapters/postgres/lane-store.ts';
import { createMailLinkStore } from '#adapters/postgres/mail-link-store.ts';
import type { Database } from '#adapters/postgres/schema.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase, endOfSuite, type TestDatabase } from '../../support/postgres.ts';

/** Bytes of the server's log of changes that `act` adds. */
async function written(db: Kysely<Database>, act: () => Promise<unknown>): Promise<number> {
  const at = async () =>
    (await sql<{ at: string }>`select pg_current_wal_insert_lsn()::text as at`.execute(db)).rows[0]?.at ?? '';
  const before = await at();
  await act();
  const { rows } = await sql<{ bytes: number }>`
    select pg_wal_lsn_diff(${await at()}::pg_lsn, ${before}::pg_lsn)::integer as bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

describe('what is done for an unknown name', () => {
  const ending = endOfSuite();
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase(ending);
  });

  test('reaches the disk as what is done for a known one does: by an entry in the log of changes', async () => {
    const { application, owner } = database;
    const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
    const digester = createDigester(randomBytes(32));
    const { id: tenantId } = await createTenantStore(application).ensure('bench', 'https://bench.example');
    const made = await createAccountStore({ database: application, sealer, digester }).create(
      newAccount(tenantId, 'bekend'),
    );
    assert.ok(made.kind === 'created');
    const lanes = createLaneStore({ database: application });
    const failure = { lane: '', of: 'password', limit: 100, at: Date.UTC(2026, 0, 15) } as const;
    const known = await written(owner.db, () => lanes.countFailure(tenantId, made.account.id, failure));
    const unknown = await written(owner.db, () => lanes.countFailure(tenantId, undefined, failure));
    assert.ok(known > 0 && unknown > 0, `${known} and ${unknown} bytes`);
    assert.equal(await lanes.countFailure(tenantId, undefined, failure), undefined);

    const links = createMailLinkStore({ database: application, sealer });
    const guess = (accountId: string) =>
      links.spendByCode(tenantId, [{ accountId, codeDigest: 'x' }], 'browser', Date.UTC(2026, 0, 15));
    assert.ok((await written(owner.db, () => guess(randomUUID()))) > 0);
    assert.ok(
      (await written(owner.db, () => links.spendByCode(tenantId, [], 'browser', Date.UTC(2026, 0, 15)))) > 0,
    );
  });
});
