import type { Account } from '#src/account/account.ts';
import type { Proved } from './recovery-flow.ts';

/** What of an account a recovery remembers, to know whether somebody else changed it meanwhile. */
export function seenOf({
  passwordChangedAt,
  suspendedAt,
}: Account): Pick<Account, 'passwordChangedAt' | 'suspendedAt'> {
  return { passwordChangedAt, suspendedAt };
}

/**
 * Whether a recovery may go on with this account: open, and as it was when the link was spent, which was not long ago.
 * Whoever got at somebody's mail once must not keep what they spent alive until it suits them.
 */
export function stillStands(
  account: Account | undefined,
  { seen, until }: Pick<Proved, 'seen' | 'until'>,
  now: number,
): account is Account {
  return (
    account !== undefined &&
    now < until &&
    account.disabledAt === undefined &&
    account.passwordChangedAt === seen.passwordChangedAt &&
    account.suspendedAt === seen.suspendedAt
  );
}
