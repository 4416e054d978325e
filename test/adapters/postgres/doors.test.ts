import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CompiledQuery, sql } from 'kysely';
import { applicationFunctions } from '#adapters/postgres/application-privileges.ts';
import { migrate } from '#adapters/postgres/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { fillTwoTenants } from './two-tenants.ts';

interface Door {
  name: string;
  /** Whether it runs as its owner, past the wall. */
  open: boolean;
  callers: string[];
  settings: string[] | null;
}

async function doorsOf({ owner }: TestDatabase): Promise<Door[]> {
  const { rows } = await sql<Door>`
    select p.proname as name, p.prosecdef as open, p.proconfig as settings,
      array(select coalesce(nullif(a.grantee, 0)::regrole::text, 'public')
        from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where a.grantee <> p.proowner order by 1) as callers
    from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`.execute(owner.db);
  return rows;
}

/** What each door shows, and nothing else: no text of a message but sealed, no event, no account. */
const shown = {
  claim_messages: [
    ...['id', 'tenant_id', 'account_id', 'kind', 'channel', 'ending'],
    ...['payload_sealed', 'attempts', 'created_at', 'expires_at'],
  ],
  message_depths: ['kind', 'waiting', 'dead', 'oldest'],
  tenants_to_seal: ['tenants_to_seal'],
} as const;

const calls = {
  claim_messages: "select * from claim_messages(now(), now() + interval '1 minute', 10)",
  message_depths: 'select * from message_depths()',
  tenants_to_seal: 'select * from tenants_to_seal()',
} as const;

const doors = ['claim_messages', 'message_depths', 'tenants_to_seal'] as const;

describe('the doors in the wall between tenants', () => {
  test('are those that are listed, and the application role alone may use them', async (t) => {
    const database = await createTestDatabase(t);
    const found = await doorsOf(database);
    assert.deepEqual(
      found.map(({ name }) => name),
      [...applicationFunctions].sort(),
    );
    for (const { name, open, callers } of found) {
      assert.deepEqual([open, callers], [true, [database.applicationRole]], name);
    }
  });

  test('are closed again to whoever was let in beside', async (t) => {
    const database = await createTestDatabase(t);
    const { owner, applicationRole } = database;
    await owner.db.executeQuery(CompiledQuery.raw('grant execute on function message_depths() to public'));
    await migrate(owner.db, { applicationRole });
    for (const { name, callers } of await doorsOf(database))
      assert.deepEqual(callers, [applicationRole], name);
  });

  for (const name of doors) {
    test(`${name} goes over all tenants and shows what it must, no column more`, async (t) => {
      const { application, owner } = await createTestDatabase(t);
      const tenants = await fillTwoTenants(owner);
      const { rows } = await application.db.executeQuery(CompiledQuery.raw(calls[name]));
      const seen = rows.flatMap((row) => (typeof row === 'object' && row !== null ? [row] : []));
      for (const row of seen) assert.deepEqual(Object.keys(row).sort(), [...shown[name]].sort());
      const text = JSON.stringify(seen);
      if (name === 'message_depths') assert.match(text, /"waiting":2,/);
      else for (const tenant of Object.values(tenants)) assert.ok(text.includes(tenant));
    });

    test(`${name} meets the owner's tables, whatever tables the caller made`, async (t) => {
      // Migrating takes the right to make temporary tables away; a copied database still has it.
      const { application, owner } = await createTestDatabase(t);
      await fillTwoTenants(owner);
      const seen = await application.db.transaction().execute(async (transaction) => {
        for (const table of ['message', 'audit_pending']) {
          await sql`create temporary table ${sql.table(table)} (like ${sql.table(`public.${table}`)})
            on commit drop`.execute(transaction);
        }
        return (await transaction.executeQuery(CompiledQuery.raw(calls[name]))).rows;
      });
      assert.notDeepEqual(seen, []);
      assert.doesNotMatch(JSON.stringify(seen), /"waiting":0/);
    });
  }
});
