import type { TenantId } from '#src/tenant/tenant.ts';
import type { Account, AccountId, Locale, SignInAccount, Suspender } from './account.ts';

/** What a new account starts with; all checked by the caller (login name, password rules, e-mail, phone). */
export interface NewAccount
  extends Omit<
    Account,
    'id' | 'disabledAt' | 'suspendedAt' | 'passwordChangedAt' | 'recoveredAt' | 'keptSession' | 'createdAt'
  > {
  /** PRECIS UsernameCaseMapped of the login name (RFC 8265 §3.3): unique in the tenant. */
  loginNameCanonical: string;
  passwordHash: string | undefined;
}

/** Answer to creating an account. */
export type CreateAccountResult = { kind: 'created'; account: Account } | { kind: 'login-name-taken' };

/** A page of accounts, ordered by canonical login name; `after` is the last canonical login name already seen. */
export interface AccountListQuery {
  limit: number;
  after?: string | undefined;
}

export interface AccountPage {
  accounts: Account[];
  /** Pass as `after` for the next page; undefined on the last one. */
  next: string | undefined;
}

/** What operators may know of an account beside what is in it. */
export interface AccountStanding {
  /** Whether a password was ever set. */
  hasPassword: boolean;
  /** Who said that somebody else is in the account; undefined while nobody does. */
  suspendedBy: Suspender | undefined;
}

/** Where accounts live. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface AccountStore {
  create(account: NewAccount): Promise<CreateAccountResult>;
  findById(tenantId: TenantId, id: AccountId): Promise<Account | undefined>;
  findByLoginName(tenantId: TenantId, canonical: string): Promise<Account | undefined>;
  /**
   * For the sign-in: by canonical login name, else by verified e-mail address (as given; `comparableEmail` says
   * which are the same) when exactly one account of the tenant has it. One query, whatever is found. `browser` is the
   * digest of the browser's mark, or undefined: it chooses the lane.
   */
  findForSignIn(
    tenantId: TenantId,
    name: { canonical: string | undefined; email: string | undefined },
    browser?: string | undefined,
  ): Promise<SignInAccount | undefined>;
  /**
   * For recovery: accounts that may sign in, by canonical login name or by verified e-mail address, at most `limit`,
   * in the order of their login names. One query, whatever is found.
   */
  findForRecovery(
    tenantId: TenantId,
    name: { canonical: string | undefined; email: string | undefined },
    limit: number,
  ): Promise<Account[]>;
  list(tenantId: TenantId, query: AccountListQuery): Promise<AccountPage>;
  findStanding(tenantId: TenantId, id: AccountId): Promise<AccountStanding | undefined>;
  /** Sets or lifts the disabled mark; false when it already was so or the account is not there. */
  setDisabled(tenantId: TenantId, id: AccountId, disabledAt: number | undefined): Promise<boolean>;
  /** Replaces a password hash only while it is still `previous` (a re-hash must not undo a change). */
  replacePasswordHash(tenantId: TenantId, id: AccountId, previous: string, next: string): Promise<boolean>;
  /** The language of pages and messages; false when the account is not there. */
  changeLocale(tenantId: TenantId, id: AccountId, locale: Locale): Promise<boolean>;
  /**
   * Another address, proved. In the same transaction no link to a password works any more. False when the account is not
   * there, is disabled or suspended, or its address is not `expected` any more (compared by `comparableEmail`).
   */
  changeEmail(
    tenantId: TenantId,
    id: AccountId,
    change: { email: string; expected: string | undefined; at: number },
  ): Promise<boolean>;
  /**
   * Puts an address back that was replaced, as a proved one, and marks that somebody else is in the account: as by the
   * person, because a recovery now goes to that address. In the same transaction no browser is known and no link to a
   * password works. Resolves to the proved address that it took the place of. Undefined when nothing was done: the account
   * is not there, is disabled, or waits for the help desk.
   */
  restoreEmail(
    tenantId: TenantId,
    id: AccountId,
    restored: { email: string; at: number },
  ): Promise<{ replaced: string | undefined } | undefined>;
  /** Marks that somebody else is in the account, or lifts the mark; false when the account is not there. */
  setSuspended(
    tenantId: TenantId,
    id: AccountId,
    suspended: { by: Suspender; at: number } | undefined,
  ): Promise<boolean>;
  /**
   * A new password, and in the same transaction: the time of it, no suspension by the person, no count or block or
   * known browser (lanes), no link that still works but those of former addresses. `provesEmail`: the address that the
   * link was mailed to, which is proved by it while it is still the account's. False when the account is not there, is
   * disabled, or is not as the caller has `seen` it any more: of two changes begun from the same state, one is made.
   */
  changePassword(
    tenantId: TenantId,
    id: AccountId,
    change: {
      hash: string;
      at: number;
      provesEmail: string | undefined;
      seen?: Pick<Account, 'passwordChangedAt' | 'suspendedAt'> | undefined;
      /** The address that the account must still have: by which its person came here. Undefined asks for none. */
      byAddress?: string | undefined;
      /** By a link in a mail: by who has the mailbox, and knew the password no more. */
      recovered?: boolean | undefined;
      /** Digest of a browser that stays known: the one in which its person changed it. Its counts begin anew. */
      keepBrowser?: string | undefined;
      /** Mark of the session that goes on (`sessionMark`): the one in which its person changed it. No other one does. */
      keepSession?: string | undefined;
    },
  ): Promise<boolean>;
}
