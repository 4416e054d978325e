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
}
