import type { AccountId } from '#src/account/account.ts';
import { addressKey, type StepCounters } from '#src/lockout/policy.ts';
import { type Lane, STRANGERS } from '#src/lockout/ports.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import { isGuess, type MethodContext, type Refusal } from './factor.ts';

type Verdict = { ok: true } | { ok: false; reason: Refusal };

/** Whom a try is counted against; `address` is its keyed digest. */
export interface CountedPerson {
  accountId: AccountId;
  address: string;
  lane: Lane;
}

/** `until` is in milliseconds since the epoch. */
export type Tried<Answer> = { kind: 'judged'; answer: Answer } | { kind: 'wait'; until: number };

/**
 * Lets an answer be judged, counted against a person and their address before it is (ground rule 5). What tells a
 * guesser nothing, and what could not be judged, is given back; a right one forgets the person's count.
 */
export function createCountedTry({ openTry, digester }: { openTry: TryLimiter; digester: Digester }) {
  return async <Answer extends Verdict>(
    { tenant, accountId, address, lane }: MethodContext,
    countersOf: (of: CountedPerson) => StepCounters,
    judge: () => Promise<Answer>,
  ): Promise<Tried<Answer>> => {
    const from = digester.digest('address', addressKey(address));
    const opening = await openTry(
      tenant.id,
      countersOf({ accountId, address: from, lane: lane ?? STRANGERS }),
    );
    if (!opening.allowed) return { kind: 'wait', until: opening.until };
    const { ticket } = opening;
    const answer = await judge().catch(async (failure: unknown) => {
      await ticket.withdrawn();
      throw failure;
    });
    if (answer.ok) await ticket.succeeded();
    else await (isGuess(answer.reason) ? ticket.failed() : ticket.withdrawn());
    return { kind: 'judged', answer };
  };
}
