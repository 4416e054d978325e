import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';

/** Every table that has rows of tenants, with a column that any role may be let to update. */
export const walledTables = {
  account: 'given_name',
  factor: 'label',
  backup_code: 'hash',
  enrolment: 'finished_at',
  security_question: 'question_key',
  message: 'fault',
  client: 'created_at',
  key: 'created_at',
} as const;

export type WalledTable = keyof typeof walledTables;

/** A tenant with one row in each walled table; `name` stands in all of them. */
async function fill({ db }: OpenDatabase, name: string): Promise<string> {
  const [tenant, account] = [randomUUID(), randomUUID()];
  const run = (statement: ReturnType<typeof sql>) => statement.execute(db);
  await run(
    sql`insert into tenant (id, key, issuer) values (${tenant}, ${name}, ${`https://${name}.example`})`,
  );
  await run(sql`insert into account (tenant_id, id, login_name, login_name_canonical, given_name, family_name,
    email_verified, phone_verified, locale, roles)
    values (${tenant}, ${account}, ${name}, ${name}, ${name}, ${name}, false, false, 'nl', '{}')`);
  await run(sql`insert into factor (tenant_id, id, account_id, kind, label, data_sealed, created_at)
    values (${tenant}, ${randomUUID()}, ${account}, 'totp', ${name}, ${name}, now())`);
  await run(sql`insert into backup_code (tenant_id, account_id, id, hash, created_at)
    values (${tenant}, ${account}, ${randomUUID()}, ${name}, now())`);
  await run(sql`insert into enrolment (tenant_id, account_id) values (${tenant}, ${account})`);
  await run(sql`insert into security_question (tenant_id, account_id, question_key, question_text, answer_hash, set_at)
    values (${tenant}, ${account}, ${name}, ${name}, ${name}, now())`);
  await run(sql`insert into message (id, tenant_id, account_id, kind, next_at, expires_at, created_at, fault)
    values (${randomUUID()}, ${tenant}, ${account}, 'message', now(), now(), now(), ${name})`);
  await run(
    sql`insert into client (tenant_id, client_id, metadata) values (${tenant}, ${name}, ${JSON.stringify({ name })})`,
  );
  await run(sql`insert into key (id, purpose, tenant_id, kind, secret_sealed, created_at, current_from)
    values (${name}, 'signing', ${tenant}, 'ec', ${name}, now(), now())`);
  return tenant;
}

/** Two tenants, and a key of the installation, made past the wall by the owner. */
export async function fillTwoTenants(owner: OpenDatabase): Promise<{ here: string; there: string }> {
  const tenants = { here: await fill(owner, 'here'), there: await fill(owner, 'there') };
  await sql`insert into key (id, purpose, kind, secret_sealed, created_at, current_from)
    values ('everybodys', 'cookie', 'hmac', 'everybodys', now(), now())`.execute(owner.db);
  return tenants;
}

/** Lets the application role do everything, so that nothing but the wall stands in its way. */
export async function grantEverything(owner: OpenDatabase, role: string): Promise<void> {
  await sql`grant select, insert, update, delete on all tables in schema public to ${sql.id(role)}`.execute(
    owner.db,
  );
}
