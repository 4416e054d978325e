import type { AccountId } from '#src/account/account.ts';
import type { Tenant, TenantId } from '#src/tenant/tenant.ts';

/** What is remembered of the sign-in that a session began with, beside what it proves. Times in milliseconds. */
export interface SessionFacts {
  /** When its password was right; the second step came after it. */
  passwordAt: number;
  /** Since when that password was the person's; 0 for the first one. Undefined for what an older version began. */
  passwordSince?: number | undefined;
  /** A computer that others use too: a short idle time, and nothing remembered. */
  shared: boolean;
  /** What the browser called itself. */
  userAgent?: string | undefined;
  /** Address of the browser. */
  address?: string | undefined;
  /** Digest of the mark of the browser: its lane. */
  browser?: string | undefined;
}

/** An application that got something in a session. */
export interface SessionApplication {
  clientId: string;
  /** Name of the session to this application (OpenID Connect Back-Channel Logout §2.1). */
  sid: string | undefined;
  grantId: string | undefined;
}

/** A session at the provider: one browser in which a person is signed in. Times in milliseconds since the epoch. */
export interface Session {
  /** Its name for as long as it lives. */
  uid: string;
  accountId: AccountId;
  /** When the second step of its last sign-in was proved. */
  signedInAt: number;
  /** When it was last used, as far as that is known here; applications keep their own. */
  lastUsedAt: number;
  /** Undefined for one that another version of the product began. */
  facts: SessionFacts | undefined;
  applications: readonly SessionApplication[];
}

/** What an application may do on a person's behalf. */
export interface Grant {
  id: string;
  clientId: string;
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  since: number;
}

/** How many of each came to an end. */
export interface Ended {
  sessions: number;
  grants: number;
}

/**
 * The sessions and grants of people. Ending one ends all that hangs on it (grant, tokens, refresh tokens), and the
 * applications that want to know are told behind the back of whoever asked (OpenID Connect Back-Channel Logout 1.0).
 * Every method throws AppError `store-unavailable` when a store can't answer.
 */
export interface Sessions {
  /** The living ones of an account, the last used first. */
  list(tenantId: TenantId, accountId: AccountId): Promise<Session[]>;
  /** What applications hold, the newest first. */
  grants(tenantId: TenantId, accountId: AccountId): Promise<Grant[]>;
  /** False when there is no such session of this account (any more). */
  end(tenant: Tenant, accountId: AccountId, uid: string): Promise<boolean>;
  /** Ends every session but one, and every grant that does not hang on that one. */
  endOthers(tenant: Tenant, accountId: AccountId, but: string): Promise<Ended>;
  /** Ends every session and grant. */
  endAll(tenant: Tenant, accountId: AccountId): Promise<Ended>;
  /** Takes from an application all that it holds, in whichever session. False when it holds nothing. */
  withdraw(tenant: Tenant, accountId: AccountId, clientId: string): Promise<boolean>;
}
