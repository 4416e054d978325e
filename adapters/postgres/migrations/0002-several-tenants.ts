import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A tenant is found by its host, and keeps its own settings unless the configuration does that. */
async function extendTenant(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('tenant')
    .addColumn('settings', 'jsonb')
    // Host and port, as a browser sends them: the issuer without its scheme.
    .addColumn('host', 'text', (column) =>
      column.generatedAlwaysAs(sql`regexp_replace(issuer, '^https?://', '')`).stored().notNull(),
    )
    .execute();
  await db.schema.alterTable('tenant').addUniqueConstraint('tenant_host', ['host']).execute();
}

/** What a key is for at a moment follows from times that every process reads alike, so no process has to flip it. */
async function moveKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('key')
    .addColumn('current_from', 'timestamptz')
    .addColumn('withdrawn_at', 'timestamptz')
    .addColumn('succeeds', 'text', (column) => column.references('key.id'))
    .execute();
  await sql`update key set current_from = created_at`.execute(db);
  await db.schema.dropIndex('key_one_current').execute();
  await db.schema
    .alterTable('key')
    .alterColumn('current_from', (column) => column.setNotNull())
    .alterColumn('secret_sealed', (column) => column.dropNotNull())
    .dropColumn('status')
    .execute();
  // Two that roll, or start, at the same moment: one successor wins, the other insert finds it taken.
  await db.schema
    .createIndex('key_one_successor')
    .unique()
    .on('key')
    .columns(['purpose', 'tenant_id', 'kind', 'succeeds'])
    .nullsNotDistinct()
    .execute();
  await db.schema
    .alterTable('key')
    .addCheckConstraint('key_secret_kept', sql`secret_sealed is not null or withdrawn_at is not null`)
    .execute();
}

/** Counts changes to what every process holds in memory, so that all of them notice by one small query. */
async function createRevision(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('revision')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute();
  await sql`insert into revision (name, value) values ('keys', 1), ('tenants', 1)`.execute(db);
}

/**
 * The back-up wall (ground rule 6): whoever is not the owner sees the rows of the tenant that the connection names,
 * and of none while it names none.
 */
async function wallOff(db: Kysely<unknown>): Promise<void> {
  const here = sql`tenant_id = nullif(current_setting('poortwachter.tenant', true), '')::uuid`;
  const rules = { account: here, factor: here, client: here, key: sql`tenant_id is null or ${here}` };
  for (const [table, rule] of Object.entries(rules)) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`create policy tenant_wall on ${sql.table(table)} using (${rule}) with check (${rule})`.execute(
      db,
    );
  }
}

/** Several tenants behind walls, keys that move on by time, and a count of changes. Frozen. */
export const severalTenants: Migration = {
  async up(db) {
    await extendTenant(db);
    await moveKeys(db);
    await createRevision(db);
    await wallOff(db);
  },
};
