import type { Clock } from '#src/clock.ts';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { AuditEntry, AuditStore, AuditTrail, NewAuditRecord } from './ports.ts';
import { createSettlement } from './settlement.ts';
import { shapeRecord } from './shape-record.ts';

/** Most records of one write; what is more waits for the next. */
const BATCH = 200;
/** Tenants written to at the same moment: each takes a connection. */
const LANES = 4;
/** Most records that wait. Two seconds of a storm; beyond that the database is not there. */
const MOST_WAITING = 10_000;

export interface TrailParts {
  store: Pick<AuditStore, 'append'>;
  digester: Digester;
  clock: Clock;
  log: Log;
}

/** One record on its way, and who hears what became of it. */
interface Waiting {
  record: NewAuditRecord;
  settle(kept: boolean): void;
}

function byTenant(batch: readonly Waiting[]): [TenantId, Waiting[]][] {
  const groups = new Map<TenantId, Waiting[]>();
  for (const one of batch) {
    const group = groups.get(one.record.tenantId);
    if (group === undefined) groups.set(one.record.tenantId, [one]);
    else group.push(one);
  }
  return [...groups];
}

/** Writes groups of one tenant each, all of a group in one statement. Never throws. */
function createWriter({ store, log }: Pick<TrailParts, 'store' | 'log'>) {
  const writeGroup = async (tenantId: TenantId, group: readonly Waiting[]): Promise<void> => {
    try {
      await store.append(
        tenantId,
        group.map(({ record }) => record),
      );
      for (const { settle } of group) settle(true);
    } catch (err) {
      // Something in one of them that the store can't hold must not cost the others.
      const outage = err instanceof AppError && err.code === 'store-unavailable';
      if (group.length > 1 && !outage) {
        for (const one of group) await writeGroup(tenantId, [one]);
        return;
      }
      log.error({ tenantId, events: group.length, err }, 'events could not be kept in the audit log');
      for (const { settle } of group) settle(false);
    }
  };
  return async (batch: readonly Waiting[]): Promise<void> => {
    const groups = byTenant(batch);
    const lane = async () => {
      for (let group = groups.shift(); group !== undefined; group = groups.shift())
        await writeGroup(...group);
    };
    await Promise.all(Array.from({ length: Math.min(LANES, groups.length) }, lane));
  };
}

/**
 * The trail over a store. What is recorded in one turn of the event loop, or while a write is under way, goes
 * together in the next write. Disposing waits until all is written.
 */
export function createAuditTrail(parts: TrailParts): AuditTrail & AsyncDisposable {
  const { digester, clock, log } = parts;
  const write = createWriter(parts);
  const settlement = createSettlement();
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  const writeAll = async () => {
    // One turn later: whoever records several events in one go has them written in one.
    await Promise.resolve();
    while (waiting.length > 0) await write(waiting.splice(0, BATCH));
    // In the same turn as the look above: what is recorded next begins anew.
    writing = undefined;
  };
  const add = (entry: AuditEntry, settle: Waiting['settle']) => {
    waiting.push({ record: shapeRecord(entry, clock.now(), digester), settle });
    writing ??= writeAll();
  };
  const refuse = ({ tenantId, event, reference }: AuditEntry) =>
    log.error({ tenantId, reference, lost: event }, 'too many events wait for the audit log');

  return {
    record(entry) {
      const { reference = '' } = entry;
      if (waiting.length >= MOST_WAITING) {
        refuse(entry);
        return settlement.lost(reference);
      }
      settlement.begun(reference);
      add(entry, (kept) => settlement.ended(reference, kept));
    },
    note(entry) {
      if (waiting.length >= MOST_WAITING) return refuse(entry);
      add(entry, () => {});
    },
    settled: (reference) => settlement.settled(reference),
    async [Symbol.asyncDispose]() {
      while (writing !== undefined) await writing;
    },
  };
}
