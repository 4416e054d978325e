import type { Account } from '#src/account/account.ts';
import { looksLikeEmail } from '#src/account/login-name.ts';
import { comparableEmail, emailSchema } from '#src/account/profile.ts';

/** What is wrong with an address that somebody wants to have. */
export type EmailFault = 'empty' | 'malformed' | 'same' | 'login-name';

export type JudgedEmail = { ok: true; email: string } | { ok: false; fault: EmailFault };

/** What of an account decides it. */
export type EmailOwner = Pick<Account, 'loginName' | 'email' | 'emailVerified'>;

/** Whether two addresses are one; nobody's address is none. */
export function isSameEmail(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return comparableEmail(one) === comparableEmail(other);
}

/**
 * Judges an address as typed: one to write to, another one than the account has proved. A login name that looks like an
 * address stays the account's own (product decision 6): its person can't leave it behind alone, because whoever gets that
 * mailbox next would read it as theirs. That others proved the same address is no fault: people share mailboxes.
 */
export function judgeEmail({ loginName, email, emailVerified }: EmailOwner, typed: string): JudgedEmail {
  if (typed.trim() === '') return { ok: false, fault: 'empty' };
  const read = emailSchema.safeParse(typed);
  if (!read.success) return { ok: false, fault: 'malformed' };
  if (emailVerified && isSameEmail(email, read.data)) return { ok: false, fault: 'same' };
  if (looksLikeEmail(loginName) && !isSameEmail(loginName, read.data)) {
    return { ok: false, fault: 'login-name' };
  }
  return { ok: true, email: read.data };
}
