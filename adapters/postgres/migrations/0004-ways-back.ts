import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When the password was last set anew, and whether the person told us that somebody else is in the account. */
async function extendAccount(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('account')
    .addColumn('password_changed_at', 'timestamptz')
    .addColumn('suspended_at', 'timestamptz')
    .addColumn('suspended_by', 'text')
    .execute();
  await db.schema
    .alterTable('account')
    .addCheckConstraint(
      'account_suspended',
      sql`(suspended_at is null) = (suspended_by is null) and suspended_by in ('person', 'former-address')`,
    )
    .execute();
}

/** Belongs to a person, and is gone with the person. */
function tableOfPerson(db: Kysely<unknown>, name: string) {
  return db.schema
    .createTable(name)
    .addColumn('tenant_id', 'uuid', (column) => column.notNull())
    .addColumn('account_id', 'uuid', (column) => column.notNull())
    .addForeignKeyConstraint(
      `${name}_account`,
      ['tenant_id', 'account_id'],
      'account',
      ['tenant_id', 'id'],
      (constraint) => constraint.onDelete('cascade'),
    );
}

/** Tries of browsers that never signed in to an account are counted together, those of each that did apart. */
async function createSignInLane(db: Kysely<unknown>): Promise<void> {
  await tableOfPerson(db, 'sign_in_lane')
    .addColumn('lane', 'text', (column) => column.notNull())
    .addColumn('failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('code_failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('blocked_at', 'timestamptz')
    .addColumn('first_seen_at', 'timestamptz')
    .addColumn('last_seen_at', 'timestamptz')
    .addPrimaryKeyConstraint('sign_in_lane_pkey', ['tenant_id', 'account_id', 'lane'])
    .addCheckConstraint('sign_in_lane_strangers', sql`lane <> '' or first_seen_at is null`)
    .execute();
}

/** Links in mails: to a new password, to a first one, and to say that something was not you. */
async function createMailLink(db: Kysely<unknown>): Promise<void> {
  await tableOfPerson(db, 'mail_link')
    .addColumn('id', 'uuid', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) =>
      column.notNull().check(sql`purpose in ('reset', 'invitation', 'report', 'former-address')`),
    )
    .addColumn('token_hash', 'text', (column) => column.notNull())
    .addColumn('code_digest', 'text')
    .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .addColumn('opened_at', 'timestamptz')
    .addColumn('spent_at', 'timestamptz')
    .addColumn('spent_by', 'text')
    .addColumn('ended_at', 'timestamptz')
    .addPrimaryKeyConstraint('mail_link_pkey', ['tenant_id', 'id'])
    .addUniqueConstraint('mail_link_token', ['tenant_id', 'token_hash'])
    .execute();
  // The newest only: of two that are asked for at once, one ends the other.
  await db.schema
    .createIndex('mail_link_newest')
    .unique()
    .on('mail_link')
    .columns(['tenant_id', 'account_id', 'purpose'])
    .where(sql<boolean>`ended_at is null and purpose in ('reset', 'invitation')`)
    .execute();
  await db.schema
    .createIndex('mail_link_account')
    .on('mail_link')
    .columns(['tenant_id', 'account_id'])
    .execute();
}

