import { type Kysely, sql } from 'kysely';
import type { AuditSpan, AuditStore, NewAuditRecord } from '#src/audit/ports.ts';
import { EVENT_COLUMNS, toRecord, toRow } from './audit-row.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis } from './instant.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import type { Database } from './schema.ts';

/** One statement, whatever the batch: its text is the same for one event and for hundreds. */
function appendQuery(tenantId: string, records: readonly NewAuditRecord[]) {
  const given = JSON.stringify(records.map(toRow));
  return sql`
    with given as (
      select * from rows from (json_to_recordset(${given}::json) as (
        id uuid, version integer, at timestamptz, event text, outcome text, reason text, subject uuid,
        actor_kind text, actor text, client text, session text, factor text, acr text, reference text, trace text,
        address_digest text, agent_digest text, detail jsonb, address text, agent text
      )) with ordinality as one (
        id, version, at, event, outcome, reason, subject, actor_kind, actor, client, session, factor, acr, reference,
        trace, address_digest, agent_digest, detail, address, agent, place
      )
    ), written as (
      insert into audit_event (
        id, tenant_id, version, at, event, outcome, reason, subject, actor_kind, actor, client, session, factor, acr,
        reference, trace, address_digest, agent_digest, detail
      )
      select id, ${tenantId}::uuid, version, at, event, outcome, reason, subject, actor_kind, actor, client, session,
        factor, acr, reference, trace, address_digest, agent_digest, detail
      from given order by place
      returning seq, tenant_id
    ), pending as (
      insert into audit_pending (seq, tenant_id) select seq, tenant_id from written
    )
    insert into audit_origin (event_id, tenant_id, at, address, agent)
    select id, ${tenantId}::uuid, at, address, agent from given where address is not null or agent is not null`;
}

/** Events of a tenant, each with where it came from. */
function events(db: Kysely<Database>, tenantId: string) {
  return db
    .selectFrom('audit_event')
    .leftJoin('audit_origin', 'audit_origin.event_id', 'audit_event.id')
    .select([...EVENT_COLUMNS, 'audit_origin.address', 'audit_origin.agent'])
    .where('audit_event.tenant_id', '=', tenantId);
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9999, 0, 1);

/** No event has this number, or one above it. */
const LAST = Number.MAX_SAFE_INTEGER;

/** An open end is one that nothing lies beyond: one statement for all. */
function span({ from = EARLIEST, to = LATEST }: AuditSpan) {
  return { since: toInstant(from), until: toInstant(to) };
}

/** Durable store of the audit log. Its role may add to it and read it, nothing else. */
export function createAuditStore({ database }: { database: TenantDatabase }): AuditStore {
  return failClosedStore<AuditStore>({
    async append(tenantId, records) {
      await appendQuery(tenantId, records).execute(database.forTenant(tenantId));
    },

    async byReference(tenantId, reference, limit) {
      if (!isStorableText(reference)) return [];
      const rows = await events(database.forTenant(tenantId), tenantId)
        .where('audit_event.reference', '=', reference)
        .orderBy('audit_event.seq')
        .limit(limit)
        .execute();
      return rows.map(toRecord);
    },

    async bySubject(tenantId, subject, limit, { before = LAST, of } = {}) {
      if (!isUuid(subject)) return [];
      const about = events(database.forTenant(tenantId), tenantId)
        .where('audit_event.subject', '=', subject)
        .where('audit_event.seq', '<', sql<number>`${before}::bigint`);
      const found =
        of === undefined
          ? about
          : about.where(sql<boolean>`audit_event.event || ' ' || audit_event.outcome = any(${of}::text[])`);
      const rows = await found.orderBy('audit_event.seq', 'desc').limit(limit).execute();
      return rows.map(toRecord);
    },

    async tally(tenantId, subject, of, { after, before = LAST, limit }) {
      if (!isUuid(subject)) return [];
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('audit_event')
        .select(({ fn }) => ['reason', fn.countAll<number>().as('events'), fn.max('at').as('last')])
        .where('tenant_id', '=', tenantId)
        .where('subject', '=', subject)
        .where(sql<boolean>`event || ' ' || outcome = ${of}`)
        .where('seq', '>', sql<number>`${after}::bigint`)
        .where('seq', '<', sql<number>`${before}::bigint`)
        .groupBy([sql`date_trunc('hour', at)`, 'reason'])
        .orderBy('last', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ reason, events: count, last }) => ({
        reason: reason ?? undefined,
        count: Number(count),
        at: toMillis(last),
      }));
    },

    async page(tenantId, { after, limit, ...between }) {
      const { since, until } = span(between);
      const rows = await events(database.forTenant(tenantId), tenantId)
        .where('audit_event.seq', '>', sql<number>`${after}::bigint`)
        .where('audit_event.at', '>=', since)
        .where('audit_event.at', '<', until)
        .orderBy('audit_event.seq')
        .limit(limit)
        .execute();
      return rows.map(toRecord);
    },

    async count(tenantId, between) {
      const { since, until } = span(between);
      const { events: found } = await database
        .forTenant(tenantId)
        .selectFrom('audit_event')
        .select(({ fn }) => fn.countAll<number>().as('events'))
        .where('tenant_id', '=', tenantId)
        .where('at', '>=', since)
        .where('at', '<', until)
        .executeTakeFirstOrThrow();
      return Number(found);
    },
  });
}
