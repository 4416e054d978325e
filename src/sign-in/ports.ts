import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A second-step method one person has set up and proved. */
export interface Factor {
  /** A random UUID. */
  id: string;
  tenantId: TenantId;
  accountId: AccountId;
  /** Name of its method in the registry (`totp`). */
  kind: string;
  /** What the person calls it. */
  label: string;
  /** The method's own data as JSON text, opened; the method parses it with its own schema. Sealed at rest. */
  data: string;
  /** Last counter, time step or sign count accepted, so that none is accepted twice. */
  lastCounter: number | undefined;
  createdAt: number;
  lastUsedAt: number | undefined;
}

/** A factor that was just proved, before the store knows it. */
export type NewFactor = Omit<Factor, 'createdAt' | 'lastUsedAt'>;

/** Where proved factors live. */
export interface FactorStore {
  /** A person's factors, last used first, then newest first. */
  list(tenantId: TenantId, accountId: AccountId): Promise<Factor[]>;
  /**
   * Adds the first factor of a person, and only the first: false when the person has one already (two browsers
   * in one first sign-in can't both win).
   */
  addFirst(factor: NewFactor, at: number): Promise<boolean>;
  /**
   * Records one use, compare-and-set: false when `counter` is not above the last one accepted (a replay, or
   * the loser of two parallel uses). Consumed before what it buys (house rule 8).
   */
  advance(tenantId: TenantId, factorId: string, counter: number, at: number): Promise<boolean>;
}

/** A stored flow with the version to name when saving over it. */
export interface StoredFlow {
  value: string;
  version: number;
}

/** Where a sign-in in progress is kept between two requests. Values are opaque text, sealed by the caller. */
export interface FlowStore {
  load(tenantId: TenantId, uid: string): Promise<StoredFlow | undefined>;
  /**
   * Saves over exactly `expected` (0 = there must be none yet), and sets the time to live in seconds; false when
   * somebody else saved first.
   */
  save(tenantId: TenantId, uid: string, value: string, expected: number, ttl: number): Promise<boolean>;
  remove(tenantId: TenantId, uid: string): Promise<void>;
}
