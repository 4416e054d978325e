import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A counter whose failures bring growing waits: `free` tries, then base, 2 × base … up to max seconds. */
export interface WaitCounter {
  kind: 'wait';
  key: string;
  free: number;
  /** Seconds. */
  base: number;
  /** Seconds. */
  max: number;
  /** Seconds without a failure after which the count is forgotten. */
  memory: number;
}

/** A counter of at most `limit` failures in `window` seconds from the first one on. */
export interface WindowCounter {
  kind: 'window';
  key: string;
  limit: number;
  /** Seconds. */
  window: number;
  /** Only looked at: it refuses when it is full, but the try is not counted on it. */
  peek?: boolean | undefined;
}

export type ThrottleCounter = WaitCounter | WindowCounter;

/**
 * `until` is in milliseconds since the epoch: the latest moment among the counters that refuse. `counter` is the key of
 * the counter that refuses for so long; the first one named when several do.
 */
export type TakeResult = { allowed: true } | { allowed: false; until: number; counter: string };

/** What a counter holds. `until` in milliseconds since the epoch; undefined while it refuses nobody. */
export interface CounterState {
  key: string;
  count: number;
  until: number | undefined;
}

/**
 * Counts tries. A try is counted as a failure *before* it is made and given back when it succeeds, so that
 * parallel tries can't slip through together. All counters of one call are checked and counted in one atomic
 * step (one Redis round trip); when one refuses, none is counted.
 */
export interface ThrottleStore {
  take(tenantId: TenantId, counters: readonly ThrottleCounter[], now: number): Promise<TakeResult>;
  /**
   * After a success: `clear` forgets those counters. `giveBack` takes one try off the others, and the wait that it
   * had set with it: no other try was allowed meanwhile. A window stays where it is, unless nothing is left in it.
   */
  settle(tenantId: TenantId, keys: { clear: readonly string[]; giveBack: readonly string[] }): Promise<void>;
  /** For operators: those of these counters that hold anything, in the order given. Reads only. */
  read(tenantId: TenantId, counters: readonly ThrottleCounter[], now: number): Promise<CounterState[]>;
}

/**
 * Whose wrong tries at one account are counted together: STRANGERS, or the digest of the mark of a browser that signed in
 * to this account before. What strangers do closes nobody's own lane (ground rule 5).
 */
export type Lane = string;

/** The lane of every browser that never signed in to the account. */
export const STRANGERS: Lane = '';

/** Wrong tries in one lane since its last whole sign-in. */
export interface LaneCount {
  /** Wrong passwords. */
  failures: number;
  /** Wrong second steps behind a right password. */
  codeFailures: number;
  /** Milliseconds since the epoch; undefined while the lane is open. */
  blockedAt: number | undefined;
}

/** A lane as it is listed. The strangers' has neither time nor name. */
export interface ListedLane extends LaneCount {
  lane: Lane;
  firstSeenAt: number | undefined;
  lastSeenAt: number | undefined;
  /** What the browser called itself. */
  agent: string | undefined;
}

/** What a whole sign-in found. `blocked`: it came too late, and counts as none. */
export type LaneSettlement =
  | { kind: 'blocked' }
  /** `before`: the counts that it ended; `knownBrowsers`: how many there were, this one not counted. */
  | { kind: 'signed-in'; before: LaneCount; newBrowser: boolean; knownBrowsers: number };

/** Counts and blocks that outlive every cache. Every method throws AppError `store-unavailable`. */
export interface LaneStore {
  /**
   * Counts one wrong try, and closes the lane at the `limit`-th of its kind in a row; one statement. For nobody's
   * account (undefined) the same statement finds nobody. Answers the lane as it then is.
   */
  countFailure(
    tenantId: TenantId,
    accountId: AccountId | undefined,
    failure: { lane: Lane; of: 'password' | 'code'; limit: number; at: number },
  ): Promise<LaneCount | undefined>;
  /**
   * A whole sign-in in a lane: its counts begin anew, and `browser` has a lane of its own from now on, unless it is not to
   * be remembered (undefined: a shared computer); `agent` is what it calls itself. `passwordSince`:
   * since when the password that it began with was the person's, 0 for the first one; it is blocked when that was
   * changed later. Undefined asks for nothing. One statement.
   */
  signedIn(
    tenantId: TenantId,
    accountId: AccountId,
    of: {
      lane: Lane;
      browser: string | undefined;
      agent?: string | undefined;
      at: number;
      passwordSince?: number | undefined;
    },
  ): Promise<LaneSettlement>;
  /** Every lane of an account, the strangers' first, then the last seen first. */
  list(tenantId: TenantId, accountId: AccountId): Promise<ListedLane[]>;
  /**
   * Forgets browsers of an account: one, or all but one. What they counted is forgotten with them, and they count with
   * strangers from now on. The strangers' own lane stays. Says how many there were.
   */
  forget(
    tenantId: TenantId,
    accountId: AccountId,
    which: { lane: Lane } | { allBut: Lane | undefined },
  ): Promise<number>;
  /** Opens every lane and begins its counts anew; false when none was closed. */
  unblock(tenantId: TenantId, accountId: AccountId): Promise<boolean>;
}
