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
import type { FactorStore } from '#src/sign-in/ports.ts';

export interface EnrolTry {
  context: MethodContext;
  method: Pick<FactorMethod, 'kind'> & { setUp: SetUpMethod };
  pending: string | undefined;
  typed: Typed;
  /** Whether the person has proved a second step in this sign-in; without that only a first method can be added. */
  proved: boolean;
}

/** `until` is in milliseconds since the epoch. */
export type EnrolAnswer =
  | { kind: 'added'; proof: Proof }
  | { kind: 'refused'; reason: Refusal }
  | { kind: 'wait'; until: number }
  /** Somebody set up a method for this account meanwhile: that one is asked, this one is dropped. */
  | { kind: 'exists' };

interface Parts {
  factors: Pick<FactorStore, 'list' | 'addFirst' | 'add'>;
  openTry: TryLimiter;
  digester: Digester;
}

/** Methods that a person can have: more than anybody needs, and few enough to be read at every step. */
export const MOST_METHODS = 20;

/** Code points of a name that a person gives a method. */
const LABEL_MAX = 60;

/** What a person calls a method, without what does not belong in a line of text. */
function labelOf(typed: string | undefined, otherwise: string | undefined): string {
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
  const keep = async (
    { context, method, typed, proved }: EnrolTry,
    answer: Extract<SetUpAnswer, { ok: true }>,
  ): Promise<EnrolAnswer> => {
    const factor = {
      id: randomUUID(),
      tenantId: context.tenant.id,
      accountId: context.accountId,
      kind: method.kind,
      label: labelOf(typed.label, answer.label),
      data: answer.data,
      identity: answer.identity,
      lastCounter: answer.counter,
    };
    const { proof } = answer;
    if (!proved) {
      return (await factors.addFirst(factor, context.now)) ? { kind: 'added', proof } : { kind: 'exists' };
    }
    const added = await factors.add(factor, context.now);
    return added ? { kind: 'added', proof } : { kind: 'refused', reason: 'taken' };
  };

  return async (wanted: EnrolTry): Promise<EnrolAnswer> => {
    const { context, method, pending, typed } = wanted;
    if (isEmpty(typed)) return { kind: 'refused', reason: 'empty' };
    const { tenant, accountId } = context;
    if (wanted.proved && (await factors.list(tenant.id, accountId)).length >= MOST_METHODS) {
      return { kind: 'refused', reason: 'too-many' };
    }
    const tried = await countedTry(context, setUpCounters, () => method.setUp.prove(context, pending, typed));
    if (tried.kind === 'wait') return tried;
    const { answer } = tried;
    return answer.ok ? keep(wanted, answer) : { kind: 'refused', reason: answer.reason };
  };
}

export type EnrolFactor = ReturnType<typeof createEnrolFactor>;
