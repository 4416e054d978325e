import type { AccountId } from '#src/account/account.ts';
import { secretHash } from '#src/secret/secret-hash.ts';

/** Long enough that nobody finds two things of one name. */
const LENGTH = 22;

/**
 * What a thing of a person goes by on their own pages: made from its real name, which stays inside, and of use to nobody
 * else.
 */
export function shortName(kind: 'session' | 'browser', accountId: AccountId, name: string): string {
  const whole = JSON.stringify([kind, accountId, name]);
  return secretHash(whole).slice(0, LENGTH);
}
