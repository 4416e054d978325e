import type { Clock } from '#src/clock.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { monthsBefore } from './months.ts';
import type { AuditRetentionStore, RetentionCounts } from './ports.ts';
import { rangeUpTo } from './seal-ranges.ts';

/** How far a step of one tenant is. */
export interface RetainProgress {
  tenant: string;
  what: keyof RetentionCounts;
  done: number;
  total: number;
}

export interface RetainOptions {
  /** Who runs this, and why. */
  operator: string;
  reason: string;
  /** Key of the only tenant it is about; all of them without. */
  tenant?: string | undefined;
  /** Only counts. */
  dryRun?: boolean | undefined;
  onProgress?: ((progress: RetainProgress) => void) | undefined;
}

/** What was forgotten of one tenant; `counts` undefined when its settings, which say how old is old, are not at hand. */
export interface RetainedTenant {
  tenant: string;
  counts: RetentionCounts | undefined;
}

export type RetainAudit = (options: RetainOptions) => Promise<RetainedTenant[]>;

/** A tenant's limits; undefined where they can't be read. */
export interface RetainedPlace {
  key: string;
  tenant: Tenant | undefined;
}

export interface RetainParts {
  retention: AuditRetentionStore;
  /** All tenants, or the one with this key. */
  places(key: string | undefined): Promise<RetainedPlace[]>;
  /** Records what is to be forgotten; resolves when that is kept. */
  recorded(
    tenant: Tenant,
    options: RetainOptions,
    counts: RetentionCounts & { seals: string },
  ): Promise<void>;
  /** Seals all of a tenant that waits for it. */
  seal(tenant: Tenant): Promise<void>;
  clock: Clock;
}

const SEALS_AT_ONCE = 20;
const ROWS_AT_ONCE = 5_000;

/** Row by row in portions, so that no statement runs for minutes. */
async function inPortions(
  forget: (limit: number) => Promise<number>,
  tell: (done: number) => void,
): Promise<number> {
  let done = 0;
  for (;;) {
    const some = await forget(ROWS_AT_ONCE);
    done += some;
    if (some > 0) tell(done);
    if (some < ROWS_AT_ONCE) return done;
  }
}

async function forgetEvents(
  retention: AuditRetentionStore,
  { tenant, seals }: { tenant: Tenant; seals: number },
  tell: (done: number) => void,
): Promise<number> {
  let [after, done] = [0, 0];
  for (;;) {
    const some = await retention.forgetEvents(tenant.id, { after, upTo: seals, limit: SEALS_AT_ONCE });
    if (some === undefined) return done;
    after = some.last;
    done += some.events;
    if (some.events > 0) tell(done);
  }
}

async function retainTenant(
  { retention, recorded, seal, clock }: RetainParts,
  tenant: Tenant,
  options: RetainOptions,
): Promise<RetentionCounts> {
  const { auditMonths, originMonths, messageMonths } = tenant.settings.retention;
  const now = clock.now();
  const events = monthsBefore(now, auditMonths);
  const limits = {
    events,
    // Where an event came from is not kept longer than the event.
    origins: Math.max(monthsBefore(now, originMonths), events),
    messages: monthsBefore(now, messageMonths),
  };
  const { seals, ...counts } = await retention.survey(tenant.id, limits);
  if (options.dryRun === true || Object.values(counts).every((count) => count === 0)) return counts;
  // Recorded and sealed before: a run that breaks off leaves a log that says where it was going, and may be repeated.
  await recorded(tenant, options, { ...counts, seals: seals === 0 ? '' : rangeUpTo(seals) });
  await seal(tenant);
  const tell = (what: keyof RetentionCounts, done: number) =>
    options.onProgress?.({ tenant: tenant.key, what, done, total: counts[what] });
  return {
    events: await forgetEvents(retention, { tenant, seals }, (done) => tell('events', done)),
    origins: await inPortions(
      (limit) => retention.forgetOrigins(tenant.id, limits.origins, limit),
      (done) => tell('origins', done),
    ),
    messages: await inPortions(
      (limit) => retention.forgetMessages(tenant.id, limits.messages, limit),
      (done) => tell('messages', done),
    ),
  };
}

/** Forgets what is older than each tenant keeps. Safe to break off and to repeat, and to run beside serving processes. */
export function createRetainAudit(parts: RetainParts): RetainAudit {
  return async (options) => {
    const done: RetainedTenant[] = [];
    for (const { key, tenant } of await parts.places(options.tenant)) {
      const counts = tenant && (await retainTenant(parts, tenant, options));
      done.push({ tenant: key, counts });
    }
    return done;
  };
}
