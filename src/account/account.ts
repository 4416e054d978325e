import type { TenantId } from '#src/tenant/tenant.ts';

/** Identifier of an account: a random UUID. It is also the `sub` claim: opaque, stable, different per tenant. */
export type AccountId = string;

/** Languages a page, a message or an account can have. */
export type Locale = 'nl' | 'en';

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
  createdAt: number;
}

/** An account with what a sign-in checks: its password hash, or undefined when none was ever set. */
export interface SignInAccount {
  account: Account;
  /** PHC string of argon2id. */
  passwordHash: string | undefined;
}
