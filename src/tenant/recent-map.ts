import type { Clock } from '#src/clock.ts';

/** Most entries, and milliseconds after which one that nobody used is dropped. */
export interface RecentBounds {
  most: number;
  idle: number;
}

/** A memory of what was used lately: when it is full, what was unused longest leaves. */
export interface RecentMap<Value> {
  /** The value, which counts as use. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  readonly size: number;
}

/** Makes an empty memory. Nothing runs by a timer: every use drops what is too old. */
export function createRecentMap<Value>({ most, idle }: RecentBounds, clock: Clock): RecentMap<Value> {
  // A Map keeps its order: the first entry is always the one unused longest.
  const entries = new Map<string, { value: Value; usedAt: number }>();

  const dropOld = (now: number) => {
    for (const [key, { usedAt }] of entries) {
      if (now - usedAt < idle && entries.size <= most) return;
      entries.delete(key);
    }
  };
  const put = (key: string, value: Value, now: number) => {
    entries.delete(key);
    entries.set(key, { value, usedAt: now });
  };

  return {
    get(key) {
      const now = clock.now();
      dropOld(now);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      put(key, entry.value, now);
      return entry.value;
    },
    set(key, value) {
      const now = clock.now();
      put(key, value, now);
      dropOld(now);
    },
    delete(key) {
      entries.delete(key);
    },
    get size() {
      return entries.size;
    },
  };
}
