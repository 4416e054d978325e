import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';

/** Milliseconds between two tries. */
const RETRY_EVERY = 500;
/** Milliseconds after which a try without an answer is told, and between two lines about it. */
const TELL_AFTER = 1_000;
const TELL_EVERY = 5_000;

/** A store that a start needs. */
export interface NeededStore<T> {
  /** As operators call it. */
  name: string;
  /** The setting that says where it is, and its variable. */
  setting: string;
  open(): Promise<T>;
  /** Why no waiting would help (a wrong password, a certificate), as a sentence without its subject; else undefined. */
  refusalOf(failure: unknown): string | undefined;
}

/** Waits for stores while a process starts. */
export interface Patience {
  /**
   * Opens a store, again and again while it does not answer. Throws AppError `store-refused` when waiting is no use,
   * `store-unavailable` when patience ends, the signal's reason when the process is asked to stop, and whatever else
   * opening throws.
   */
  until<T>(store: NeededStore<T>): Promise<T>;
}

export interface PatienceOptions {
  /** For the whole start, from now. */
  seconds: number;
  log: Log;
  /** Hears which store is being opened. */
  onStore: (name: string) => void;
  stop?: AbortSignal | undefined;
}

/** Opens once: for commands, whose user sits there and tries again. */
export const impatient: Patience = { until: ({ open }) => open() };

function isOutage(failure: unknown): failure is AppError {
  return failure instanceof AppError && failure.code === 'store-unavailable';
}

/** Tells at the first failure, or when the first try takes long, and then every few seconds. */
function createTeller(tell: () => void) {
  let every: NodeJS.Timeout | undefined;
  const begin = () => {
    clearTimeout(late);
    if (every !== undefined) return;
    tell();
    every = setInterval(tell, TELL_EVERY);
  };
  const late = setTimeout(begin, TELL_AFTER);
  return {
    begin,
    [Symbol.dispose]: () => {
      clearTimeout(late);
      clearInterval(every);
    },
  };
}

/** The driver's own words for the operator's log; an AppError around them says only which store. */
function reasonOf(failure: AppError): string {
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  return 'code' in cause && cause.message === '' ? String(cause.code) : cause.message;
}

/** Patience that ends `seconds` from now, however many stores are waited for. */
export function createPatience({ seconds, log, onStore, stop }: PatienceOptions): Patience {
  const end = performance.now() + seconds * 1_000;
  const left = () => Math.max(0, end - performance.now());
  return {
    async until({ name, setting, open, refusalOf }) {
      onStore(name);
      let reason: string | undefined;
      using teller = createTeller(() => {
        const secondsLeft = Math.ceil(left() / 1_000);
        log.warn(
          { store: name, secondsLeft, setting: 'startup.patienceSeconds', reason },
          `waiting for ${name}`,
        );
      });
      for (;;) {
        stop?.throwIfAborted();
        try {
          return await open();
        } catch (failure) {
          const refusal = refusalOf(failure);
          if (refusal !== undefined) {
            throw new AppError('store-refused', 503, `${name} ${refusal}; check ${setting}`, {
              cause: failure,
            });
          }
          if (!isOutage(failure)) throw failure;
          reason = reasonOf(failure);
          if (left() === 0) {
            const waited = `${name} did not answer within ${seconds} seconds (startup.patienceSeconds)`;
            throw new AppError('store-unavailable', 503, `${waited}; check ${setting}`, { cause: failure });
          }
        }
        teller.begin();
        // Asked to stop meanwhile: the loop's first line says so.
        await sleep(Math.min(RETRY_EVERY, left()), undefined, stop && { signal: stop }).catch(() => {});
      }
    },
  };
}
