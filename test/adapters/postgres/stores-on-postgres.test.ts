import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { createTestDatabase } from '../../support/postgres.ts';
import { findFullScans } from './query-plan.ts';
import { createSqlRecorder } from './sql-recorder.ts';
import { runStoreContracts } from './store-contracts.ts';

const SNAPSHOT = new URL('../../snapshots/sql.txt', import.meta.url);

const recorder = createSqlRecorder();

runStoreContracts('Postgres', (t) => createTestDatabase(t, { log: recorder.log }));

// After the contracts: what they sent is what the stores send.
describe('SQL of the stores', () => {
  test('every statement is one that was read before', () => {
    const sent = recorder.statements().map(([text]) => `${text}\n`);
    if (process.env.UPDATE_SNAPSHOTS === '1') writeFileSync(SNAPSHOT, sent.join(''));
    assert.equal(sent.join(''), readFileSync(SNAPSHOT, 'utf8'), 'UPDATE_SNAPSHOTS=1 writes it anew');
  });

  test('every lookup goes through an index', async (t) => {
    const { owner } = await createTestDatabase(t);
    await sql`set enable_seqscan = off`.execute(owner.db);
    const lookups = recorder.statements().filter(([text]) => !text.startsWith('insert '));
    assert.ok(lookups.length >= 12, `only ${lookups.length} lookups were recorded`);
    for (const [text, parameters] of lookups) {
      assert.deepEqual(await findFullScans(owner.db, text, parameters), [], text);
    }
  });

  test('a lookup without an index is noticed', async (t) => {
    const { owner } = await createTestDatabase(t);
    await sql`set enable_seqscan = off`.execute(owner.db);
    const byName = 'select id from account where family_name = $1';
    assert.deepEqual(await findFullScans(owner.db, byName, ['x']), ['Seq Scan on account']);
    const every = 'select client_id from client order by tenant_id, client_id';
    assert.deepEqual(await findFullScans(owner.db, every, []), ['Index Only Scan on client']);
  });
});
