import type { Locale } from '#src/account/account.ts';
import type { Mail } from '#src/message/mail.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** A way to a new password for one of the accounts on a mailbox: a link, and the code beside it as it is shown. */
export interface ResetOffer {
  loginName: string;
  href: string;
  code: string;
}

/** Puts the mails of recoveries and invitations into words, in the person's own language. */
export interface RecoveryMailRenderer {
  /** The login names that this tenant has for the address it goes to (R20). */
  loginNames(of: { tenant: Tenant; locale: Locale; names: readonly string[] }): Mail;
  /** One way to a new password for each account on this mailbox; each works for `minutes` (R21). */
  reset(of: { tenant: Tenant; locale: Locale; accounts: readonly ResetOffer[]; minutes: number }): Mail;
  /** The way to a first password. `expiresAt` in milliseconds since the epoch. */
  invitation(of: ResetOffer & { tenant: Tenant; locale: Locale; givenName: string; expiresAt: number }): Mail;
}
