import type { Slice } from './statistics.ts';

/** One operation of a load: resolves when its right answer is there, rejects on any other. */
export type Operation = () => Promise<void>;

export interface Load {
  /** Gives the next operation; undefined when there is no more. */
  next(): Operation | undefined;
  /** Operations under way at a time. */
  clients: number;
  /** Ends then, after what is under way. */
  seconds: number;
  /** Milliseconds of CPU time that the server has used so far. */
  cpu(): Promise<number>;
  /** Milliseconds of it that went into password hashes. */
  hashing(): number;
  signal: AbortSignal;
}

/**
 * Keeps `clients` operations under way until the time is over or there are no more. The server's CPU time is read
 * before the first and after the last one. Rejects with the first failure, after what is under way.
 */
export async function drive({ next, clients, seconds, cpu, hashing, signal }: Load): Promise<Slice> {
  const latencies: number[] = [];
  const failures: unknown[] = [];
  const before = await cpu();
  const hashedBefore = hashing();
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const client = async () => {
    while (performance.now() < end && failures.length === 0 && !signal.aborted) {
      const operation = next();
      if (operation === undefined) return;
      const started = performance.now();
      try {
        await operation();
      } catch (failure) {
        failures.push(failure);
        return;
      }
      latencies.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - begun) / 1000;
  signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
  const cpuMs = (await cpu()) - before;
  const hashMs = hashing() - hashedBefore;
  return { operations: latencies.length, seconds: took, cpuMs, hashMs, latencies };
}

/** Gives each thing of a list once, as an operation. */
export function each<T>(things: readonly T[], operate: (thing: T) => Promise<void>): Load['next'] {
  const rest = things.values();
  return () => {
    const { done, value } = rest.next();
    return done === true ? undefined : () => operate(value);
  };
}

/** Gives the things of a list in turn, for ever; none of them to two at a time. */
export function inTurn<T>(things: readonly T[], operate: (thing: T) => Promise<void>): Load['next'] {
  const free = [...things];
  return () => {
    const thing = free.shift();
    if (thing === undefined) throw new Error(`${things.length} are too few for so many clients`);
    return async () => {
      await operate(thing);
      free.push(thing);
    };
  };
}
