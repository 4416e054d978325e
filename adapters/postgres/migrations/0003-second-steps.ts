import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Methods are counted and kept apart by what they are known by outside. */
async function extendFactor(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('factor').addColumn('identity', 'text').execute();
  // Two browsers that set up one key at once: one wins, the other insert finds it taken. Counts accounts, too.
  await db.schema
    .createIndex('factor_identity')
    .unique()
    .on('factor')
    .columns(['tenant_id', 'kind', 'identity', 'account_id'])
    .where(sql.ref('identity'), 'is not', null)
    .execute();
}

/** A table with at most one row for each person, gone with the person. */
function tableOfPerson(db: Kysely<unknown>, name: string) {
  return db.schema
    .createTable(name)
    .addColumn('tenant_id', 'uuid', (column) => column.notNull())
    .addColumn('account_id', 'uuid', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_pkey`, ['tenant_id', 'account_id'])
    .addForeignKeyConstraint(
      `${name}_account`,
      ['tenant_id', 'account_id'],
      'account',
      ['tenant_id', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    );
}

async function createBackupCode(db: Kysely<unknown>): Promise<void> {
  await tableOfPerson(db, 'backup_code')
    .addColumn('id', 'uuid', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('used_at', 'timestamptz')
    .execute();
}

async function createEnrolment(db: Kysely<unknown>): Promise<void> {
  await tableOfPerson(db, 'enrolment')
    .addColumn('skipped', sql`text[]`, (column) => column.notNull().defaultTo(sql`'{}'`))
    .addColumn('asked_at', 'timestamptz')
    .addColumn('finished_at', 'timestamptz')
    .execute();
}

async function createSecurityQuestion(db: Kysely<unknown>): Promise<void> {
  await tableOfPerson(db, 'security_question')
    .addColumn('question_key', 'text', (column) => column.notNull())
    .addColumn('question_text', 'text', (column) => column.notNull())
    .addColumn('answer_hash', 'text', (column) => column.notNull())
    .addColumn('set_at', 'timestamptz', (column) => column.notNull())
    .execute();
}

/** The back-up wall, as around every table with rows of tenants (0002). */
async function wallOff(db: Kysely<unknown>): Promise<void> {
  const here = sql`tenant_id = nullif(current_setting('poortwachter.tenant', true), '')::uuid`;
  for (const table of ['backup_code', 'enrolment', 'security_question']) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`create policy tenant_wall on ${sql.table(table)} using (${here}) with check (${here})`.execute(
      db,
    );
  }
}

/** Methods with an identity, backup codes, the course of first sign-ins, and security questions. Frozen. */
export const secondSteps: Migration = {
  async up(db) {
    await extendFactor(db);
    await createBackupCode(db);
    await createEnrolment(db);
    await createSecurityQuestion(db);
    await wallOff(db);
  },
};
