import type { TenantSettings } from '#config/tenant.ts';
import type { AccountId } from '#src/account/account.ts';
import type { WaitCounter, WindowCounter } from '#src/lockout/ports.ts';

const MINUTES = 60;
const HOUR = 60 * MINUTES;
const DAY = 24 * HOUR;

/** At most `limit` sends in `window` seconds. */
interface Limit {
  limit: number;
  window: number;
}

/** To one number, for each account on it (security policy, numbers). */
export const NUMBER_LIMITS: readonly Limit[] = [
  { limit: 3, window: 10 * MINUTES },
  { limit: 5, window: HOUR },
  { limit: 10, window: DAY },
];
/** To one number in any of its windows, however many accounts are on it. */
export const NUMBER_MOST = 60;
export const ACCOUNT_LIMIT: Limit = { limit: 5, window: HOUR };
/** From one address, without those whose code was redeemed. */
export const ADDRESS_LIMIT: Limit = { limit: 30, window: HOUR };
/** To one account by mail, and to one e-mail address. */
export const EMAIL_LIMITS: readonly Limit[] = [
  { limit: 3, window: 10 * MINUTES },
  { limit: 10, window: DAY },
];
/** Seconds between two sends for one account: the first wait, and the longest after doubling. */
export const FIRST_WAIT = 30;
export const LONGEST_WAIT = 120;
/** Seconds without a send after which the waits begin anew. */
export const WAIT_MEMORY = HOUR;

/** Seconds of a tenant's budget, from its first send on. */
export const BUDGET_WINDOW = DAY;
/** Share of the budget at which the operator hears of it. */
export const BUDGET_WARNING = 0.8;

/** How often a tenant lets codes be sent, against the usual. */
export type SendScale = TenantSettings['phone']['sendLimits'];
const SCALES: Readonly<Record<SendScale, number>> = { half: 0.5, normal: 1, double: 2 };

/** Sends of one account that may be tried, taken or not: a number that nobody can reach costs a supplier's answer. */
export const TRIES_LIMIT: Limit = { limit: 20, window: HOUR };

/** What a text is for: who sets up a number must not use up the sends of those who sign in with it. */
export type SendPurpose = 'set-up' | 'sign-in';

/** What one send counts against: the wait of the account, and every window. `kept` counts also what nobody took. */
export interface SendCounters {
  wait: WaitCounter;
  windows: readonly WindowCounter[];
  kept: readonly WindowCounter[];
}

const waitCounter = (key: string): WaitCounter => ({
  kind: 'wait',
  key,
  free: 1,
  base: FIRST_WAIT,
  max: LONGEST_WAIT,
  memory: WAIT_MEMORY,
});

const windowCounter = (what: string, { limit, window }: Limit): WindowCounter => ({
  kind: 'window',
  key: `${what}:${window}`,
  limit,
  window,
});

/** Half a send is one: a tenant that halves its limits still sends. */
const scaled = ({ limit, window }: Limit, scale: SendScale): Limit => ({
  limit: Math.ceil(limit * SCALES[scale]),
  window,
});

const addressCounter = (address: string, scale: SendScale) =>
  windowCounter(`send:address:${address}`, scaled(ADDRESS_LIMIT, scale));

/**
 * Counters of one text message or call. `number` and `address` are keyed digests, `address` that of `addressKey`, and
 * undefined for a browser that signed in to the account before: an office is one address. `accounts` is how many
 * accounts of the tenant have the number.
 */
export function phoneSendCounters(of: {
  accountId: AccountId;
  number: string;
  purpose: SendPurpose;
  address: string | undefined;
  accounts: number;
  scale: SendScale;
}): SendCounters {
  const { accountId, number, purpose, address, scale } = of;
  const sharing = Math.max(1, of.accounts);
  const perNumber = NUMBER_LIMITS.map(({ limit, window }) => {
    const shared = { limit: Math.min(limit * sharing, NUMBER_MOST), window };
    return windowCounter(`send:number:${purpose}:${number}`, scaled(shared, scale));
  });
  return {
    wait: waitCounter(`send:account:${accountId}:wait`),
    windows: [
      ...perNumber,
      windowCounter(`send:account:${accountId}`, scaled(ACCOUNT_LIMIT, scale)),
      ...(address === undefined ? [] : [addressCounter(address, scale)]),
    ],
    kept: [windowCounter(`send:tries:${accountId}`, TRIES_LIMIT)],
  };
}

/** What a redeemed code settles: its address gets the slot back, and the next code has no wait before it. */
export function phoneSendSettlement(of: { accountId: AccountId; address: string | undefined }): {
  clear: readonly string[];
  giveBack: readonly string[];
} {
  return {
    clear: [`send:account:${of.accountId}:wait`],
    giveBack: of.address === undefined ? [] : [addressCounter(of.address, 'normal').key],
  };
}

/**
 * Counters of one code by mail. `email` is a keyed digest. No tenant scales these: a mail costs nothing. The wait is for
 * the same address: who corrects a slip of the pen need not wait for it.
 */
export function emailSendCounters(of: { accountId: AccountId; email: string }): SendCounters {
  return {
    wait: waitCounter(`mail:account:${of.accountId}:${of.email}:wait`),
    windows: [`mail:account:${of.accountId}`, `mail:to:${of.email}`].flatMap((what) =>
      EMAIL_LIMITS.map((limit) => windowCounter(what, limit)),
    ),
    kept: [windowCounter(`mail:tries:${of.accountId}`, TRIES_LIMIT)],
  };
}

/** Counters of a tenant's budget; `warning` is full just before the send that reaches the share to be told of. */
export function budgetCounters(dailyBudget: number): { budget: WindowCounter; warning: WindowCounter } {
  const told = Math.ceil(dailyBudget * BUDGET_WARNING);
  return {
    budget: windowCounter('send:budget', { limit: dailyBudget, window: BUDGET_WINDOW }),
    warning: windowCounter('send:budget-warning', { limit: Math.max(1, told - 1), window: BUDGET_WINDOW }),
  };
}

/** Counter that makes something be told once in the budget window that ends at `until`, by whichever process. */
export function budgetToldCounter(what: 'low' | 'used-up', until: number): WindowCounter {
  return windowCounter(`send:budget-told:${what}:${until}`, { limit: 1, window: BUDGET_WINDOW });
}
