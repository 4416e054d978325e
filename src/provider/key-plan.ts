import { inOrder, type KeyTimes, type Moment, rolesAt } from './key-roles.ts';

/** How keys move on; milliseconds. */
export interface KeySchedule {
  /** How long a key signs. */
  rollMs: number;
  /** How long it is published before that, and what it signed is accepted after that. */
  overlapMs: number;
}

/**
 * Milliseconds between a change in a hurry and its taking effect. Every process looks for changes every 4 seconds and
 * reads them at once, so all know of it by then; a clock may be a few seconds off as well.
 */
export const LEAD_MS = 15_000;

/** Milliseconds for which an ended key's secret is kept all the same, for a process whose clock is behind. */
export const WIPE_AFTER_MS = 5 * 60_000;

/** A change to the keys of one kind: at most one new one, and those that are taken away at a moment. */
export interface KeyPlan {
  add: { currentFrom: number; succeeds: string | undefined } | undefined;
  withdraw: { id: string; at: number }[];
}

/** The one key that none succeeds: what comes next succeeds it, and of two that try one finds it taken. */
function tailOf(keys: readonly KeyTimes[]): string | undefined {
  const succeeded = new Set(keys.map(({ succeeds }) => succeeds));
  return inOrder(keys).findLast(({ id }) => !succeeded.has(id))?.id;
}

/** Keys that nobody took away, oldest first; the last one is what a successor follows in time. */
function standing<K extends KeyTimes>(keys: readonly K[]): K[] {
  return inOrder(keys).filter(({ withdrawnAt }) => withdrawnAt === undefined);
}

/** A key that signs at once, when there is none that does: a first start, or all were withdrawn. */
export function planFirst(keys: readonly KeyTimes[], now: number): KeyPlan | undefined {
  const hasCurrent = rolesAt(keys, { now, overlapMs: 0 }).some(({ role }) => role === 'current');
  return hasCurrent ? undefined : { add: { currentFrom: now, succeeds: tailOf(keys) }, withdraw: [] };
}

/** When the newest key asks for a successor: an overlap before its time is over. */
export function rollDueAt(keys: readonly KeyTimes[], { rollMs, overlapMs }: KeySchedule): number | undefined {
  const newest = standing(keys).at(-1);
  return newest === undefined ? undefined : newest.currentFrom + rollMs - overlapMs;
}

/** The successor of the newest key, when that is due. */
export function planRoll(keys: readonly KeyTimes[], now: number, schedule: KeySchedule): KeyPlan | undefined {
  const dueAt = rollDueAt(keys, schedule);
  if (dueAt === undefined || dueAt > now) return undefined;
  const currentFrom = Math.max(now, dueAt) + schedule.overlapMs;
  return { add: { currentFrom, succeeds: tailOf(keys) }, withdraw: [] };
}

/** A successor before its time; undefined when there is one already, which will sign by itself. */
export function planRotation(
  keys: readonly KeyTimes[],
  now: number,
  schedule: KeySchedule,
): KeyPlan | undefined {
  if (standing(keys).some(({ currentFrom }) => currentFrom > now)) return undefined;
  return { add: { currentFrom: now + schedule.overlapMs, succeeds: tailOf(keys) }, withdraw: [] };
}

/**
 * A successor that signs as soon as every process knows it. One that waits for its turn has signed nothing and is
 * taken away, unless its turn comes sooner still: then there is nothing to plan.
 */
export function planHaste(keys: readonly KeyTimes[], now: number): KeyPlan | undefined {
  const waiting = standing(keys).filter(({ currentFrom }) => currentFrom > now);
  if (waiting.some(({ currentFrom }) => currentFrom <= now + LEAD_MS)) return undefined;
  return {
    add: { currentFrom: now + LEAD_MS, succeeds: tailOf(keys) },
    withdraw: waiting.map(({ id }) => ({ id, at: now })),
  };
}

/**
 * Takes a key away. One that signs goes when a successor takes over, so that its kind is never without; one that
 * waits goes at once and gets a successor in its place; one that no longer signs just goes. Undefined when there is
 * nothing left to take away.
 */
export function planWithdrawal(
  keys: readonly KeyTimes[],
  { id, now, overlapMs }: { id: string } & Moment,
): KeyPlan | undefined {
  const found = rolesAt(keys, { now, overlapMs }).find(({ key }) => key.id === id);
  if (found === undefined || found.key.withdrawnAt !== undefined) return undefined;
  const { role, key } = found;
  if (role === 'ended') return undefined;
  if (role === 'previous') return { add: undefined, withdraw: [{ id, at: now }] };
  if (role === 'next' && key.currentFrom > now + LEAD_MS) {
    const currentFrom = Math.max(key.currentFrom, now + overlapMs);
    return { add: { currentFrom, succeeds: tailOf(keys) }, withdraw: [{ id, at: now }] };
  }
  return planRelief(keys, id, now);
}

/** Somebody else signs from the moment at which the key that signs now, or within seconds, is taken away. */
function planRelief(keys: readonly KeyTimes[], id: string, now: number): KeyPlan {
  const others = standing(keys).filter((key) => key.id !== id && key.currentFrom > now);
  const soon = others.find(({ currentFrom }) => currentFrom <= now + LEAD_MS);
  if (soon !== undefined) return { add: undefined, withdraw: [{ id, at: soon.currentFrom }] };
  const at = now + LEAD_MS;
  return {
    add: { currentFrom: at, succeeds: tailOf(keys) },
    withdraw: [{ id, at }, ...others.map((other) => ({ id: other.id, at: now }))],
  };
}

/** Keys of one kind that are worth nothing any more, and when their secrets are to be wiped. */
export function wipesOf<K extends KeyTimes>(keys: readonly K[], moment: Moment): { key: K; at: number }[] {
  return rolesAt(keys, moment)
    .filter(({ role }) => role === 'ended' || role === 'withdrawn')
    .map(({ key, since }) => ({ key, at: since + WIPE_AFTER_MS }));
}
