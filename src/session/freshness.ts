import type { Session } from './ports.ts';

/** Milliseconds between a password and the second step behind it, beyond which both have to be given anew: the bound. */
const WHOLE_SIGN_IN = 20 * 60_000;

/**
 * Whether both steps are fresh enough to change how somebody signs in (design: 5 minutes). The whole sign-in counts from
 * its second step: a text message that took its time must not lead round and round. Its password may be no older than the
 * bound of 20 minutes. All in milliseconds; a session that tells nothing of its password is not fresh.
 */
export function isFresh(
  { signedInAt, facts }: Pick<Session, 'signedInAt' | 'facts'>,
  now: number,
  within: number,
): boolean {
  if (facts === undefined) return false;
  const passwordAge = now - facts.passwordAt;
  const age = now - signedInAt;
  // What lies in the future is no proof: clocks of two machines may be a little apart.
  return age <= within && passwordAge <= WHOLE_SIGN_IN && age > -SKEW && passwordAge > -SKEW;
}

/** Milliseconds that clocks of two machines may be apart, and what whole seconds hide. */
const SKEW = 5_000;
