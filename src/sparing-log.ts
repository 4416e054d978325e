import type { Log } from './log.ts';

/** Milliseconds between two records of one kind. */
const PAUSE = 60_000;

/**
 * Records what strangers can cause by the thousand: of each kind one record a minute at most, which tells how many
 * came `since` the last one. `kind` is a constant of ours, so the kinds are few.
 */
export function createSparingLog(log: Log, now: () => number = performance.now.bind(performance)) {
  const kinds = new Map<string, { at: number; since: number }>();
  return (level: 'debug' | 'warn', kind: string, message: string): void => {
    const last = kinds.get(kind);
    if (last !== undefined && now() - last.at < PAUSE) {
      last.since += 1;
      return;
    }
    log[level]({ error: kind, ...(last === undefined ? {} : { since: last.since }) }, message);
    kinds.set(kind, { at: now(), since: 0 });
  };
}

export type SparingLog = ReturnType<typeof createSparingLog>;
