import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createTestDatabase } from '../../support/postgres.ts';
import { findFullScans } from './query-plan.ts';
import { createSqlRecorder } from './sql-recorder.ts';
import { runStoreContracts } from './store-contracts.ts';
import { grantEverything } from './two-tenants.ts';

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

  for (const role of ['owner', 'application'] as const) {
    test(`every lookup goes through an index, as planned for the ${role} role`, async (t) => {
      const database = await createTestDatabase(t);
      // The wall stays; a statement of the owner's is planned like the others.
      await grantEverything(database.owner, database.applicationRole);
      const { db, forTenant } = database[role];
      // What is put in as it is given looks nothing up; what is put in from a lookup does.
      const lookups = recorder.statements().filter(([text]) => !/^insert .* values \(/.test(text));
      assert.ok(lookups.length >= 12, `only ${lookups.length} lookups were recorded`);
      for (const [text, parameters] of lookups) {
        // The wall's own condition is planned too, for the tenant that asks.
        for (const rows of role === 'owner' ? [db] : [db, forTenant(randomUUID())]) {
          assert.deepEqual(await findFullScans(rows, text, parameters), [], text);
        }
      }
    });
  }

  test('a lookup without an index is noticed', async (t) => {
    const { owner } = await createTestDatabase(t);
    const byName = 'select id from account where family_name = $1';
    assert.deepEqual(await findFullScans(owner.db, byName, ['x']), ['Seq Scan on account']);
    const every = 'select client_id from client order by tenant_id, client_id';
    assert.deepEqual(await findFullScans(owner.db, every, []), ['Index Only Scan on client']);
  });
});
