import type { AccountId } from '#src/account/account.ts';
import type { AuditRecord } from '#src/audit/ports.ts';
import { moment } from './key-moment.ts';
import type { Operations } from './operations.ts';
import { table } from './terminal.ts';

/** Names for the ids of people, as they are now; an id of nobody stays as it is. */
export async function loginNames(
  { accounts, tenant }: Pick<Operations, 'accounts' | 'tenant'>,
  records: readonly AuditRecord[],
): Promise<ReadonlyMap<AccountId, string>> {
  const ids = new Set(
    records.flatMap(({ subject, actor }) => [
      ...(subject === undefined ? [] : [subject]),
      ...(actor.kind === 'person' ? [actor.id] : []),
    ]),
  );
  const names = new Map<AccountId, string>();
  for (const id of ids) {
    const account = await accounts.findById(tenant.id, id);
    if (account !== undefined) names.set(id, account.loginName);
  }
  return names;
}

type Names = ReadonlyMap<AccountId, string>;

function actorText({ actor }: AuditRecord, names: Names): string {
  if (!('id' in actor)) return actor.kind;
  if (actor.kind === 'person') return names.get(actor.id) ?? actor.id;
  return `${actor.kind} ${actor.id}`;
}

/** What an event says beyond what every event has. */
function rest({ client, factor, detail = {} }: AuditRecord): string {
  const own = Object.entries(detail).map(([name, value]) => `${name}=${[value].flat().join('+')}`);
  return [
    ...(client === undefined ? [] : [`client=${client}`]),
    ...(factor === undefined ? [] : [`method=${factor}`]),
    ...own,
  ].join(' ');
}

/** For people: when, what, who, about whom, how it went, why, and where from. */
export function recordTable(records: readonly AuditRecord[], names: Names): string {
  const rows = records.map((record) => [
    moment(record.at),
    record.event,
    actorText(record, names),
    record.subject === undefined ? '' : (names.get(record.subject) ?? record.subject),
    record.outcome,
    record.reason ?? '',
    record.address ?? '',
    record.reference ?? '',
    rest(record),
  ]);
  return table(['TIME', 'EVENT', 'WHO', 'ABOUT', 'OUTCOME', 'REASON', 'ADDRESS', 'REFERENCE', 'MORE'], rows);
}

/** For programs: every field by a fixed name, null where there is none. */
export function shownRecord(record: AuditRecord) {
  const { actor } = record;
  return {
    seq: record.seq,
    id: record.id,
    version: record.version,
    at: new Date(record.at).toISOString(),
    tenant: record.tenantId,
    event: record.event,
    outcome: record.outcome,
    reason: record.reason ?? null,
    subject: record.subject ?? null,
    actorKind: actor.kind,
    actor: 'id' in actor ? actor.id : null,
    client: record.client ?? null,
    session: record.session ?? null,
    factor: record.factor ?? null,
    acr: record.acr ?? null,
    reference: record.reference ?? null,
    trace: record.trace ?? null,
    address: record.address ?? null,
    userAgent: record.userAgent ?? null,
    addressDigest: record.addressDigest ?? null,
    userAgentDigest: record.agentDigest ?? null,
    detail: record.detail ?? {},
  };
}
