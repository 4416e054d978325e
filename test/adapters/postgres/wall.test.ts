import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { type OpenDatabase, openPostgres, openPostgresAsOwner } from '#adapters/postgres/connect.ts';
import type { Database } from '#adapters/postgres/schema.ts';
import { findWeaknesses } from '#adapters/postgres/weaknesses.ts';
import {
  createTestDatabase,
  createTestPglite,
  endOfSuite,
  type TestDatabase,
} from '../../support/postgres.ts';
import { fillTwoTenants, grantEverything, type WalledTable, walledTables } from './two-tenants.ts';

const tables = Object.keys(walledTables).filter((name): name is WalledTable => name in walledTables);

/** Whose rows a query that forgets the tenant finds. */
async function ownersIn(db: Kysely<Database>, table: WalledTable): Promise<(string | null)[]> {
  const { rows } = await sql<{ tenant_id: string | null }>`
    select distinct tenant_id from ${sql.table(table)} where tenant_id is not null`.execute(db);
  return rows.map(({ tenant_id }) => tenant_id);
}

/** How many rows a statement changes; everything is undone afterwards. */
async function changes(db: Kysely<Database>, statement: ReturnType<typeof sql>): Promise<bigint | undefined> {
  const transaction = await db.startTransaction().execute();
  try {
    return (await statement.execute(transaction)).numAffectedRows;
  } finally {
    await transaction.rollback().execute();
  }
}

const isRefused = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  error.code === '42501' &&
  /row-level security/.test(error.message);

describe('the wall between tenants', () => {
  const ending = endOfSuite();
  let database: TestDatabase;
  let here: string;
  let there: string;
  before(async () => {
    database = await createTestDatabase(ending);
    ({ here, there } = await fillTwoTenants(database.owner));
    await grantEverything(database.owner, database.applicationRole);
  });
  const ours = () => database.application.forTenant(here);

  for (const table of tables) {
    test(`a query on ${table} that forgets the tenant reads its own rows only`, async () => {
      assert.deepEqual(await ownersIn(ours(), table), [here]);
      assert.deepEqual(await ownersIn(database.application.forTenant(there), table), [there]);
      assert.deepEqual(await ownersIn(database.application.forTenant(randomUUID()), table), []);
      assert.deepEqual(await ownersIn(database.application.db, table), []);
      assert.equal((await ownersIn(database.owner.db, table)).length, 2, 'the rows are there');
    });

    test(`an update or a removal in ${table} that forgets the tenant touches no other's rows`, async () => {
      const column = sql.ref(walledTables[table]);
      // The key of the installation is everybody's.
      const seen = table === 'key' ? 2n : 1n;
      const unseen = seen - 1n;
      const update = sql`update ${sql.table(table)} set ${column} = ${column}`;
      const removal = sql`delete from ${sql.table(table)} where tenant_id is not null`;
      assert.equal(await changes(ours(), update), seen);
      assert.equal(await changes(database.application.db, update), unseen);
      assert.equal(await changes(ours(), removal), 1n);
      assert.equal(await changes(database.application.db, removal), 0n);
    });

    test(`a row of ${table} can not be put into, or moved to, another tenant`, async () => {
      const move = sql`update ${sql.table(table)} set tenant_id = ${there} where tenant_id is not null`;
      await assert.rejects(changes(ours(), move), isRefused);
      // A copy of one's own row, for the other one: refused before any other rule is looked at.
      const copy = sql`insert into ${sql.table(table)} overriding user value
        select (jsonb_populate_record(t, jsonb_build_object('tenant_id', ${there}::text))).* from ${sql.table(table)} t
        where tenant_id is not null`;
      await assert.rejects(changes(ours(), copy), isRefused);
    });
  }

  test('no table with a tenant_id stands outside', async () => {
    const { rows } = await sql<{ name: string; walled: boolean; rules: string[] }>`
      select c.relname as name, c.relrowsecurity as walled,
        array(select p.cmd || ' ' || coalesce(p.qual, '-') || ' / ' || coalesce(p.with_check, '-')
          from pg_policies p where p.tablename = c.relname and p.schemaname = 'public') as rules
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`.execute(
      database.owner.db,
    );
    assert.deepEqual(rows.map(({ name }) => name).sort(), [...tables].sort());
    for (const { name, walled, rules } of rows) {
      assert.ok(walled, name);
      assert.equal(rules.length, 1, `one rule for everything on ${name}`);
      assert.match(rules[0] ?? '', /^ALL .*poortwachter\.tenant.* \/ .*poortwachter\.tenant/, name);
    }
  });
});

