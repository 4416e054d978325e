import type { Account } from '#src/account/account.ts';
import { secretHash } from '#src/secret/secret-hash.ts';

/** What a session, or a code or token that came of one, tells of how it began. */
export interface Begun {
  /** Of the session. */
  uid: string | undefined;
  /** Milliseconds, in whole seconds; undefined where nothing tells. */
  signedInAt: number | undefined;
  /** Since when the password that it began with was the person's, 0 for the first one; undefined where nothing tells. */
  passwordSince?: number | undefined;
}

/** The name under which an account remembers the session that its password was changed in: it opens nothing. */
export function sessionMark(uid: string): string {
  return secretHash(`session ${uid}`);
}

/** Whole seconds, as sessions and tokens count. */
const inSeconds = (at: number) => Math.floor(at / 1000);

/**
 * Whether something goes on although the password was set anew: what began with the new one, and the very session in
 * which its person changed it, by its name and not by its time. All others were ended then; one that was being made at
 * that moment is told by the password that it began with, or else by its second.
 */
export function outlivesPassword(
  { passwordChangedAt, keptSession }: Pick<Account, 'passwordChangedAt' | 'keptSession'>,
  { uid, signedInAt, passwordSince }: Begun,
): boolean {
  if (passwordChangedAt === undefined) return true;
  if (uid !== undefined && keptSession === sessionMark(uid)) return true;
  if (passwordSince !== undefined) return passwordSince >= passwordChangedAt;
  return signedInAt === undefined || inSeconds(signedInAt) >= inSeconds(passwordChangedAt);
}
