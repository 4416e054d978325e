import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/**
 * What a link in a mail is for. `reset`: a new password (R21); `invitation`: the first one; `report`: "this was not me";
 * `former-address`: the same, from an address that is the account's no more.
 */
export type LinkPurpose = 'reset' | 'invitation' | 'report' | 'former-address';

/** Wrong codes that one link survives; the fifth ends its code, never the link. */
export const LINK_CODE_TRIES = 5;

/** A link as it is kept: never what stands in it. */
export interface MailLink {
  /** A random UUID. */
  id: string;
  accountId: AccountId;
  purpose: LinkPurpose;
  /** Milliseconds since the epoch, like all times here. */
  createdAt: number;
  expiresAt: number;
  openedAt: number | undefined;
  spentAt: number | undefined;
  /** The address that a `former-address` was mailed to: it may be brought back by it. */
  formerEmail: string | undefined;
}

/** A link to be kept. `codeDigest` is a keyed digest of the code beside it, where there is one. */
export interface NewMailLink
  extends Pick<MailLink, 'id' | 'accountId' | 'purpose' | 'createdAt' | 'expiresAt' | 'formerEmail'> {
  /** SHA-256 of the token, base64url. */
  tokenHash: string;
  codeDigest: string | undefined;
}

/** An address that was the account's, as it is kept beside the link that was mailed to it. */
export interface FormerAddress {
  email: string;
  /** When the link was made: as the address was replaced. */
  replacedAt: number;
  /** Until when the link may bring it back; past for one that is kept until the next link is made. */
  comesBackUntil: number;
}

/** How far an invitation got (R-lifecycle): the last one, whatever became of it. */
export type InvitationStatus = 'sent' | 'opened' | 'active' | 'expired';

/** Where links in mails are kept. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface MailLinkStore {
  /**
   * Keeps a link. Of `reset` and `invitation` the newest alone works: the one before ends in the same transaction. False
   * when the account is not there or disabled.
   */
  issue(tenantId: TenantId, link: NewMailLink): Promise<boolean>;
  /** A link that still works: not spent, ended or too old. Reads only (R21: opening spends nothing). */
  find(tenantId: TenantId, tokenHash: string, at: number): Promise<MailLink | undefined>;
  /** Remembers that a button was shown for it; only the first time counts. */
  opened(tenantId: TenantId, id: string, at: number): Promise<void>;
  /**
   * Spends a link, once: of 50 parallel calls by different browsers one gets it. `by` is the digest of the browser's own
   * secret: the same one gets it again while it has not ended and is not too old (a button pressed twice, a tab closed).
   */
  spend(tenantId: TenantId, tokenHash: string, by: string, at: number): Promise<MailLink | undefined>;
  /**
   * Spends the newest `reset` or `invitation` of one of these accounts by the code beside it. A try is counted on each
   * before the digests are compared; a link whose tries are used up takes no code. For no account at all the same
   * statements find nobody.
   */
  spendByCode(
    tenantId: TenantId,
    given: readonly { accountId: AccountId; codeDigest: string }[],
    by: string,
    at: number,
  ): Promise<MailLink | undefined>;
  /** The last invitation of an account; undefined when it never had one. */
  invitation(
    tenantId: TenantId,
    accountId: AccountId,
    at: number,
  ): Promise<{ status: InvitationStatus; link: MailLink } | undefined>;
  /** Every former address that is kept of an account, newest first: also those that can come back no more. */
  formerAddresses(tenantId: TenantId, accountId: AccountId): Promise<FormerAddress[]>;
  /**
   * Ends every link of an account that still works, but for those of former addresses: all of them, or those made before
   * `formerBefore`. Who replaces an address twice must not end the way back to the first one by the second.
   */
  endAll(
    tenantId: TenantId,
    accountId: AccountId,
    at: number,
    but: 'former-addresses' | { formerBefore: number },
  ): Promise<void>;
}
