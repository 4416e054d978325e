import { randomUUID } from 'node:crypto';
import type { Clock } from '#src/clock.ts';
import type { RecoveryEvents } from '#src/events.ts';
import { addressKey } from '#src/lockout/policy.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { MessageQueue } from '#src/message/queue-ports.ts';
import type { Digester } from '#src/secret/ports.ts';
import { askCounters } from './limits.ts';
import type { RecoveryTurn } from './recovery.ts';
import type { Lost } from './recovery-flow.ts';
import { countedName, RECOVERY_KIND, readName, writeRequest } from './recovery-request.ts';

/** Milliseconds after which nobody waits for an answer any more. */
const REQUEST_LIFE = 60 * 60_000;

/**
 * Milliseconds of rest, in which whoever asked has had the answer: what is done for a name must not get in the way of
 * that answer, whose time would tell who exists (ground rule 3).
 */
const REST = 250;

/** `typed` is the name as it was taken. */
export type RequestOutcome =
  | { kind: 'requested'; typed: string; at: number }
  | { kind: 'wait'; until: number }
  | { kind: 'empty' };

interface Parts {
  throttle: Pick<ThrottleStore, 'take'>;
  queue: MessageQueue;
  digester: Digester;
  events: Pick<RecoveryEvents, 'asked'>;
  clock: Clock;
}

/**
 * Takes a request for a mail (R19, R22). Whoever is named, the work is the same: one call of the throttle, one item of
 * one size for the queue, and no look at any account; that is done behind the person's back (ground rule 3). Throws
 * AppError `store-unavailable`.
 */
export function createRequestRecovery({ throttle, queue, digester, events, clock }: Parts) {
  return async (at: RecoveryTurn, lost: Lost, typed: string): Promise<RequestOutcome> => {
    if (typed.trim() === '') return { kind: 'empty' };
    const { tenant, tenantId, reference } = at;
    const now = clock.now();
    const name = readName(typed);
    const nameDigest = digester.digest('recovery-name', countedName(name));
    const address = digester.digest('address', addressKey(at.address));
    const taken = await throttle.take(tenantId, askCounters({ lost, nameDigest, address }), now);
    if (!taken.allowed) {
      events.asked(at, { outcome: 'failure', reason: 'wait', lost });
      return { kind: 'wait', until: taken.until };
    }
    const item = {
      ...{ id: randomUUID(), tenantId, accountId: undefined, kind: RECOVERY_KIND },
      payload: writeRequest({ lost, typed: name, issuer: tenant.issuer, reference }),
      ...{ createdAt: now, expiresAt: now + REQUEST_LIFE },
    };
    await queue.put([item], { rest: REST });
    events.asked(at, { outcome: 'success', reason: 'queued', lost });
    return { kind: 'requested', typed: name, at: now };
  };
}

export type RequestRecovery = ReturnType<typeof createRequestRecovery>;
