import { createHash } from 'node:crypto';
import type { AccountId } from '#src/account/account.ts';

/** Long enough that nobody finds two things of one name. */
const LENGTH = 22;

/**
 * What a thing of a person goes by on their own pages: made from its real name, which stays inside, and of use to nobody
 * else.
 */
export function shortName(kind: 'session' | 'browser', accountId: AccountId, name: string): string {
  const whole = JSON.stringify([kind, accountId, name]);
  return createHash('sha256').update(whole).digest('base64url').slice(0, LENGTH);
}
