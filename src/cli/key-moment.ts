import { setTimeout } from 'node:timers/promises';
import type { Clock } from '#src/clock.ts';
import type { Output } from './terminal.ts';

/** A moment in UTC, to the second. */
export function moment(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

const SECOND = 1_000;

/** Waits until a moment, and says every five seconds how long that takes. */
export async function countDown(
  { stderr, clock }: { stderr: Output; clock: Clock },
  { at, what }: { at: number; what: string },
): Promise<void> {
  if (clock.now() >= at) return;
  stderr.write('It is written and happens by itself, also when you stop this command.\n');
  for (let left = at - clock.now(); left > 0; left = at - clock.now()) {
    const seconds = Math.ceil(left / SECOND);
    if (seconds % 5 === 0) stderr.write(`${seconds} s until ${what} …\n`);
    await setTimeout(left - (seconds - 1) * SECOND);
  }
}
