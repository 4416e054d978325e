import type { Clock } from '#src/clock.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { SendCounters } from './send-limits.ts';

/** A send that may be made. Exactly one of its two ends is told. */
export interface SendTicket {
  /** The message left. Resolves to when the next one may, in milliseconds since the epoch. */
  sent(): Promise<number>;
  /** Nobody took the message: but for the tries of the account it never happened. */
  failed(): Promise<void>;
}

/** `until` in milliseconds since the epoch. */
export type SendOpening = { allowed: true; ticket: SendTicket } | { allowed: false; until: number };

/**
 * Opens sends against their counters: all of one send's are taken in one atomic step before it is made, so that
 * parallel requests get no more than the limit.
 */
export function createSendGate({ throttle, clock }: { throttle: ThrottleStore; clock: Clock }) {
  /** Asks for the next send without making it: the wait that was just set refuses, so nothing is counted. */
  const nextAt = async (
    tenantId: TenantId,
    { wait, windows, kept }: SendCounters,
    at: number,
  ): Promise<number> => {
    const looked = [...windows, ...kept].map((counter) => ({ ...counter, peek: true }));
    const next = await throttle.take(tenantId, [wait, ...looked], at);
    if (!next.allowed) return next.until;
    // The code was redeemed meanwhile, and its wait forgotten: what this question counted is taken off again.
    await throttle.settle(tenantId, { clear: [wait.key], giveBack: [] });
    return at;
  };

  return async (tenantId: TenantId, counters: SendCounters): Promise<SendOpening> => {
    const all = [counters.wait, ...counters.windows];
    const at = clock.now();
    const taken = await throttle.take(tenantId, [...all, ...counters.kept], at);
    if (!taken.allowed) return { allowed: false, until: taken.until };
    const ticket: SendTicket = {
      sent: () => nextAt(tenantId, counters, at),
      failed: () => throttle.settle(tenantId, { clear: [], giveBack: all.map(({ key }) => key) }),
    };
    return { allowed: true, ticket };
  };
}

export type SendGate = ReturnType<typeof createSendGate>;
