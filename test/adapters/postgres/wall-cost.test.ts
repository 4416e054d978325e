import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { openPostgres } from '#adapters/postgres/connect.ts';
import type { Database } from '#adapters/postgres/schema.ts';
import { findWeaknesses } from '#adapters/postgres/weaknesses.ts';
import { createTestDatabase, endOfSuite, type TestDatabase } from '../../support/postgres.ts';
import { fillTwoTenants } from './two-tenants.ts';
import { openWireRecorder } from './wire-recorder.ts';

const SETTING = /set_config\('poortwachter\.tenant', \$1, (true|false)\)/;

/** What went over the wire, one word a statement. */
function words(texts: readonly string[]): string[] {
  return texts.map((text) => {
    const local = SETTING.exec(text)?.[1];
    if (local !== undefined) return local === 'true' ? 'set for a transaction' : 'set';
    return text.trim().split(/\s/, 1)[0] ?? '';
  });
}

function read(db: Kysely<Database>) {
  return db.selectFrom('account').select('tenant_id').execute();
}

describe('what the wall costs', () => {
  const ending = endOfSuite();
  let database: TestDatabase;
  let here: string;
  let there: string;
  before(async () => {
    database = await createTestDatabase(ending);
    ({ here, there } = await fillTwoTenants(database.owner));
  });

  async function listen(t: TestContext, likeAPooler = false) {
    const wire = await openWireRecorder(t, database.url, { likeAPooler });
    const one = openPostgres({ url: wire.url, poolSize: 1 });
    t.after(() => one[Symbol.asyncDispose]());
    await one.ping();
    wire.take();
    return { wire, one };
  }

  test('a read takes no transaction, and nothing at all while the connection stays with its tenant', async (t) => {
    const { wire, one } = await listen(t);
    await read(one.forTenant(here));
    assert.deepEqual(words(wire.take()), ['set', 'select']);
    for (let count = 0; count < 3; count += 1) await read(one.forTenant(here));
    assert.deepEqual(words(wire.take()), ['select', 'select', 'select']);
  });

  test('a connection that passes to another tenant, or to none, takes one short statement', async (t) => {
    const { wire, one } = await listen(t);
    for (const db of [one.forTenant(here), one.forTenant(there), one.db, one.db]) await read(db);
    assert.deepEqual(words(wire.take()), ['set', 'select', 'set', 'select', 'set', 'select', 'select']);
  });

  test('a transaction takes none of its own', async (t) => {
    const { wire, one } = await listen(t);
    await one
      .forTenant(here)
      .transaction()
      .execute((transaction) => read(transaction));
    assert.deepEqual(words(wire.take()), ['set', 'begin', 'select', 'commit']);
  });

  test('behind a pooler, no setting outlives its transaction', async (t) => {
    const { wire, one } = await listen(t, true);
    assert.equal(one.pooled(), true);
    assert.match((await findWeaknesses(one)).join(), /a pooler stands between/);
    wire.take();
    assert.deepEqual(await read(one.forTenant(here)), [{ tenant_id: here }]);
    assert.deepEqual(words(wire.take()), ['begin', 'set for a transaction', 'select', 'commit']);
    await one
      .forTenant(there)
      .transaction()
      .execute(async (transaction) => {
        assert.deepEqual(await read(transaction), [{ tenant_id: there }]);
        assert.deepEqual(await read(transaction), [{ tenant_id: there }]);
      });
    assert.deepEqual(words(wire.take()), ['begin', 'set for a transaction', 'select', 'select', 'commit']);
    assert.deepEqual(await read(one.db), []);
  });

  test('behind a pooler, a query that failed leaves a connection that works', async (t) => {
    const { wire, one } = await listen(t, true);
    await assert.rejects(sql`select 1 / 0`.execute(one.forTenant(here)), /division by zero/);
    assert.deepEqual(words(wire.take()), ['begin', 'set for a transaction', 'select', 'rollback']);
    assert.deepEqual(await read(one.forTenant(there)), [{ tenant_id: there }]);
  });

  test('without a pooler, none is seen', async (t) => {
    const { one } = await listen(t);
    assert.equal(one.pooled(), false);
  });
});
