import type { AccountId } from '#src/account/account.ts';
import type { WindowCounter } from '#src/lockout/ports.ts';
import type { Lost } from './recovery-flow.ts';

/** Seconds in which everything here is counted (design: reset link, 3/h per account, 10/h per address). */
const WINDOW = 60 * 60;
/** Requests of one browser's address. */
const PER_ADDRESS = 10;
/** Requests for one name, known or not. */
const PER_NAME = 3;
/** Links to a new password of one account. */
const PER_ACCOUNT = 3;

const windowCounter = (key: string, limit: number): WindowCounter => ({
  kind: 'window',
  key: `recovery:${key}`,
  limit,
  window: WINDOW,
});

/** Counters of one request. Both are keyed digests: the name as typed, whoever has it, and `addressKey` of the browser. */
export function askCounters(of: { lost: Lost; nameDigest: string; address: string }): WindowCounter[] {
  return [
    windowCounter(`name:${of.lost}:${of.nameDigest}`, PER_NAME),
    windowCounter(`address:${of.address}`, PER_ADDRESS),
  ];
}

/** Counter of links to a new password for one account, whatever name it was asked by: nobody's letterbox is filled. */
export function resetCounter(accountId: AccountId): WindowCounter {
  return windowCounter(`account:${accountId}`, PER_ACCOUNT);
}
