import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Actor, AuditRecord, NewAuditRecord, SealedRecord } from '#src/audit/ports.ts';
import { toInstant, toMillis } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import type { AuditEventTable, AuditOriginTable } from './schema.ts';

export const EVENT_COLUMNS = [
  ...['audit_event.seq', 'audit_event.id', 'audit_event.tenant_id', 'audit_event.version', 'audit_event.at'],
  ...['audit_event.event', 'audit_event.outcome', 'audit_event.reason', 'audit_event.subject'],
  ...['audit_event.actor_kind', 'audit_event.actor', 'audit_event.client', 'audit_event.session'],
  ...['audit_event.factor', 'audit_event.acr', 'audit_event.reference', 'audit_event.trace'],
  ...['audit_event.address_digest', 'audit_event.agent_digest', 'audit_event.detail'],
] as const;

type EventRow = Selectable<AuditEventTable>;
type OriginRow = Pick<Selectable<AuditOriginTable>, 'address' | 'agent'>;

/** An event as one object of JSON, under the names of the columns. */
export function toRow(record: NewAuditRecord): Record<string, unknown> {
  const { actor, subject, detail = {} } = record;
  return {
    id: record.id,
    version: record.version,
    at: toInstant(record.at).toISOString(),
    event: record.event,
    outcome: record.outcome,
    reason: record.reason,
    // Anything else is nobody's id, and would keep the whole batch from being written.
    subject: subject !== undefined && isUuid(subject) ? subject : undefined,
    actor_kind: actor.kind,
    actor: 'id' in actor ? actor.id : undefined,
    client: record.client,
    session: record.session,
    factor: record.factor,
    acr: record.acr,
    reference: record.reference,
    trace: record.trace,
    address_digest: record.addressDigest,
    agent_digest: record.agentDigest,
    detail,
    address: record.address,
    agent: record.userAgent,
  };
}

const known = z.enum(['person', 'operator', 'client']);

/** Words that no version of ours wrote are shown as they stand, so that a change is seen and not hidden. */
function actorOf({ actor_kind: kind, actor: id }: EventRow): Actor {
  const named = known.safeParse(kind);
  if (named.success) return { kind: named.data, id: id ?? '' };
  if (id === null && (kind === 'anonymous' || kind === 'system')) return { kind };
  return { kind: 'client', id: `${kind}:${id ?? ''}` };
}

const detailSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

function detailOf(detail: unknown): SealedRecord['detail'] {
  const read = detailSchema.safeParse(detail);
  return read.success ? read.data : { unreadable: JSON.stringify(detail) };
}

/** Everything a seal is over. */
export function toSealed(row: EventRow): SealedRecord {
  return {
    seq: Number(row.seq),
    id: row.id,
    tenantId: row.tenant_id,
    version: row.version,
    at: toMillis(row.at),
    event: row.event,
    outcome: row.outcome === 'success' ? 'success' : 'failure',
    reason: row.reason ?? undefined,
    subject: row.subject ?? undefined,
    actor: actorOf(row),
    client: row.client ?? undefined,
    session: row.session ?? undefined,
    factor: row.factor ?? undefined,
    acr: row.acr ?? undefined,
    reference: row.reference ?? undefined,
    trace: row.trace ?? undefined,
    addressDigest: row.address_digest ?? undefined,
    agentDigest: row.agent_digest ?? undefined,
    detail: detailOf(row.detail),
  };
}

/** The same with where it came from, while that is kept. */
export function toRecord(row: EventRow & { [Name in keyof OriginRow]: OriginRow[Name] | null }): AuditRecord {
  return { ...toSealed(row), address: row.address ?? undefined, userAgent: row.agent ?? undefined };
}
