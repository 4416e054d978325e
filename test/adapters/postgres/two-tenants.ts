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
  sign_in_lane: 'failures',
  mail_link: 'tries',
  audit_event: 'event',
  audit_origin: 'address',
  audit_pending: 'seq',
  audit_seal: 'content',
} as const;

export type WalledTable = keyof typeof walledTables;

/** What came with the ways back in (0004). */
async function fillWaysBack(
  run: (statement: ReturnType<typeof sql>) => Promise<unknown>,
  { tenant, account, name }: { tenant: string; account: string; name: string },
): Promise<void> {
  const event = randomUUID();
  await run(
    sql`insert into sign_in_lane (tenant_id, account_id, lane) values (${tenant}, ${account}, ${name})`,
  );
  await run(sql`insert into mail_link (tenant_id, account_id, id, purpose, token_hash, created_at, expires_at)
    values (${tenant}, ${account}, ${randomUUID()}, 'reset', ${name}, now(), now())`);
  await run(sql`insert into audit_event (tenant_id, id, version, at, event, outcome, actor_kind, detail)
    values (${tenant}, ${event}, 1, now(), ${name}, ${name}, ${name}, '{}')`);
  await run(sql`insert into audit_origin (tenant_id, event_id, at, address)
    values (${tenant}, ${event}, now(), ${name})`);
  await run(sql`insert into audit_pending (tenant_id, seq)
    select tenant_id, seq from audit_event where id = ${event}`);
  await run(sql`insert into audit_seal (tenant_id, number, seqs, content, previous, hash, sealed_at)
    values (${tenant}, 1, '{1}', ${name}, ${name}, ${name}, now())`);
}

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
  await fillWaysBack(run, { tenant, account, name });
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
