import { secondStepCounters } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { LaneState, WrongTries } from '#src/lockout/wrong-tries.ts';
import type { Digester } from '#src/secret/ports.ts';
import { sortByCooling } from './cooling.ts';
import { type CountedPerson, createCountedTry } from './counted-try.ts';
import {
  type FactorMethod,
  isGuess,
  type MethodContext,
  type Proof,
  type Refusal,
  type SignInCheck,
  type Typed,
} from './factor.ts';
import type { FactorStore } from './ports.ts';

export interface SecondStepTry {
  context: MethodContext;
  method: FactorMethod;
  typed: Typed;
}

/** `until` is in milliseconds since the epoch. */
export type SecondStepAnswer =
  | { kind: 'proved'; proof: Proof }
  /** `counted`: what came of a try that told a guesser something. */
  | { kind: 'refused'; reason: Refusal; counted?: LaneState | undefined }
  | { kind: 'wait'; until: number };

interface Parts {
  factors: Pick<FactorStore, 'list' | 'use'>;
  openTry: TryLimiter;
  wrongTries: Pick<WrongTries, 'code'>;
  digester: Digester;
}

/** Whether a form brought nothing at all. */
export function isEmpty({ code, phone, credential }: Typed): boolean {
  return [code, phone, credential].every((value) => value === undefined || value.trim() === '');
}

/**
 * Checks what was typed against the person's factors of one method. A right code is consumed (compare-and-set on
 * its counter, or by the method itself) before it counts, so a replay and the losers of parallel uses are refused
 * (ASVS 6.5.1). Tries are counted for the person by method and over all methods, across all sign-ins (ground rule 5),
 * before they are judged; what could never be right, or could not be judged, tells a guesser nothing and is not counted.
 */
export function createCheckSecondStep({ factors, openTry, wrongTries, digester }: Parts) {
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
    const all = await factors.list(tenant.id, accountId);
    const { proving } = sortByCooling(all, context.recoveredAt, context.now);
    const owned = proving.filter(({ kind }) => kind === method.kind);

    const countersOf = (of: CountedPerson) => secondStepCounters({ ...of, method: method.kind });
    const tried = await countedTry(context, countersOf, async () =>
      consume(context, await method.signIn.check(context, owned, typed)),
    );
    if (tried.kind === 'wait') return tried;
    const { answer } = tried;
    if (answer.ok) return { kind: 'proved', proof: answer.proof };
    const { reason } = answer;
    if (!isGuess(reason)) return { kind: 'refused', reason };
    const counted = await wrongTries.code(tenant.id, accountId, context.lane ?? STRANGERS);
    return { kind: 'refused', reason, counted };
  };
}

export type CheckSecondStep = ReturnType<typeof createCheckSecondStep>;
