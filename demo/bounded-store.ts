import type { Clock } from '#src/clock.ts';

/** Limits of a store: most entries, and their age since `put` and since the last `get`, in milliseconds. */
export interface StoreBounds {
  entries: number;
  age: number;
  idle: number;
}

/** An in-memory store that cannot grow without end; ids are unguessable and chosen by the caller. */
export interface BoundedStore<Value> {
  /** Adds an entry; the one that was idle longest leaves when the store is full. */
  put(id: string, value: Value): void;
  /** The entry, which counts as activity; undefined when unknown or too old. */
  get(id: string): Value | undefined;
  /** The entry, once: a second call finds nothing (ground rule 8). */
  take(id: string): Value | undefined;
  /** Changes the value of a living entry without making it younger; false when it is gone. */
  replace(id: string, value: Value): boolean;
  delete(id: string): void;
  /** Deletes all whose value is meant. */
  deleteWhere(isMeant: (value: Value) => boolean): void;
}

interface Entry<Value> {
  value: Value;
  madeAt: number;
  usedAt: number;
}

/** Makes an empty store. */
export function createBoundedStore<Value>(bounds: StoreBounds, clock: Clock): BoundedStore<Value> {
  // A Map keeps its order: the first entry is always the one idle longest.
  const entries = new Map<string, Entry<Value>>();
  const dead = (entry: Entry<Value>, now: number) =>
    now - entry.madeAt >= bounds.age || now - entry.usedAt >= bounds.idle;

  function makeRoom(now: number): void {
    for (const [id, entry] of entries) {
      if (entries.size < bounds.entries && !dead(entry, now)) return;
      entries.delete(id);
    }
  }

  function living(id: string): Entry<Value> | undefined {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    entries.delete(id);
    const now = clock.now();
    if (dead(entry, now)) return undefined;
    return { ...entry, usedAt: now };
  }

  return {
    put(id, value) {
      const now = clock.now();
      makeRoom(now);
      entries.set(id, { value, madeAt: now, usedAt: now });
    },
    get(id) {
      const entry = living(id);
      if (entry !== undefined) entries.set(id, entry);
      return entry?.value;
    },
    take: (id) => living(id)?.value,
    replace(id, value) {
      const entry = living(id);
      if (entry !== undefined) entries.set(id, { ...entry, value });
      return entry !== undefined;
    },
    delete(id) {
      entries.delete(id);
    },
    deleteWhere(isMeant) {
      for (const [id, { value }] of entries) if (isMeant(value)) entries.delete(id);
    },
  };
}
