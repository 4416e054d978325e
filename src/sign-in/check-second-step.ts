import type { AccountId } from '#src/account/account.ts';
import type { Clock } from '#src/clock.ts';
import { addressKey, secondStepCounters } from '#src/lockout/policy.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { FactorMethod } from './factor.ts';
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
  throttle: ThrottleStore;
  digester: Digester;
  clock: Clock;
}

/**
 * Checks a typed code against the person's factors of one method. A right code is consumed (compare-and-set on
 * its counter) before it counts, so a replay and the losers of parallel uses are refused (ASVS 6.5.1). Wrong
 * codes are counted per person across all sign-ins (ground rule 5); a code that could never be one is not.
 */
export function createCheckSecondStep({ factors, throttle, digester, clock }: Parts) {
  const consumeMatch = async (input: SecondStepTry, owned: Factor[]): Promise<SecondStepAnswer> => {
    let reason: 'malformed' | 'wrong' = 'malformed';
    for (const factor of owned) {
      const check = input.method.check(factor, input.code, clock.now());
      if (check.ok && (await factors.advance(input.tenantId, factor.id, check.counter, clock.now()))) {
        return { kind: 'proved' };
      }
      if (check.ok || check.reason === 'wrong') reason = 'wrong';
    }
    return { kind: 'refused', reason };
  };

  return async (input: SecondStepTry): Promise<SecondStepAnswer> => {
    const { tenantId, accountId, method } = input;
    const counters = secondStepCounters({
      accountId,
      address: digester.digest('address', addressKey(input.address)),
    });
    const taken = await throttle.take(tenantId, counters, clock.now());
    if (!taken.allowed) return { kind: 'wait', until: taken.until };
    const keys = counters.map(({ key }) => key);

    const owned = (await factors.list(tenantId, accountId)).filter(({ kind }) => kind === method.kind);
    const answer = await consumeMatch(input, owned);
    if (answer.kind === 'proved') {
      const clear = counters.filter(({ kind }) => kind === 'wait').map(({ key }) => key);
      const giveBack = counters.filter(({ kind }) => kind === 'window').map(({ key }) => key);
      await throttle.settle(tenantId, { clear, giveBack });
    } else if (answer.kind === 'refused' && answer.reason === 'malformed') {
      await throttle.settle(tenantId, { clear: [], giveBack: keys });
    }
    return answer;
  };
}

export type CheckSecondStep = ReturnType<typeof createCheckSecondStep>;
