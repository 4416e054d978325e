import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TakeResult, ThrottleCounter, ThrottleStore } from '#src/lockout/ports.ts';
import type { MakeBench } from './volatile-bench.ts';

/** The simplest store that could be right: every counted failure by name, and nothing is ever thrown away. */
class ThrottleModel {
  readonly #failures = new Map<string, number[]>();
  readonly #waits = new Map<string, number>();

  take(counters: readonly ThrottleCounter[], now: number): TakeResult {
    for (const counter of counters) this.#noLaterThan(now, counter);
    const refusals = counters.map((counter) => ({
      counter: counter.key,
      until: this.#refusedUntil(counter, now),
    }));
    const latest = refusals.reduce((one, other) => (other.until > one.until ? other : one));
    if (latest.until > now) return { allowed: false, ...latest };
    for (const counter of counters) {
      if (counter.kind === 'wait' || counter.peek !== true) this.#count(counter, now);
    }
    return { allowed: true };
  }

  settle(clear: readonly string[], giveBack: readonly string[], counters: readonly ThrottleCounter[]): void {
    for (const key of clear) this.#forget(key);
    for (const key of giveBack) {
      const left = (this.#failures.get(key) ?? []).slice(0, -1);
      const counter = counters.find((candidate) => candidate.key === key);
      if (left.length === 0) this.#forget(key);
      else {
        // The order of failures inside a window does not matter but for the first; a wait remembers the last.
        const last = this.#failures.get(key)?.at(-1) ?? 0;
        this.#failures.set(key, counter?.kind === 'wait' ? [...left.slice(0, -1), last] : left);
      }
      this.#waits.delete(key);
    }
  }

  /** After the clock was set back: nothing happened later than now, and a wait has its own length left at most. */
  #noLaterThan(now: number, { kind, key }: ThrottleCounter): void {
    const failures = this.#failures.get(key) ?? [];
    const from = (kind === 'wait' ? failures.at(-1) : failures[0]) ?? 0;
    if (from <= now) return;
    const moved = failures.map((at) => Math.min(at, now));
    this.#failures.set(key, moved);
    const wait = this.#waits.get(key);
    if (wait !== undefined) this.#waits.set(key, now + wait - from);
  }

  #forget(key: string): void {
    this.#failures.delete(key);
    this.#waits.delete(key);
  }

  #refusedUntil(counter: ThrottleCounter, now: number): number {
    const failures = this.#failures.get(counter.key) ?? [];
    const [first = 0, last = 0] = [failures[0], failures.at(-1)];
    if (counter.kind === 'window') {
      if (now >= first + counter.window * 1000) this.#forget(counter.key);
      else if (failures.length >= counter.limit) return first + counter.window * 1000;
      return 0;
    }
    const wait = this.#waits.get(counter.key) ?? 0;
    if (now >= wait && now >= last + counter.memory * 1000) this.#forget(counter.key);
    return wait;
  }

  #count(counter: ThrottleCounter, now: number): void {
    const failures = [...(this.#failures.get(counter.key) ?? []), now];
    this.#failures.set(counter.key, failures);
    if (counter.kind === 'window') return;
    this.#waits.delete(counter.key);
    let seconds = counter.base;
    for (let i = counter.free; i < failures.length; i += 1) seconds = Math.min(seconds * 2, counter.max);
    if (failures.length >= counter.free) {
      this.#waits.set(counter.key, now + Math.min(seconds, counter.max) * 1000);
    }
  }
}

const counters: readonly ThrottleCounter[] = [
  { kind: 'wait', key: 'account', free: 3, base: 60, max: 500, memory: 1_000 },
  { kind: 'wait', key: 'browser', free: 1, base: 100, max: 3_000, memory: 200 },
  { kind: 'window', key: 'address', limit: 4, window: 600 },
  { kind: 'window', key: 'number', limit: 1, window: 60 },
  { kind: 'window', key: 'seen', limit: 2, window: 600, peek: true },
];

const some = fc.subarray([...counters], { minLength: 1 });
const keys = fc.subarray(counters.map((counter) => counter.key));
const turn = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('take' as const), counters: some }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('settle' as const), clear: keys, giveBack: keys }),
  },
  // A clock that is set back by less than a wait, by more, and to before everything.
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set back' as const),
      ms: fc.constantFrom(1, 59_999, 60_000, 400_000, 10_000_000),
    }),
  },
  // Spans that hit the edges of the counters' own, to the millisecond.
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 59_999, 60_000, 100_000, 199_999, 240_000, 599_999, 1_000_000),
    }),
  },
);

/** Plays random turns on the store and on the model; every answer must be the same. */
export function describeThrottleModel(makeStore: MakeBench<ThrottleStore>): void {
  test('it answers as the model does, whatever is taken, settled, waited for and set back', async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 30 }), async (turns) => {
        const { store, tenantId, now, pass } = await makeStore(t);
        const model = new ThrottleModel();
        const take = async (wanted: readonly ThrottleCounter[]) => {
          const expected = model.take(wanted, now());
          assert.deepEqual(await store.take(tenantId, wanted, now()), expected);
        };
        for (const next of turns) {
          if (next.do === 'pass') await pass(next.ms);
          else if (next.do === 'take') await take(next.counters);
          else if (next.do === 'set back') {
            // What is over is looked at first: no store is asked to remember it.
            await take(counters);
            await pass(-next.ms);
          } else {
            const giveBack = next.giveBack.filter((key) => !next.clear.includes(key));
            model.settle(next.clear, giveBack, counters);
            await store.settle(tenantId, { clear: next.clear, giveBack });
          }
        }
      }),
      { numRuns: 100 },
    );
  });
}
