import type { Clock } from '#src/clock.ts';
import { type KeySchedule, rollDueAt, wipesOf } from './key-plan.ts';
import { type LiveKey, liveKeys } from './key-ring.ts';
import { changesAt } from './key-roles.ts';
import { kindsOf } from './make-key.ts';
import type { KeyOwner, StoredKey } from './ports.ts';

/** Milliseconds after a failure to read before it is tried again. */
const RETRY_MS = 4_000;

/** Milliseconds before rolling is asked for again: the last time it may have failed. */
const DUE_AGAIN_MS = 60_000;

export interface KeptRingParts<R> {
  owner: KeyOwner;
  schedule: KeySchedule;
  clock: Clock;
  /** Reads the owner's keys; makes a kind's first one where there is none. */
  load(): Promise<StoredKey[]>;
  /** The last revision seen of keys. */
  revision(): number;
  shape(live: readonly LiveKey[]): R;
  /** Keys were read anew, or not, while the ones known go on serving. */
  onRead(failure: unknown): void;
  /** Something is to be rolled or wiped; does not wait for it. */
  onDue(): void;
}

/** One owner's keys as this process knows them. */
export interface KeptRing<R> {
  /** The ring of this moment: the same object as before while nothing in it changed. */
  current(): Promise<R>;
}

function kindsApart(stored: readonly StoredKey[], owner: KeyOwner): StoredKey[][] {
  return kindsOf(owner).map((kind) => stored.filter((key) => key.kind === kind));
}

function earliest(moments: readonly (number | undefined)[]): number {
  return Math.min(...moments.map((moment) => moment ?? Number.POSITIVE_INFINITY));
}

/** What follows from the keys that were read, at a moment. */
function view(stored: readonly StoredKey[], owner: KeyOwner, now: number, schedule: KeySchedule) {
  const moment = { now, overlapMs: schedule.overlapMs };
  const chains = kindsApart(stored, owner);
  const wipes = chains
    .flatMap((chain) => wipesOf(chain, moment))
    .filter(({ key }) => key.secret !== undefined);
  const live = liveKeys(stored, moment);
  return {
    live,
    isWhole: kindsOf(owner).every((kind) => live.some((key) => key.kind === kind && key.role === 'current')),
    changesAt: earliest(chains.map((chain) => changesAt(chain, moment))),
    dueAt: earliest([...chains.map((chain) => rollDueAt(chain, schedule)), ...wipes.map(({ at }) => at)]),
  };
}

function nameOf(live: readonly LiveKey[]): string {
  return live.map(({ id, role }) => `${id} ${role}`).join();
}

/** Whoever asks while the work is under way gets its outcome as well. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Keeps an owner's keys. They are read anew when another process changed some; a change of roles needs no reading.
 * When reading fails the known ones go on serving, and so does the first of them that signs.
 */
export function createKeptRing<R>(parts: KeptRingParts<R>): KeptRing<R> {
  const { owner, schedule, clock, load, revision, shape, onRead, onDue } = parts;
  let stored: readonly StoredKey[] | undefined;
  let seen: ReturnType<typeof view> & { ring: R; name: string };
  let readRevision = -1;
  let retryAt = 0;
  let dueAgainAt = 0;

  const look = (keys: readonly StoredKey[]) => {
    const next = view(keys, owner, clock.now(), schedule);
    const name = nameOf(next.live);
    const ring = stored !== undefined && seen.name === name ? seen.ring : shape(next.live);
    stored = keys;
    seen = { ...next, name, ring };
  };
  const read = oneAtATime(async () => {
    // Taken before reading: a change that comes meanwhile is read again.
    const asked = revision();
    try {
      look(await load());
      readRevision = asked;
      onRead(undefined);
    } catch (failure) {
      if (stored === undefined) throw failure;
      retryAt = clock.now() + RETRY_MS;
      onRead(failure);
    }
  });

  return {
    async current() {
      const now = clock.now();
      if (stored === undefined || (readRevision !== revision() && now >= retryAt)) await read();
      if (stored !== undefined && now >= seen.changesAt) {
        look(stored);
        if (!seen.isWhole) await read();
      }
      if (now >= seen.dueAt && now >= dueAgainAt) {
        dueAgainAt = now + DUE_AGAIN_MS;
        onDue();
      }
      return seen.ring;
    },
  };
}
