import type { AuditEntry } from '#src/audit/ports.ts';
import { createSystemEvents } from '#src/system-events.ts';

/** Events of what happens by itself, and the entries that the audit log would have of them. */
export function createNotedEvents() {
  const noted: AuditEntry[] = [];
  return { noted, events: createSystemEvents({ note: (entry) => void noted.push(entry) }) };
}

/** What every such entry says, and nothing else: all the rest is undefined. */
export function notedEntry(
  of: Pick<AuditEntry, 'tenantId' | 'event'> & Partial<AuditEntry>,
): Record<string, unknown> {
  const none = ['reason', 'subject', 'client', 'session', 'factor', 'acr', 'reference', 'trace'];
  const empty = Object.fromEntries([...none, 'address', 'userAgent'].map((name) => [name, undefined]));
  return { ...empty, outcome: 'success', actor: { kind: 'system' }, detail: {}, ...of };
}
