import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import { CommandFailure } from './failure.ts';
import type { Operations } from './operations.ts';

type Place = Pick<Operations, 'accounts' | 'tenant'>;

/** Whoever has this login name, whatever its capitals; undefined for nobody. */
export async function findAccount(
  { accounts, tenant }: Place,
  loginName: string,
): Promise<Account | undefined> {
  const canonical = canonicalLoginName(loginName);
  return canonical === undefined ? undefined : accounts.findByLoginName(tenant.id, canonical);
}

/** The same; throws a CommandFailure for nobody. */
export async function requireAccount(place: Place, loginName: string): Promise<Account> {
  const account = await findAccount(place, loginName);
  if (account === undefined) throw new CommandFailure('nobody has this login name');
  return account;
}
