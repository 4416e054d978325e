import { type EntryFields, entryOf, type Who } from './audit/entry.ts';
import type { AuditTrail } from './audit/ports.ts';
import type { TenantId } from './tenant/tenant.ts';

/**
 * What happened by itself, one function each: limits that were hit, messages, keys that rolled. What the log says of them
 * is said where they happen; this is what the audit log keeps. No name, number, address or text is in them.
 */
export interface SystemEvents {
  /** Wrong passwords for `names` login names in one window. */
  spraying(tenantId: TenantId, result: { names: number }): void;
  /** Four fifths of the tenant's text messages and calls of the day are used. `until`: ISO 8601. */
  budgetLow(tenantId: TenantId, result: { dailyBudget: number; until: string }): void;
  budgetUsedUp(tenantId: TenantId, result: { dailyBudget: number; until: string }): void;
  /** A person is told by phone no more today, whatever happens. */
  noticeLimited(tenantId: TenantId, result: { account: string; what: string }): void;
  /** A message, or another item of the queue, is given up; `reason` is its last fault. */
  messageDead(
    tenantId: TenantId,
    result: {
      account: string | undefined;
      reason: string;
      message: string;
      kind: string;
      channel: string | undefined;
      attempts: number;
    },
  ): void;
  /** What a supplier told of a message that it took. */
  messageReported(
    tenantId: TenantId,
    result: {
      outcome: 'success' | 'failure';
      reason: 'delivered' | 'failed';
      /** Known of what left by the queue; a code names its `message` when it is asked for. */
      account: string | undefined;
      message: string;
    },
  ): void;
  /** An application was told that a session ended, or could not be at the first try; `message` is its item of the queue. */
  logoutTold(
    tenantId: TenantId,
    result: {
      outcome: 'success' | 'failure';
      reason: string;
      account: string;
      client: string;
      message?: string;
    },
  ): void;
  /** A key got its successor because it was due. */
  keyRolled(tenantId: TenantId, result: { purpose: string; kind: string; key: string }): void;
}

/** Notes them in the audit log, as far as that is possible then: nobody waits for them. Only tests have no trail. */
export function createSystemEvents(trail: Pick<AuditTrail, 'note'> | undefined): SystemEvents {
  const note =
    (event: string, who: Who, outcome: 'success' | 'failure' = 'success') =>
    (tenantId: TenantId, result: EntryFields): void =>
      trail?.note(entryOf(event, who, { tenantId }, { outcome, ...result }));
  return {
    spraying: note('lockout.spraying', 'system', 'failure'),
    budgetLow: note('send-budget.low', 'system'),
    budgetUsedUp: note('send-budget.used-up', 'system', 'failure'),
    noticeLimited: note('notice.limited', 'system', 'failure'),
    messageDead: note('message.dead', 'system', 'failure'),
    messageReported: note('message.reported', 'system'),
    logoutTold: note('logout.told', 'system'),
    keyRolled: note('key.rolled', 'system'),
  };
}
