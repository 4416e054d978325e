import { randomUUID } from 'node:crypto';
import type { AccountId } from '#src/account/account.ts';
import type { Clock } from '#src/clock.ts';
import type { FactorMethod, PendingFactor } from '#src/sign-in/factor.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

export interface EnrolTry {
  tenantId: TenantId;
  accountId: AccountId;
  method: FactorMethod;
  pending: PendingFactor;
  /** As typed. */
  code: string;
  /** What the person will see it called. */
  label: string;
}

export type EnrolAnswer =
  | { kind: 'enrolled' }
  | { kind: 'refused'; reason: 'malformed' | 'wrong' }
  /** Somebody set up a method for this account meanwhile: that one is asked, this one is dropped. */
  | { kind: 'exists' };

/**
 * Proves a person's first second-step method and keeps it. Nothing is active before it is proved, and of two
 * browsers in one first sign-in only one wins (R7, R12). The proving code is spent: it can't sign in again.
 */
export function createEnrolFactor({ factors, clock }: { factors: FactorStore; clock: Clock }) {
  return async ({ tenantId, accountId, method, pending, code, label }: EnrolTry): Promise<EnrolAnswer> => {
    const check = method.confirm(pending, code, clock.now());
    if (!check.ok) return { kind: 'refused', reason: check.reason };
    const factor = {
      id: randomUUID(),
      tenantId,
      accountId,
      kind: method.kind,
      label,
      data: pending.data,
      lastCounter: check.counter,
    };
    return (await factors.addFirst(factor, clock.now())) ? { kind: 'enrolled' } : { kind: 'exists' };
  };
}

export type EnrolFactor = ReturnType<typeof createEnrolFactor>;
