import type { Lane } from '#src/lockout/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** Identifier of an account: a random UUID. It is also the `sub` claim: opaque, stable, different per tenant. */
export type AccountId = string;

/** Languages a page, a message or an account can have. */
export type Locale = 'nl' | 'en';

/** Who said that somebody else is in the account: at an address of the account, or at one that was replaced. */
export type Suspender = 'person' | 'former-address';

/** A person's account in one tenant, without anything secret in it. */
export interface Account {
  id: AccountId;
  tenantId: TenantId;
  /** As typed at creation; shown on screens. */
  loginName: string;
  givenName: string;
  familyName: string;
  email: string | undefined;
  emailVerified: boolean;
  /** E.164. */
  phone: string | undefined;
  phoneVerified: boolean;
  locale: Locale;
  roles: readonly string[];
  /** Milliseconds since the epoch; undefined while the account may sign in. */
  disabledAt: number | undefined;
  /** Since when nobody gets in because the person said "this was not me"; a recovery or the help desk lifts it. */
  suspendedAt: number | undefined;
  /** When the password was last set anew: what was begun with the one before is over. */
  passwordChangedAt: number | undefined;
  /** When that was last done by a link in a mail. */
  recoveredAt?: number | undefined;
  /** Mark of the session in which it was last changed, by who was signed in: it goes on (`outlivesPassword`). */
  keptSession?: string | undefined;
  createdAt: number;
}

/** An account with what a sign-in checks: its password hash, or undefined when none was ever set. */
export interface SignInAccount {
  account: Account;
  /** PHC string of argon2id. */
  passwordHash: string | undefined;
  /** Which lane this browser's tries count in: its own when it signed in to this account before. */
  lane: Lane;
  /** Since when that lane is closed (R24). */
  laneBlockedAt: number | undefined;
}
