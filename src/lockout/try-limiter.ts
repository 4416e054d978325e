import type { Clock } from '#src/clock.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { StepCounters } from './policy.ts';
import type { ThrottleStore } from './ports.ts';

/** A try that may be made. Exactly one of its three ends is told. */
export interface Ticket {
  /** The try was wrong: it stays counted, and now counts against its address as well. */
  failed(): Promise<void>;
  /** The try was right: what was counted against the account is forgotten. */
  succeeded(): Promise<void>;
  /** The try could not be judged: it never happened. */
  withdrawn(): Promise<void>;
}

/** `until` in milliseconds since the epoch. */
export type Opening = { allowed: true; ticket: Ticket } | { allowed: false; until: number };

/**
 * Opens tries against their counters. Against the account a try counts before it is judged, so that parallel tries
 * can't outrun the limit. Against the address only failures count: an office where many sign in at once is one
 * address, and tries still being judged are no failures. What can slip through meanwhile is bounded by the hashing
 * threads and their queue.
 */
export function createTryLimiter({ throttle, clock }: { throttle: ThrottleStore; clock: Clock }) {
  return async (tenantId: TenantId, { waits, address, addressRefuses }: StepCounters): Promise<Opening> => {
    const looked = addressRefuses ? [{ ...address, peek: true }] : [];
    const taken = await throttle.take(tenantId, [...waits, ...looked], clock.now());
    if (!taken.allowed) return { allowed: false, until: taken.until };
    const keys = waits.map(({ key }) => key);
    const ticket: Ticket = {
      async failed() {
        await throttle.take(tenantId, [address], clock.now());
      },
      succeeded: () => throttle.settle(tenantId, { clear: keys, giveBack: [] }),
      withdrawn: () => throttle.settle(tenantId, { clear: [], giveBack: keys }),
    };
    return { allowed: true, ticket };
  };
}

export type TryLimiter = ReturnType<typeof createTryLimiter>;
