import { randomUUID } from 'node:crypto';
import { setUpCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import { isEmpty } from '#src/sign-in/check-second-step.ts';
import { createCountedTry } from '#src/sign-in/counted-try.ts';
import type {
  FactorMethod,
  MethodContext,
  Proof,
  Refusal,
  SetUpAnswer,
  SetUpMethod,
  Typed,
} from '#src/sign-in/factor.ts';
import type { FactorStore, NewFactor } from '#src/sign-in/ports.ts';

export interface EnrolTry {
  context: MethodContext;
  method: Pick<FactorMethod, 'kind'> & { setUp: SetUpMethod };
  pending: string | undefined;
  typed: Typed;
  /** Whether the person has proved a second step in this sign-in; without that only a first method can be added. */
  proved: boolean;
  /** Id of a factor of the person's whose place it takes. */
  replaces?: string | undefined;
  /** As the new factor has it. */
  coolsUntil?: number | undefined;
}

/** `until` is in milliseconds since the epoch. */
export type EnrolAnswer =
  | { kind: 'added'; factorId: string; proof: Proof }
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'wait'; until: number }
  /**
   * Somebody set up a method for this account meanwhile, and that one is asked; or what this one was to take the place of
   * is not there any more. This one is dropped.
   */
  | { kind: 'exists' };

interface Parts {
  factors: Pick<FactorStore, 'list' | 'addFirst' | 'add' | 'replace'>;
  openTry: TryLimiter;
  digester: Digester;
}

/** Methods that a person can have: more than anybody needs, and few enough to be read at every step. */
export const MOST_METHODS = 20;

/** Code points of a name that a person gives a method. */
const LABEL_MAX = 60;

/** What a person calls a method, without what does not belong in a line of text. */
export function labelOf(typed: string | undefined, otherwise?: string | undefined): string {
  const line = (typed ?? '')
    .normalize('NFC')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return Array.from(line === '' ? (otherwise ?? '') : line)
    .slice(0, LABEL_MAX)
    .join('');
}

/**
 * Proves a second-step method and keeps it. Nothing is active before it is proved, and of two browsers in one first
 * sign-in only one wins (R7, R12). What proved it is spent: it can't sign in again. Tries are counted apart from those
 * of the sign-in.
 */
export function createEnrolFactor({ factors, openTry, digester }: Parts) {
  const countedTry = createCountedTry({ openTry, digester });
  const isOwned = async ({ tenantId, accountId, kind, identity }: NewFactor): Promise<boolean> => {
    const owned = await factors.list(tenantId, accountId);
    return identity !== undefined && owned.some((one) => one.kind === kind && one.identity === identity);
  };

  const store = async ({ context: { now }, proved, replaces }: EnrolTry, factor: NewFactor) => {
    if (!proved) return (await factors.addFirst(factor, now)) ? 'kept' : 'exists';
    if (replaces === undefined) return (await factors.add(factor, now)) ? 'kept' : 'taken';
    const answer = await factors.replace(replaces, factor, now);
    if (answer === 'replaced') return 'kept';
    // Pressed twice: the first press put this very one in the place of the other.
    return answer === 'taken' || (await isOwned(factor)) ? 'taken' : 'exists';
  };

  const keep = async (wanted: EnrolTry, answer: Extract<SetUpAnswer, { ok: true }>): Promise<EnrolAnswer> => {
    const { context, method, typed, coolsUntil } = wanted;
    const id = randomUUID();
    const result = await store(wanted, {
      id,
      tenantId: context.tenant.id,
      accountId: context.accountId,
      kind: method.kind,
      label: labelOf(typed.label, answer.label),
      data: answer.data,
      identity: answer.identity,
      lastCounter: answer.counter,
      coolsUntil,
    });
    if (result === 'kept') return { kind: 'added', factorId: id, proof: answer.proof };
    return result === 'exists' ? { kind: 'exists' } : { kind: 'refused', reason: 'taken' };
  };

  return async (wanted: EnrolTry): Promise<EnrolAnswer> => {
    const { context, method, pending, typed } = wanted;
    if (isEmpty(typed)) return { kind: 'refused', reason: 'empty' };
    const { tenant, accountId } = context;
    const adds = wanted.proved && wanted.replaces === undefined;
    if (adds && (await factors.list(tenant.id, accountId)).length >= MOST_METHODS) {
      return { kind: 'refused', reason: 'too-many' };
    }
    const tried = await countedTry(context, setUpCounters, () => method.setUp.prove(context, pending, typed));
    if (tried.kind === 'wait') return tried;
    const { answer } = tried;
    return answer.ok ? keep(wanted, answer) : { kind: 'refused', reason: answer.reason };
  };
}

export type EnrolFactor = ReturnType<typeof createEnrolFactor>;
