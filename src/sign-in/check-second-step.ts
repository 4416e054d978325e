import type { AccountId } from '#src/account/account.ts';
import type { Clock } from '#src/clock.ts';
import { addressKey, secondStepCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { CodeCheck, FactorMethod } from './factor.ts';
import type { Factor, FactorStore } from './ports.ts';

export interface SecondStepTry {
  tenantId: TenantId;
  accountId: AccountId;
  method: FactorMethod;
  /** As typed. */
  code: string;
  address: string;
}

/** `until` is in milliseconds since the epoch. */
export type SecondStepAnswer =
  | { kind: 'proved' }
  | { kind: 'refused'; reason: 'malformed' | 'wrong' }
  | { kind: 'wait'; until: number };

interface Parts {
  factors: FactorStore;
  openTry: TryLimiter;
  digester: Digester;
  clock: Clock;
}

/** A factor with what its method says of the typed code. */
interface Judged {
  factor: Factor;
  check: CodeCheck;
}

/**
 * Checks a typed code against the person's factors of one method. A right code is consumed (compare-and-set on
 * its counter) before it counts, so a replay and the losers of parallel uses are refused (ASVS 6.5.1). Wrong
 * codes are counted per person across all sign-ins (ground rule 5), before the answer is given; a code that could
 * never be one tells a guesser nothing and is not counted.
 */
export function createCheckSecondStep({ factors, openTry, digester, clock }: Parts) {
  const consumeMatch = async (tenantId: TenantId, judged: Judged[]): Promise<boolean> => {
    for (const { factor, check } of judged) {
      if (check.ok && (await factors.advance(tenantId, factor.id, check.counter, clock.now()))) return true;
    }
    return false;
  };

  return async (input: SecondStepTry): Promise<SecondStepAnswer> => {
    const { tenantId, accountId, method, code } = input;
    const owned = (await factors.list(tenantId, accountId)).filter(({ kind }) => kind === method.kind);
    const judged = owned.map((factor) => ({ factor, check: method.check(factor, code, clock.now()) }));
    if (judged.every(({ check }) => !check.ok && check.reason === 'malformed')) {
      return { kind: 'refused', reason: 'malformed' };
    }

    const counters = secondStepCounters({
      accountId,
      address: digester.digest('address', addressKey(input.address)),
    });
    const opening = await openTry(tenantId, counters);
    if (!opening.allowed) return { kind: 'wait', until: opening.until };
    const proved = await consumeMatch(tenantId, judged);
    await (proved ? opening.ticket.succeeded() : opening.ticket.failed());
    return proved ? { kind: 'proved' } : { kind: 'refused', reason: 'wrong' };
  };
}

export type CheckSecondStep = ReturnType<typeof createCheckSecondStep>;