describe('the wall, while one connection serves several tenants', () => {
  const ending = endOfSuite();
  let all: TestDatabase;
  let one: OpenDatabase;
  let here: string;
  let there: string;
  before(async () => {
    all = await createTestDatabase(ending);
    ({ here, there } = await fillTwoTenants(all.owner));
    one = openPostgres({ url: all.url, poolSize: 1 });
    ending.after(() => one[Symbol.asyncDispose]());
  });
  const seenBy = (tenant: string) => ownersIn(one.forTenant(tenant), 'account');

  test('each query sees its own tenant, however they follow each other', async () => {
    const order = Array.from({ length: 60 }, (_, at) => [here, there, undefined][(at * 7) % 3]);
    const seen = await Promise.all(
      order.map((tenant) => ownersIn(tenant === undefined ? one.db : one.forTenant(tenant), 'account')),
    );
    assert.deepEqual(
      seen,
      order.map((tenant) => (tenant === undefined ? [] : [tenant])),
    );
  });

  test('transactions of two tenants keep to themselves, also where they take turns', async (t) => {
    const two = openPostgres({ url: all.url, poolSize: 2 });
    t.after(() => two[Symbol.asyncDispose]());
    const [mine, theirs] = [
      await two.forTenant(here).startTransaction().execute(),
      await two.forTenant(there).startTransaction().execute(),
    ];
    for (let turn = 0; turn < 3; turn += 1) {
      assert.deepEqual(await ownersIn(mine, 'factor'), [here]);
      assert.deepEqual(await ownersIn(theirs, 'factor'), [there]);
    }
    await mine.commit().execute();
    await theirs.rollback().execute();
    assert.deepEqual(await ownersIn(two.forTenant(here), 'factor'), [here]);
    assert.deepEqual(await ownersIn(two.forTenant(there), 'factor'), [there]);
  });

  test('a transaction that failed leaves no tenant behind', async () => {
    await seenBy(there);
    const failing = one
      .forTenant(here)
      .transaction()
      .execute((transaction) => sql`select 1 / 0`.execute(transaction));
    await assert.rejects(failing, /division by zero/);
    assert.deepEqual(await seenBy(here), [here]);
    assert.deepEqual(await seenBy(there), [there]);
    assert.deepEqual(await ownersIn(one.db, 'account'), []);
  });

  test('a connection that was ended by the server is replaced by one that knows its tenant', async () => {
    for (const tenant of [here, there]) {
      await seenBy(here);
      const lost = one
        .forTenant(here)
        .transaction()
        .execute(async (transaction) => {
          await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
        });
      await assert.rejects(lost);
      assert.deepEqual(await seenBy(tenant), [tenant]);
    }
    assert.deepEqual(await ownersIn(one.db, 'account'), []);
  });

  test('a setting that is refused gives the connection back, and shows nobody', async () => {
    await seenBy(here);
    // No text of Postgres holds a null byte.
    await assert.rejects(ownersIn(one.forTenant('\0'), 'account'));
    assert.deepEqual(await ownersIn(one.db, 'account'), []);
    assert.deepEqual(await seenBy(here), [here]);
  });

  test('more tenants than builders are kept for change nothing', async () => {
    const keptFirst = one.forTenant(here);
    for (let count = 0; count < 600; count += 1) one.forTenant(randomUUID());
    assert.notEqual(one.forTenant(here), keptFirst, 'it was dropped meanwhile');
    assert.deepEqual(await ownersIn(keptFirst, 'account'), [here]);
    assert.deepEqual(await seenBy(here), [here]);
    const inUse = one.forTenant(here);
    for (let count = 0; count < 600; count += 1) {
      one.forTenant(randomUUID());
      one.forTenant(here);
    }
    assert.equal(one.forTenant(here), inUse, 'what is used stays');
  });
});

describe('a role that passes the wall', () => {
  test('is told at the start, with the tables that are open to it', async (t) => {
    const { application, migrationUrl } = await createTestDatabase(t);
    await using asOwner = openPostgresAsOwner({ url: migrationUrl });
    const [sentence = '', ...more] = await findWeaknesses(asOwner);
    assert.match(
      sentence,
      /passes the wall.*account, audit_event, audit_origin, audit_pending, audit_seal, backup_code, client,/,
    );
    assert.match(
      sentence,
      /client, enrolment, factor, key, mail_link, message, security_question, sign_in_lane$/,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(await findWeaknesses(application), []);
    assert.deepEqual(await findWeaknesses(await createTestPglite(t)), []);
  });
});
