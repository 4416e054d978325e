import { type Kysely, sql } from 'kysely';
import type { AuditRetentionStore, RetentionCounts, RetentionLimits } from '#src/audit/ports.ts';
import { asOwner } from './as-owner.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant } from './instant.ts';
import type { Database } from './schema.ts';

/** Seals never end before those in front of them, so what is old enough is the beginning of the chain. */
async function lastOldSeal(db: Kysely<Database>, tenantId: string, before: number): Promise<number> {
  const { rows } = await sql<{ number: number | null }>`
    select max(number) as number from audit_seal where tenant_id = ${tenantId}
      and number < coalesce((
        select min(number) from audit_seal where tenant_id = ${tenantId} and sealed_at >= ${toInstant(before)}
      ), 2147483647)`.execute(db);
  return rows[0]?.number ?? 0;
}

async function countOld(
  db: Kysely<Database>,
  tenantId: string,
  { seals, origins, messages }: Pick<RetentionLimits, 'origins' | 'messages'> & { seals: number },
): Promise<RetentionCounts> {
  const { rows } = await sql<RetentionCounts>`select
    (select count(*) from audit_event where tenant_id = ${tenantId} and seq in (
      select unnest(seqs) from audit_seal where tenant_id = ${tenantId} and number <= ${seals})) as events,
    (select count(*) from audit_origin
      where tenant_id = ${tenantId} and at < ${toInstant(origins)}) as origins,
    (select count(*) from message
      where tenant_id = ${tenantId} and created_at < ${toInstant(messages)} and state <> 'waiting') as messages`.execute(
    db,
  );
  const [counted] = rows;
  return {
    events: Number(counted?.events ?? 0),
    origins: Number(counted?.origins ?? 0),
    messages: Number(counted?.messages ?? 0),
  };
}

/** Forgets the events of some seals. The seals stay: the chain goes on over them. */
async function forgetEvents(
  db: Kysely<Database>,
  tenantId: string,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<{ last: number; events: number } | undefined> {
  const { rows } = await sql<{ last: number | null; events: number }>`
    with old as (
      select number, seqs from audit_seal
      where tenant_id = ${tenantId} and number > ${after} and number <= ${upTo} order by number limit ${limit}
    ), gone as (
      delete from audit_event where tenant_id = ${tenantId} and seq in (select unnest(seqs) from old) returning 1
    )
    select (select max(number) from old) as last, (select count(*) from gone) as events`.execute(db);
  const [row] = rows;
  if (row === undefined || row.last === null) return undefined;
  return { last: row.last, events: Number(row.events) };
}

/** What is old enough in the audit log and in the record of messages goes for good. */
export function createAuditRetention({ database }: { database: TenantDatabase }): AuditRetentionStore {
  return failClosedStore<AuditRetentionStore>({
    async survey(tenantId, { events, ...limits }) {
      const db = database.forTenant(tenantId);
      const seals = await lastOldSeal(db, tenantId, events);
      return { ...(await countOld(db, tenantId, { ...limits, seals })), seals };
    },

    forgetEvents: (tenantId, page) =>
      asOwner('forget what was recorded', () => forgetEvents(database.forTenant(tenantId), tenantId, page)),

    forgetOrigins: (tenantId, before, limit) =>
      asOwner('forget what was recorded', async () => {
        const { numAffectedRows } = await sql`delete from audit_origin where event_id in (
          select event_id from audit_origin where tenant_id = ${tenantId} and at < ${toInstant(before)}
          order by at limit ${limit})`.execute(database.forTenant(tenantId));
        return Number(numAffectedRows ?? 0n);
      }),

    forgetMessages: (tenantId, before, limit) =>
      asOwner('forget what was recorded', async () => {
        const { numAffectedRows } = await sql`delete from message where id in (
          select id from message
          where tenant_id = ${tenantId} and created_at < ${toInstant(before)} and state <> 'waiting'
          limit ${limit})`.execute(database.forTenant(tenantId));
        return Number(numAffectedRows ?? 0n);
      }),
  });
}
