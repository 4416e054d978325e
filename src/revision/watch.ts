import type { Log } from '#src/log.ts';
import type { RevisionName, RevisionStore } from './ports.ts';

/** Milliseconds between two looks: a change is known everywhere well within 10 seconds. */
const EVERY_MS = 4_000;

export interface RevisionWatchParts {
  revisions: RevisionStore;
  log: Log;
  everyMs?: number;
}

/** Tells what this process holds of old. Disposing of it ends its looking. */
export interface RevisionWatch extends Disposable {
  /** The last revision seen of one kind; whoever holds things of another revision reads them again. */
  of(name: RevisionName): number;
  /** Looks now. Never throws: while the database is away nothing can have changed that could be read. */
  check(): Promise<void>;
}

/** Looks every few seconds, by one small query, whether another process changed what this one holds. */
export async function openRevisionWatch(parts: RevisionWatchParts): Promise<RevisionWatch> {
  const { revisions, log, everyMs = EVERY_MS } = parts;
  let seen = await revisions.read();
  let looking: Promise<void> | undefined;
  let away = false;
  const look = async () => {
    try {
      seen = await revisions.read();
      away = false;
    } catch (err) {
      // One line an outage, not one every few seconds.
      if (!away) log.warn({ err }, 'changes by other processes are not seen while the database is away');
      away = true;
    }
  };
  const check = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const timer = setInterval(check, everyMs).unref();
  return {
    of: (name) => seen[name],
    check,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
