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
  /** What the person calls it; empty when they gave no name. */
  label: string;
  /** The method's own data as JSON text, opened; the method parses it with its own schema. Sealed at rest. */
  data: string;
  /**
   * What it is known by outside (a phone number, a key's public id, a credential id), as a keyed digest; undefined for
   * methods that have no such thing. For counting and for finding out whether another account has it too.
   */
  identity: string | undefined;
  /** Last counter, time step or sign count accepted, so that none is accepted twice. */
  lastCounter: number | undefined;
  createdAt: number;
  lastUsedAt: number | undefined;
  /** When the person wished to be asked for this one first; one of theirs at most. */
  preferredAt?: number | undefined;
  /** A number that was set up in the settings proves nothing behind a recovery until then (SIM swap). */
  coolsUntil?: number | undefined;
}

/** A factor that was just proved, before the store knows it. */
export type NewFactor = Omit<Factor, 'createdAt' | 'lastUsedAt' | 'preferredAt'>;

/**
 * What must be left of a person's methods: of each list, a method of at least one of its kinds. A person is never without
 * a way that their tenant takes.
 */
export type MustKeep = readonly (readonly string[])[];

/** One accepted use. `counter`, where a method has one, must be above the last; `data` replaces the method's data. */
export interface FactorUse {
  counter?: number | undefined;
  data?: string | undefined;
}

/** Where proved factors live. */
export interface FactorStore {
  /** A person's factors: the preferred one, then last used first, then newest first. */
  list(tenantId: TenantId, accountId: AccountId): Promise<Factor[]>;
  /**
   * Adds the first factor of a person, and only the first: false when the person has one already (two browsers
   * in one first sign-in can't both win). It counts as used at `at`.
   */
  addFirst(factor: NewFactor, at: number): Promise<boolean>;
  /**
   * Adds a further one, for a person who proved a second step in this very sign-in; false when the person has none
   * (a reset came between), or has the same `identity` of this kind already. It counts as used at `at`.
   */
  add(factor: NewFactor, at: number): Promise<boolean>;
  /**
   * Records one use, compare-and-set: false when `counter` is not above the last one accepted (a replay, or
   * the loser of two parallel uses). Consumed before what it buys (house rule 8).
   */
  use(tenantId: TenantId, factorId: string, use: FactorUse, at: number): Promise<boolean>;
  /** Another name for it; false when the person has no such factor. */
  rename(tenantId: TenantId, accountId: AccountId, factorId: string, label: string): Promise<boolean>;
  /**
   * This one is asked for first from now on, and no other; undefined: the last used one again. False when the person has
   * no such factor, and then nothing changes. One transaction.
   */
  prefer(
    tenantId: TenantId,
    accountId: AccountId,
    factorId: string | undefined,
    at: number,
  ): Promise<boolean>;
  /**
   * Removes one, if what must be left is left: of two removals at once, of the last two, one is refused (`last`). `gone`:
   * the person has no such factor (any more). The account's row puts them in line.
   */
  remove(
    tenantId: TenantId,
    accountId: AccountId,
    factorId: string,
    keep: MustKeep,
  ): Promise<'removed' | 'gone' | 'last'>;
  /**
   * Puts a proved one in the place of another, in one transaction. `gone`: that one is not there (any more); `taken`: the
   * person has the new one's identity already, as another factor; then nothing changes. It counts as used at `at`.
   */
  replace(formerId: string, factor: NewFactor, at: number): Promise<'replaced' | 'gone' | 'taken'>;
  /** How many accounts of the tenant have a factor of this kind and identity. */
  countAccounts(tenantId: TenantId, kind: string, identity: string): Promise<number>;
}

/** A backup code as it is kept: never the code. */
export interface BackupCode {
  /** A random UUID. */
  id: string;
  /** argon2id over a keyed digest (peppered). */
  hash: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** Wrong tries that a backup code survives in its life; the fifth makes it void. */
export const BACKUP_CODE_TRIES = 5;

/** Where the backup code of a person lives: at most one. */
export interface BackupCodeStore {
  /** The one that still works: not used, not void. */
  find(tenantId: TenantId, accountId: AccountId): Promise<BackupCode | undefined>;
  /**
   * Puts a new one in the place of exactly `expected` (the id that was there, used or not, or undefined for none):
   * false when another browser was first, or the person has no factor (a reset came between).
   */
  replace(
    tenantId: TenantId,
    accountId: AccountId,
    next: BackupCode,
    expected: string | undefined,
  ): Promise<boolean>;
  /** Counts a try before it is judged; false when the code is used, void, replaced or out of tries. */
  countTry(tenantId: TenantId, accountId: AccountId, id: string): Promise<boolean>;
  /** Uses it up, once: of 50 parallel calls one is true. */
  use(tenantId: TenantId, accountId: AccountId, id: string, at: number): Promise<boolean>;
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
