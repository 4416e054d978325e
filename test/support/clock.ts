import type { TestContext } from 'node:test';
import type { Clock } from '#src/clock.ts';

/** A Clock that stands still until a test moves it. Milliseconds throughout. */
export interface TestClock extends Clock {
  set(at: number): void;
  advance(ms: number): void;
}

/** Makes one that shows `start`, by default a plain working day. */
export function createTestClock(start: number = Date.UTC(2026, 0, 15, 9, 0, 0)): TestClock {
  let at = start;
  return {
    now: () => at,
    set: (next) => {
      at = next;
    },
    advance: (ms) => {
      at += ms;
    },
  };
}

/** Stops the machine's own clock for the length of a test, as this process sees it. What it gives moves it on by milliseconds. */
export function stopClock(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (ms) => t.mock.timers.tick(ms);
}
