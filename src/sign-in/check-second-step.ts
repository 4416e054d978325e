import { secondStepCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import { createCountedTry } from './counted-try.ts';
import type { FactorMethod, MethodContext, Proof, Refusal, SignInCheck, Typed } from './factor.ts';
import type { FactorStore } from './ports.ts';

export interface SecondStepTry {
  context: MethodContext;
  method: FactorMethod;
  typed: Typed;
}

/** `until` is in milliseconds since the epoch. */
export type SecondStepAnswer =
  | { kind: 'proved'; proof: Proof }
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'wait'; until: number };

interface Parts {
  factors: Pick<FactorStore, 'list' | 'use'>;
  openTry: TryLimiter;
  digester: Digester;
}

/** Whether a form brought nothing at all. */
export function isEmpty({ code, phone, credential }: Typed): boolean {
  return [code, phone, credential].every((value) => value === undefined || value.trim() === '');
}

/**
 * Checks what was typed against the person's factors of one method. A right code is consumed (compare-and-set on
 * its counter, or by the method itself) before it counts, so a replay and the losers of parallel uses are refused
 * (ASVS 6.5.1). Tries are counted per person across all sign-ins (ground rule 5) before they are judged; what could
 * never be right, or could not be judged, tells a guesser nothing and is not counted.
 */
export function createCheckSecondStep({ factors, openTry, digester }: Parts) {
  const countedTry = createCountedTry({ openTry, digester });
  const consume = async (context: MethodContext, check: SignInCheck): Promise<SignInCheck> => {
    if (!check.ok || check.factorId === undefined) return check;
    const { tenant, now } = context;
    const fresh = await factors.use(tenant.id, check.factorId, check.use, now);
    return fresh ? check : { ok: false, reason: 'used' };
  };

  return async ({ context, method, typed }: SecondStepTry): Promise<SecondStepAnswer> => {
    if (isEmpty(typed)) return { kind: 'refused', reason: 'empty' };
    if (!method.signIn.isPlausible(typed)) return { kind: 'refused', reason: 'malformed' };
    const { tenant, accountId } = context;
    const owned = (await factors.list(tenant.id, accountId)).filter(({ kind }) => kind === method.kind);

    const tried = await countedTry(context, secondStepCounters, async () =>
      consume(context, await method.signIn.check(context, owned, typed)),
    );
    if (tried.kind === 'wait') return tried;
    const { answer } = tried;
    return answer.ok ? { kind: 'proved', proof: answer.proof } : { kind: 'refused', reason: answer.reason };
  };
}

export type CheckSecondStep = ReturnType<typeof createCheckSecondStep>;
