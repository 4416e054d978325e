/** The times of a key from which its role follows; milliseconds since the epoch. */
export interface KeyTimes {
  id: string;
  /** From here on it is published. */
  createdAt: number;
  /** From here on it signs, until a newer one does. */
  currentFrom: number;
  /** From here on it is worth nothing. May lie ahead. */
  withdrawnAt: number | undefined;
  /** The key that came before it; undefined for the first of its kind. */
  succeeds: string | undefined;
}

/**
 * What a key is good for at a moment. `next`: published, signs nothing. `current`: the one of its kind that signs.
 * `previous`: signs nothing, what it signed is accepted. `ended`: its overlap is over. `withdrawn`: taken away before
 * that.
 */
export type KeyRole = 'next' | 'current' | 'previous' | 'ended' | 'withdrawn';

/** A key at a moment; `since` and `until` are milliseconds, `until` as far as it is known. */
export interface KeyAtMoment<K extends KeyTimes> {
  key: K;
  role: KeyRole;
  since: number;
  until: number | undefined;
}

/** A moment, and how long what a key signed is accepted after its successor began; milliseconds. */
export interface Moment {
  now: number;
  overlapMs: number;
}

/** How many keys came before this one. */
function depthOf(key: KeyTimes, keys: readonly KeyTimes[]): number {
  const before = keys.find(({ id }) => id === key.succeeds);
  return before === undefined ? 0 : 1 + depthOf(before, keys);
}

/** Oldest first, by when they begin to sign; of two that begin together the successor is newer. */
export function inOrder<K extends KeyTimes>(keys: readonly K[]): K[] {
  return keys.toSorted((a, b) => a.currentFrom - b.currentFrom || depthOf(a, keys) - depthOf(b, keys));
}

function isWithdrawn({ withdrawnAt }: KeyTimes, at: number): boolean {
  return withdrawnAt !== undefined && withdrawnAt <= at;
}

/** Whether it ever signs, as far as is known: a key withdrawn before its turn never does. */
function takesOver(key: KeyTimes): boolean {
  return !isWithdrawn(key, key.currentFrom);
}

/** When a key's end came, or will: its successor began, and the overlap passed. */
interface Ends {
  supersededAt: number | undefined;
  endsAt: number | undefined;
}

function endsOf(newer: readonly KeyTimes[], overlapMs: number): Ends {
  const supersededAt = newer.find(takesOver)?.currentFrom;
  return { supersededAt, endsAt: supersededAt === undefined ? undefined : supersededAt + overlapMs };
}

function earliest(...moments: (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** When the current key became that: it began, or whatever was newer went. */
function currentSince(key: KeyTimes, newer: readonly KeyTimes[], now: number): number {
  const gone = newer.filter((other) => takesOver(other) && isWithdrawn(other, now));
  return Math.max(key.currentFrom, ...gone.map(({ withdrawnAt }) => withdrawnAt ?? now));
}

function atMoment<K extends KeyTimes>(
  key: K,
  { newer, current, now, overlapMs }: { newer: readonly K[]; current: K | undefined } & Moment,
): KeyAtMoment<K> {
  const { withdrawnAt, createdAt, currentFrom } = key;
  const { supersededAt, endsAt } = endsOf(newer, overlapMs);
  if (withdrawnAt !== undefined && isWithdrawn(key, now)) {
    const hadEnded = endsAt !== undefined && endsAt <= withdrawnAt;
    return hadEnded
      ? { key, role: 'ended', since: endsAt, until: undefined }
      : { key, role: 'withdrawn', since: withdrawnAt, until: undefined };
  }
  if (key === current) {
    const until = earliest(
      newer.find((other) => other.currentFrom > now && takesOver(other))?.currentFrom,
      withdrawnAt,
    );
    return { key, role: 'current', since: currentSince(key, newer, now), until };
  }
  if (currentFrom > now) {
    return { key, role: 'next', since: createdAt, until: earliest(currentFrom, withdrawnAt) };
  }
  if (endsAt !== undefined && endsAt <= now) return { key, role: 'ended', since: endsAt, until: undefined };
  return { key, role: 'previous', since: supersededAt ?? currentFrom, until: earliest(endsAt, withdrawnAt) };
}

/**
 * The one that signs: the last to have begun. Where none has, the first that will: it was made by a process whose
 * clock is ahead, and another one made here would be known to nobody.
 */
function signer<K extends KeyTimes>(ordered: readonly K[], now: number): K | undefined {
  const standing = ordered.filter((key) => !isWithdrawn(key, now));
  return standing.findLast(({ currentFrom }) => currentFrom <= now) ?? standing[0];
}

/**
 * The role of every key of one kind at a moment, oldest first. A pure function of times that all processes read
 * alike: none has to flip a status, and their clocks need to agree only roughly.
 */
export function rolesAt<K extends KeyTimes>(
  keys: readonly K[],
  { now, overlapMs }: Moment,
): KeyAtMoment<K>[] {
  const ordered = inOrder(keys);
  const current = signer(ordered, now);
  return ordered.map((key, at) => atMoment(key, { newer: ordered.slice(at + 1), current, now, overlapMs }));
}

/** The first moment after `now` at which a role of one of these keys, all of one kind, is another; if there is one. */
export function changesAt(keys: readonly KeyTimes[], { now, overlapMs }: Moment): number | undefined {
  const roles = (at: number) =>
    rolesAt(keys, { now: at, overlapMs })
      .map(({ role }) => role)
      .join();
  const known = roles(now);
  const moments = keys.flatMap((key) => [
    key.currentFrom,
    key.currentFrom + overlapMs,
    ...(key.withdrawnAt === undefined ? [] : [key.withdrawnAt]),
  ]);
  return moments
    .filter((moment) => moment > now)
    .toSorted((a, b) => a - b)
    .find((moment) => roles(moment) !== known);
}
