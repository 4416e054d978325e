import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { CompiledQuery, type Kysely, sql } from 'kysely';
import { applicationPrivileges } from '#adapters/postgres/application-privileges.ts';
import { migrate } from '#adapters/postgres/migrate.ts';
import type { Database } from '#adapters/postgres/schema.ts';
import { AppError } from '#src/errors.ts';
import { createAccount, newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { createSetting, createStores } from './store-contracts.ts';

const NOT_ALLOWED = '42501';

async function refuses(db: Kysely<Database>, statement: string): Promise<void> {
  await assert.rejects(
    db.executeQuery(CompiledQuery.raw(statement)),
    (error) => error instanceof Error && 'code' in error && error.code === NOT_ALLOWED,
    statement,
  );
}

describe('the application role', () => {
  test('has no DDL', async (t) => {
    const { application, owner, applicationRole } = await createTestDatabase(t);
    // A copied database has its template's tables, but not what was revoked on the template itself.
    await migrate(owner.db, { applicationRole });
    for (const statement of [
      'create table extra (id integer)',
      'create temporary table extra (id integer)',
      'create schema extra',
      'create index extra on account (family_name)',
      'alter table account add column extra text',
      'drop table account',
      'truncate account',
    ]) {
      await refuses(application.db, statement);
    }
  });

  test('changes nothing but what the application changes', async (t) => {
    const { application } = await createTestDatabase(t);
    for (const statement of [
      "update tenant set issuer = 'https://elsewhere.example'",
      "update account set login_name = 'other'",
      'update account set phone_verified = true',
      "update account set roles = '{admin}'",
      "update factor set identity = 'other'",
      'update factor set account_id = id',
      'update backup_code set account_id = id',
      'update enrolment set account_id = tenant_id',
      'update security_question set account_id = tenant_id',
      "update client set metadata = '{}'",
      "update key set succeeds = 'other'",
      "update sign_in_lane set lane = ''",
      'update mail_link set account_id = id',
      "update mail_link set token_hash = 'known'",
      'update mail_link set code_digest = null',
      'update mail_link set expires_at = now()',
      "update message set kind = 'other'",
      'update message set account_id = id',
      ...['audit_event', 'audit_origin', 'audit_seal', 'audit_pending'].map(
        (table) => `update ${table} set tenant_id = tenant_id`,
      ),
      'delete from tenant',
      'delete from account',
      'delete from enrolment',
      'delete from security_question',
      'delete from key',
      'delete from message',
      ...['audit_event', 'audit_origin', 'audit_seal'].flatMap((table) => [
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ]),
      "insert into kysely_migration values ('9999-x', '')",
      'delete from kysely_migration',
    ]) {
      await refuses(application.db, statement);
    }
  });

  test('does not read how migrations are locked', async (t) => {
    const { application } = await createTestDatabase(t);
    await refuses(application.db, 'select * from kysely_migration_lock');
  });
});

describe('the privileges of the application role', () => {
  test('makes tenants but never moves one', async (t) => {
    const { application } = await createTestDatabase(t);
    const { tenants, tenantId } = await createSetting(application);
    await assert.rejects(
      tenants.moveIssuer(tenantId, 'https://elsewhere.example'),
      (error) => error instanceof Error && 'code' in error && error.code === NOT_ALLOWED,
    );
  });

  test('loses at the next migration whatever it was given beside', async (t) => {
    const { application, owner, applicationRole } = await createTestDatabase(t);
    const asOwner = (statement: string) => owner.db.executeQuery(CompiledQuery.raw(statement));
    await asOwner(`grant delete on account to ${applicationRole}`);
    await asOwner('grant select on kysely_migration_lock to public');
    await asOwner(`grant create on schema public to ${applicationRole}`);
    await migrate(owner.db, { applicationRole });
    await refuses(application.db, 'delete from account');
    await refuses(application.db, 'select * from kysely_migration_lock');
    await refuses(application.db, 'create table extra (id integer)');
    await createStores(application).tenants.ensure('default', 'https://login.example');
  });

  test('must exist before it is given anything', async (t) => {
    const { owner } = await createTestDatabase(t);
    const role = `nobody_${randomBytes(4).toString('hex')}`;
    await assert.rejects(
      migrate(owner.db, { applicationRole: role }),
      (error) => error instanceof AppError && error.message.includes(`no role ${role}`),
    );
  });
});

describe('the tables', () => {
  test('every table says what the application may do with it', async (t) => {
    const { owner } = await createTestDatabase(t);
    const tables = await owner.db.introspection.getTables({ withInternalKyselyTables: true });
    const closed = ['kysely_migration_lock'];
    assert.deepEqual(
      tables.map((table) => table.name).sort(),
      [...Object.keys(applicationPrivileges), ...closed].sort(),
    );
  });

  test('whatever a tenant owns is found, and is unique, within the tenant', async (t) => {
    const { owner } = await createTestDatabase(t);
    const { rows } = await sql<{ name: string; first: string; nullable: boolean }>`
      select i.indexrelid::regclass::text as name, a.attname as first, not a.attnotnull as nullable
      from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indrelid::regclass::text in
        ('account', 'factor', 'backup_code', 'enrolment', 'security_question', 'client',
         'sign_in_lane', 'mail_link')`.execute(owner.db);
    assert.ok(rows.length >= 14);
    for (const row of rows) assert.deepEqual([row.first, row.nullable], ['tenant_id', false], row.name);
  });

  test('a factor never belongs to an account of another tenant', async (t) => {
    const { application } = await createTestDatabase(t);
    const { tenantId, otherTenantId, accounts } = await createSetting(application);
    const account = await createAccount(accounts, newAccount(tenantId, 'werkgever'));
    const insert = application
      .forTenant(otherTenantId)
      .insertInto('factor')
      .values({
        id: randomUUID(),
        tenant_id: otherTenantId,
        account_id: account.id,
        kind: 'totp',
        label: '',
        data_sealed: '',
        identity: null,
        last_counter: null,
        created_at: new Date(0),
        last_used_at: new Date(0),
      });
    await assert.rejects(insert.execute(), /factor_account/);
  });
});