/** What is to be sent or done later, and what came of it. What it says is wiped when it is over. */
async function createMessage(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('message')
    .addColumn('id', 'uuid', (column) => column.primaryKey())
    .addColumn('tenant_id', 'uuid', (column) => column.notNull().references('tenant.id').onDelete('cascade'))
    .addColumn('account_id', 'uuid')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('channel', 'text')
    .addColumn('ending', 'text')
    .addColumn('payload_sealed', 'text')
    .addColumn('state', 'text', (column) =>
      column.notNull().defaultTo('waiting').check(sql`state in ('waiting', 'done', 'dead')`),
    )
    .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('next_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('ended_at', 'timestamptz')
    .addColumn('supplier', 'text')
    .addColumn('delivery', 'text')
    .addColumn('delivery_state', 'text')
    .addColumn('fault', 'text')
    .execute();
  await db.schema
    .createIndex('message_due')
    .on('message')
    .column('next_at')
    .where(sql<boolean>`state = 'waiting'`)
    .execute();
  // What is over and well is most of it, and is not counted.
  await db.schema
    .createIndex('message_open')
    .on('message')
    .columns(['state', 'created_at'])
    .where(sql<boolean>`state in ('waiting', 'dead')`)
    .execute();
  await db.schema
    .createIndex('message_account')
    .on('message')
    .columns(['tenant_id', 'account_id', 'created_at'])
    .execute();
  await db.schema
    .createIndex('message_delivery')
    .on('message')
    .columns(['tenant_id', 'delivery'])
    .where(sql.ref('delivery'), 'is not', null)
    .execute();
}

/** Every event, written once. Where it came from stands apart, so that it can be forgotten earlier. */
async function createAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_event')
    .addColumn('seq', 'bigint', (column) => column.generatedAlwaysAsIdentity().primaryKey())
    .addColumn('id', 'uuid', (column) => column.notNull().unique())
    .addColumn('tenant_id', 'uuid', (column) => column.notNull().references('tenant.id'))
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('subject', 'uuid')
    .addColumn('actor_kind', 'text', (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('client', 'text')
    .addColumn('session', 'text')
    .addColumn('factor', 'text')
    .addColumn('acr', 'text')
    .addColumn('reference', 'text')
    .addColumn('trace', 'text')
    .addColumn('address_digest', 'text')
    .addColumn('agent_digest', 'text')
    .addColumn('detail', 'jsonb', (column) => column.notNull())
    .execute();
  for (const [name, columns] of [
    ['audit_event_tenant', ['tenant_id', 'seq']],
    ['audit_event_reference', ['tenant_id', 'reference']],
    ['audit_event_subject', ['tenant_id', 'subject', 'seq']],
  ] as const) {
    await db.schema
      .createIndex(name)
      .on('audit_event')
      .columns([...columns])
      .execute();
  }
  await db.schema
    .createTable('audit_origin')
    .addColumn('event_id', 'uuid', (column) => column.primaryKey())
    .addColumn('tenant_id', 'uuid', (column) => column.notNull())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .addColumn('address', 'text')
    .addColumn('agent', 'text')
    .execute();
  await db.schema.createIndex('audit_origin_at').on('audit_origin').columns(['tenant_id', 'at']).execute();
}

/** Seals are over rows that are committed: until then they are listed as pending. */
async function createSeals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_pending')
    .addColumn('seq', 'bigint', (column) => column.primaryKey())
    .addColumn('tenant_id', 'uuid', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('audit_pending_tenant')
    .on('audit_pending')
    .columns(['tenant_id', 'seq'])
    .execute();
  await db.schema
    .createTable('audit_seal')
    .addColumn('tenant_id', 'uuid', (column) => column.notNull().references('tenant.id'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('seqs', sql`bigint[]`, (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('previous', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('sealed_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('audit_seal_pkey', ['tenant_id', 'number'])
    .execute();
}

/** The back-up wall, as around every table with rows of tenants (0002). */
async function wallOff(db: Kysely<unknown>): Promise<void> {
  const here = sql`tenant_id = nullif(current_setting('poortwachter.tenant', true), '')::uuid`;
  const tables = [
    ...['sign_in_lane', 'mail_link', 'message'],
    ...['audit_event', 'audit_origin', 'audit_pending', 'audit_seal'],
  ];
  for (const table of tables) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`create policy tenant_wall on ${sql.table(table)} using (${here}) with check (${here})`.execute(
      db,
    );
  }
}

/**
 * The few doors in that wall, for what one process does for all tenants: each runs as the owner and gives no more than
 * its answer. Nobody but the application role may call them.
 */
async function openDoors(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db);
  // The temporary schema comes first unless it is named: a table of the caller's there would be met by the owner.
  const path = sql`set search_path to ${sql.id(rows[0]?.name ?? 'public')}, pg_temp`;
  await sql`
    create function claim_messages(moment timestamptz, lease_until timestamptz, most integer)
    returns table (id uuid, tenant_id uuid, account_id uuid, kind text, channel text, ending text,
      payload_sealed text, attempts integer, created_at timestamptz, expires_at timestamptz)
    language sql security definer ${path} as $$
      with due as materialized (
        select waiting.id from message waiting where waiting.state = 'waiting' and waiting.next_at <= moment
        order by waiting.next_at limit most for update skip locked
      )
      update message set next_at = lease_until, attempts = message.attempts + 1
      from due where message.id = due.id
      returning message.id, message.tenant_id, message.account_id, message.kind, message.channel, message.ending,
        message.payload_sealed, message.attempts, message.created_at, message.expires_at
    $$`.execute(db);
  await sql`
    create function message_depth() returns table (waiting bigint, dead bigint, oldest timestamptz)
    language sql stable security definer ${path} as $$
      select (select count(*) from message where state = 'waiting'),
        (select count(*) from message where state = 'dead'),
        (select min(created_at) from message where state = 'waiting')
    $$`.execute(db);
  await sql`
    create function tenants_to_seal() returns setof uuid
    language sql stable security definer ${path} as $$
      select distinct tenant_id from audit_pending
    $$`.execute(db);
  for (const door of ['claim_messages', 'message_depth', 'tenants_to_seal']) {
    await sql`revoke execute on function ${sql.table(door)} from public`.execute(db);
  }
}

/** Ways back in for people who are stuck, counts of wrong tries, the queue of messages and the audit log. Frozen. */
export const waysBack: Migration = {
  async up(db) {
    await extendAccount(db);
    await createSignInLane(db);
    await createMailLink(db);
    await createMessage(db);
    await createAudit(db);
    await createSeals(db);
    await wallOff(db);
    await openDoors(db);
  },
};
