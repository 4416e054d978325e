import { isIPv4, isIPv6 } from 'node:net';
import type { AccountId } from '#src/account/account.ts';
import { type Lane, STRANGERS, type WaitCounter, type WindowCounter } from './ports.ts';

/** Wrong tries that cost no wait (ASVS 6.3.1; security policy, numbers). */
export const FREE_TRIES = 5;
/** Seconds; every further failure doubles it. */
export const FIRST_WAIT = 30;
/** Seconds. */
export const LONGEST_WAIT = 60 * 60;
/** Seconds without a failure after which a count is forgotten; far longer than the longest wait. */
export const WAIT_MEMORY = 24 * 60 * 60;
/** Failures of one address, over all accounts and both steps, in one window. */
export const ADDRESS_LIMIT = 30;
/** Seconds. */
export const ADDRESS_WINDOW = 10 * 60;

/** Wrong second steps of one person over all methods that cost no wait: room to fall back on another method. */
export const PERSON_FREE_TRIES = 20;
/** Wrong passwords, or wrong second steps, in a row after which a lane is closed (security policy, numbers). */
export const LANE_LIMIT = 100;

/** What a try at one step counts against: who it was about, and where it came from. */
export interface StepCounters {
  /** Any of them refuses; a try counts on all of them, and a right one forgets them all. */
  waits: readonly WaitCounter[];
  /** Failures only. */
  address: WindowCounter;
  /** Whether a full address refuses. A browser that the person signed in with before is not kept out by its neighbours. */
  addressRefuses: boolean;
}

const waitCounter = (key: string, free = FREE_TRIES): WaitCounter => ({
  kind: 'wait',
  key,
  free,
  base: FIRST_WAIT,
  max: LONGEST_WAIT,
  memory: WAIT_MEMORY,
});

const addressCounter = (address: string): WindowCounter => ({
  kind: 'window',
  key: `address:${address}`,
  limit: ADDRESS_LIMIT,
  window: ADDRESS_WINDOW,
});

const countersOf = (
  waits: readonly WaitCounter[],
  address: string,
  lane: Lane = STRANGERS,
): StepCounters => ({
  waits,
  address: addressCounter(address),
  addressRefuses: lane === STRANGERS,
});

/** The end of the keys that a lane counts under. */
const keyOfLane = (lane: Lane) => (lane === STRANGERS ? '' : `:browser:${lane}`);

/**
 * Counters of one password try. An account has one count a lane, whatever name it was found by; an unknown login name
 * gets the same waits under the digest of its canonical form, so that waiting tells nobody who exists (ground
 * rule 3), and knows no browser. `nameDigest` and `address` are keyed digests; `address` is that of `addressKey`.
 */
export function passwordCounters(of: {
  account: AccountId | undefined;
  lane: Lane;
  nameDigest: string;
  address: string;
}): StepCounters {
  if (of.account === undefined) {
    return countersOf([waitCounter(`password:name:${of.nameDigest}`)], of.address);
  }
  const key = `password:account:${of.account}${keyOfLane(of.lane)}`;
  return countersOf([waitCounter(key)], of.address, of.lane);
}

/**
 * Counters of one second-step try. Apart from those of the password: a right password must not forgive wrong
 * codes. Each method waits by itself, so that another one can be used meanwhile; the person's own count over all
 * methods keeps anybody from multiplying tries by changing methods. The address count is the same one for both steps.
 */
export function secondStepCounters(of: {
  accountId: AccountId;
  method: string;
  lane: Lane;
  address: string;
}): StepCounters {
  const key = `second-step:account:${of.accountId}${keyOfLane(of.lane)}`;
  const waits = [waitCounter(`${key}:method:${of.method}`), waitCounter(key, PERSON_FREE_TRIES)];
  return countersOf(waits, of.address, of.lane);
}

/** Counters of one try to prove a method that is being set up; apart from those that guard what is set up already. */
export function setUpCounters(of: { accountId: AccountId; address: string }): StepCounters {
  return countersOf([waitCounter(`set-up:account:${of.accountId}`)], of.address);
}

/**
 * Counters of one answer to the security question in a recovery. Apart from those of the password: strangers who guess
 * that keep nobody out of the way back in.
 */
export function answerCounters(of: { accountId: AccountId; address: string }): StepCounters {
  return countersOf([waitCounter(`answer:account:${of.accountId}`)], of.address);
}

/**
 * Counter of new passwords that are held against the one there is, which tells whether they are the same: somebody who
 * reads another's mail must not guess at leisure what else the person uses.
 */
export function newPasswordCounter(accountId: AccountId): WaitCounter {
  return waitCounter(`new-password:account:${accountId}`, PERSON_FREE_TRIES);
}

/**
 * Counters of one code typed from a mail. By the name that was typed, known or not (ground rule 3); each link counts
 * its own tries as well.
 */
export function linkCodeCounters(of: { nameDigest: string; address: string }): StepCounters {
  return countersOf([waitCounter(`link-code:name:${of.nameDigest}`)], of.address);
}

/** The eight 16-bit groups of an IPv6 address without zone, which `isIPv6` has accepted. */
function groupsOf(ip: string): number[] {
  const hex = ip.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = [], tail = []] = hex.split('::').map((half) =>
    half
      .split(':')
      .filter((group) => group !== '')
      .map((group) => Number.parseInt(group, 16)),
  );
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

/**
 * What an address is counted as: an IPv4 address by itself, also when written as IPv4-mapped IPv6 (RFC 4291
 * §2.5.5.2); IPv6 by its /64, of which one household or machine has them all. Text that is no address counts as
 * one and the same source, so that a broken proxy header never escapes the limit.
 */
export function addressKey(ip: string): string {
  const address = ip.trim().replace(/%.*$/s, '');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return 'unknown';
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}
