import type { Clock } from '#src/clock.ts';
import { addressKey } from '#src/lockout/policy.ts';
import { STRANGERS, type ThrottleStore } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createSendGate, type SendTicket } from './send-gate.ts';
import {
  budgetCounters,
  budgetToldCounter,
  phoneSendCounters,
  phoneSendSettlement,
  type SendPurpose,
} from './send-limits.ts';

/** Whose send it is. */
export type Sender = Pick<MethodContext, 'tenant' | 'accountId' | 'address' | 'lane'>;

/** `until` in milliseconds since the epoch. `spent`: the tenant's budget of the day is used up. */
export type LimitedSend =
  | { kind: 'open'; ticket: SendTicket }
  | { kind: 'wait'; until: number }
  | { kind: 'spent' };

/** Keeps text messages and calls within the policy (design: SMS sends). */
export interface SendLimiter {
  /** Takes the limits of one send. `number` is E.164; `accounts` is how many accounts of the tenant have it. */
  open(sender: Sender, to: { number: string; purpose: SendPurpose; accounts: number }): Promise<LimitedSend>;
  /** A code that was sent came back: its slot is free again. */
  redeemed(sender: Sender): Promise<void>;
}

interface Parts {
  throttle: ThrottleStore;
  digester: Digester;
  clock: Clock;
  log: Log;
  events: Pick<SystemEvents, 'budgetLow' | 'budgetUsedUp'>;
}

/** The tenant's budget: taken apart from the limits of persons, because the operator is told how far it got. */
function createBudget({ throttle, clock, log, events }: Omit<Parts, 'digester'>) {
  const tell = async (tenant: Tenant, what: 'low' | 'used-up', until: number, text: string) => {
    const first = await throttle.take(tenant.id, [budgetToldCounter(what, until)], clock.now());
    if (!first.allowed) return;
    const { dailyBudget } = tenant.settings.phone;
    const record = { event: `send-budget.${what}`, tenantId: tenant.id, tenant: tenant.key };
    const told = { dailyBudget, until: new Date(until).toISOString() };
    log.warn({ ...record, ...told }, text);
    events[what === 'low' ? 'budgetLow' : 'budgetUsedUp'](tenant.id, told);
  };

  /** Takes one send off the budget. Answers what gives it back; undefined when there is none left. */
  return async (tenant: Tenant): Promise<(() => Promise<void>) | undefined> => {
    const { budget, warning } = budgetCounters(tenant.settings.phone.dailyBudget);
    const taken = await throttle.take(tenant.id, [budget], clock.now());
    if (!taken.allowed) {
      await tell(tenant, 'used-up', taken.until, 'no text messages and calls are left of the daily budget');
      return undefined;
    }
    const early = await throttle.take(tenant.id, [warning], clock.now());
    if (!early.allowed) await tell(tenant, 'low', early.until, 'four fifths of the daily budget are used');
    const giveBack = early.allowed ? [budget.key, warning.key] : [budget.key];
    return () => throttle.settle(tenant.id, { clear: [], giveBack });
  };
}

/** The policy of sends over a throttle store. Throws AppError `store-unavailable` when the store does not answer. */
export function createSendLimiter({ throttle, digester, clock, log, events }: Parts): SendLimiter {
  const openGate = createSendGate({ throttle, clock });
  const takeBudget = createBudget({ throttle, clock, log, events });
  /** Undefined for a browser with a lane of its own: it signed in to this account before. */
  const addressOf = ({ address, lane = STRANGERS }: Sender) =>
    lane === STRANGERS ? digester.digest('address', addressKey(address)) : undefined;

  return {
    async open(sender, { number, purpose, accounts }) {
      const { tenant, accountId } = sender;
      const counters = phoneSendCounters({
        accountId,
        number: digester.digest('phone', number),
        purpose,
        address: addressOf(sender),
        accounts,
        scale: tenant.settings.phone.sendLimits,
      });
      const opening = await openGate(tenant.id, counters);
      if (!opening.allowed) return { kind: 'wait', until: opening.until };
      const { ticket } = opening;
      const giveBack = await takeBudget(tenant);
      if (giveBack === undefined) {
        await ticket.failed();
        return { kind: 'spent' };
      }
      const failed = async () => {
        await Promise.all([ticket.failed(), giveBack()]);
      };
      return { kind: 'open', ticket: { sent: ticket.sent, failed } };
    },
    async redeemed(sender) {
      const { tenant, accountId } = sender;
      const settlement = phoneSendSettlement({ accountId, address: addressOf(sender) });
      await throttle.settle(tenant.id, settlement);
    },
  };
}
