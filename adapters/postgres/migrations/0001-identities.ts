import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Byte order: pages and uniqueness are then the same on every server, whatever its locale. */
const orderedText = sql`text collate "C"`;

async function createTenant(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tenant')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('key', 'text', (column) => column.notNull().unique())
    .addColumn('issuer', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute();
}

async function createAccount(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('account')
    .addColumn('tenant_id', 'uuid', (column) => column.notNull().references('tenant.id'))
    .addColumn('id', 'uuid', (column) => column.notNull())
    .addColumn('login_name', 'text', (column) => column.notNull())
    .addColumn('login_name_canonical', orderedText, (column) => column.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('given_name', 'text', (column) => column.notNull())
    .addColumn('family_name', 'text', (column) => column.notNull())
    .addColumn('email_sealed', 'text')
    .addColumn('email_digest', 'text')
    .addColumn('email_verified', 'boolean', (column) => column.notNull())
    .addColumn('phone_sealed', 'text')
    .addColumn('phone_digest', 'text')
    .addColumn('phone_verified', 'boolean', (column) => column.notNull())
    .addColumn('locale', 'text', (column) => column.notNull())
    .addColumn('roles', sql`text[]`, (column) => column.notNull())
    .addColumn('enrolled_at', 'timestamptz')
    .addColumn('disabled_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint('account_pkey', ['tenant_id', 'id'])
    .addUniqueConstraint('account_login_name', ['tenant_id', 'login_name_canonical'])
    .addCheckConstraint('account_login_name_given', sql`login_name_canonical <> ''`)
    .addCheckConstraint('account_email_findable', sql`(email_sealed is null) = (email_digest is null)`)
    .addCheckConstraint('account_email_proved', sql`email_sealed is not null or not email_verified`)
    .addCheckConstraint('account_phone_findable', sql`(phone_sealed is null) = (phone_digest is null)`)
    .addCheckConstraint('account_phone_proved', sql`phone_sealed is not null or not phone_verified`)
    .execute();
  await db.schema
    .createIndex('account_email')
    .on('account')
    .columns(['tenant_id', 'email_digest'])
    .where(sql.ref('email_digest'), 'is not', null)
    .execute();
}

async function createFactor(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('factor')
    .addColumn('tenant_id', 'uuid', (column) => column.notNull())
    .addColumn('id', 'uuid', (column) => column.notNull())
    .addColumn('account_id', 'uuid', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('data_sealed', 'text', (column) => column.notNull())
    .addColumn('last_counter', 'bigint')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('last_used_at', 'timestamptz')
    .addPrimaryKeyConstraint('factor_pkey', ['tenant_id', 'id'])
    .addForeignKeyConstraint(
      'factor_account',
      ['tenant_id', 'account_id'],
      'account',
      ['tenant_id', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute();
  await db.schema
    .createIndex('factor_of_account')
    .on('factor')
    .columns(['tenant_id', 'account_id'])
    .execute();
}

async function createClient(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('client')
    .addColumn('tenant_id', 'uuid', (column) => column.notNull().references('tenant.id'))
    .addColumn('client_id', orderedText, (column) => column.notNull())
    .addColumn('metadata', 'jsonb', (column) => column.notNull())
    .addColumn('secret_sealed', 'text')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint('client_pkey', ['tenant_id', 'client_id'])
    .execute();
}

async function createKey(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('key')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('tenant_id', 'uuid', (column) => column.references('tenant.id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull().defaultTo('current'))
    .addColumn('secret_sealed', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addCheckConstraint('key_purpose', sql`purpose in ('signing', 'cookie', 'digest')`)
    .addCheckConstraint('key_status', sql`status in ('next', 'current', 'previous', 'withdrawn')`)
    .addCheckConstraint('key_owner', sql`(purpose = 'signing') = (tenant_id is not null)`)
    .execute();
  await db.schema.createIndex('key_of_owner').on('key').columns(['tenant_id', 'purpose']).execute();
  // Two first starts at the same moment: one key wins, the other insert finds it taken.
  await db.schema
    .createIndex('key_one_current')
    .unique()
    .on('key')
    .columns(['purpose', 'tenant_id', 'kind'])
    .nullsNotDistinct()
    .where(sql.ref('status'), '=', sql.lit('current'))
    .execute();
}

/** Tenants, accounts, second-step methods, clients and keys. Frozen: a later change is a later migration. */
export const identities: Migration = {
  async up(db) {
    await createTenant(db);
    await createAccount(db);
    await createFactor(db);
    await createClient(db);
    await createKey(db);
  },
};
