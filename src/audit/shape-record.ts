import { randomUUID } from 'node:crypto';
import type { Digester } from '#src/secret/ports.ts';
import type { Actor, AuditEntry, NewAuditRecord } from './ports.ts';

/** Version of a record's shape. */
const VERSION = 1;

/** Characters of one value: longer than anything of ours, and an end to what a stranger sends. */
const LONGEST = 300;
/** Values of one list. */
const MOST = 50;

/** A text that every database holds: well-formed, without null bytes, and not endless. */
function plain(text: string): string {
  return text.replaceAll('\0', '').slice(0, LONGEST).toWellFormed();
}

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plain(text);
}

function plainActor(actor: Actor): Actor {
  return 'id' in actor ? { kind: actor.kind, id: plain(actor.id) } : { kind: actor.kind };
}

type Detail = NonNullable<AuditEntry['detail']>;

function plainValue(value: Detail[string]): Detail[string] {
  if (typeof value === 'string') return plain(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' ? value : value.slice(0, MOST).map(plain);
}

function plainDetail(detail: Detail): Detail {
  return Object.fromEntries(Object.entries(detail).map(([name, value]) => [plain(name), plainValue(value)]));
}

/**
 * An entry as it is kept. Where it came from is kept twice: as it was told, to be forgotten early, and as a keyed
 * digest of this tenant's own, which goes on telling that two events came from one place. Sessions are kept as that.
 */
export function shapeRecord(entry: AuditEntry, at: number, digester: Digester): NewAuditRecord {
  const { tenantId, detail = {} } = entry;
  const [address, userAgent] = [optional(entry.address), optional(entry.userAgent)];
  const digest = (purpose: 'address' | 'user-agent' | 'session', value: string | undefined) =>
    value === undefined ? undefined : digester.digest(purpose, `${tenantId}\n${value}`);
  return {
    tenantId,
    id: randomUUID(),
    at,
    version: VERSION,
    event: plain(entry.event),
    outcome: entry.outcome,
    reason: optional(entry.reason),
    subject: optional(entry.subject),
    actor: plainActor(entry.actor),
    client: optional(entry.client),
    session: digest('session', entry.session),
    factor: optional(entry.factor),
    acr: optional(entry.acr),
    reference: optional(entry.reference),
    trace: optional(entry.trace),
    address,
    userAgent,
    addressDigest: digest('address', address),
    agentDigest: digest('user-agent', userAgent),
    detail: plainDetail(detail),
  };
}
