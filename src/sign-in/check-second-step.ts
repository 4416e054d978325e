import { addressKey, secondStepCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
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

    const address = digester.digest('address', addressKey(context.address));
    const opening = await openTry(tenant.id, secondStepCounters({ accountId, address }));
    if (!opening.allowed) return { kind: 'wait', until: opening.until };
    const { ticket } = opening;
    const judge = async () => consume(context, await method.signIn.check(context, owned, typed));
    const check = await judge().catch(async (failure: unknown) => {
      await ticket.withdrawn();
      throw failure;
    });
    if (check.ok) {
      await ticket.succeeded();
      return { kind: 'proved', proof: check.proof };
    }
    await (isGuess(check.reason) ? ticket.failed() : ticket.withdrawn());
    return { kind: 'refused', reason: check.reason };
  };
}

export type CheckSecondStep = ReturnType<typeof createCheckSecondStep>;
