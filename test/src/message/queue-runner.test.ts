import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '#src/errors.ts';
import type { ClaimedItem, Handled } from '#src/message/queue-ports.ts';
import { AT_ONCE, IN_HAND, LEASE, waitAfter } from '#src/message/queue-runner.ts';
import { notedEntry } from '../../support/noted-events.ts';
import { untilSent } from '../../support/second-steps.ts';
import { createQueueBench, type QueueBench } from './queue-bench.ts';

const MINUTE = 60_000;
const done: Handled = { kind: 'done' };

const rowOf = ({ kept }: QueueBench, { id }: { id: string }) => {
  const row = kept.get(id);
  assert.ok(row !== undefined, 'it is not in the queue');
  return row;
};
const statesOf = ({ kept }: QueueBench) => [...kept.values()].map(({ state }) => state);
/** Long enough for several looks at the queue. */
const looks = async ({ state }: QueueBench, more = 3) => {
  const until = state.claims + more;
  await untilSent(() => state.claims >= until);
};

/** A handler that gives these answers in turn, and the last one for ever. */
function answers(...given: Handled[]) {
  const handled: ClaimedItem[] = [];
  return {
    handled,
    handler: async (item: ClaimedItem): Promise<Handled> => {
      handled.push(item);
      return given[Math.min(handled.length, given.length) - 1] ?? done;
    },
  };
}

describe('what is put into the queue', () => {
  test('is dealt with at once by a process that was started, and only kept by one that was not', async () => {
    const bench = createQueueBench();
    const { handled, handler } = answers(done);
    await using idle = bench.runner(handler);
    const item = bench.item();
    await idle.put([item]);
    await turn();
    assert.equal(rowOf(bench, item).state, 'waiting');
    assert.equal(bench.state.claims, 0);
    await using busy = bench.runner(handler);
    busy.start();
    busy.start();
    await untilSent(() => rowOf(bench, item).state === 'done');
    assert.deepEqual(
      handled.map(({ id, attempts }) => ({ id, attempts })),
      [{ id: item.id, attempts: 1 }],
    );
  });

  test('is left alone for as long as it is to rest, and kept meanwhile', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const bench = createQueueBench();
    const { handled, handler } = answers(done);
    await using busy = bench.runner(handler, { poll: 60_000 });
    busy.start();
    await turn();
    const item = bench.item();
    await busy.put([item], { rest: 250 });
    t.mock.timers.tick(249);
    await turn();
    assert.deepEqual([rowOf(bench, item).state, handled.length], ['waiting', 0]);
    t.mock.timers.tick(1);
    for (let turns = 0; turns < 10; turns += 1) await turn();
    assert.deepEqual([rowOf(bench, item).state, handled.length], ['done', 1]);
  });

  test('by another process is found by looking', async () => {
    const bench = createQueueBench();
    await using busy = bench.runner(answers(done).handler);
    busy.start();
    await looks(bench);
    await bench.store.put([bench.item()]);
    await untilSent(() => statesOf(bench)[0] === 'done');
  });

  test('while the store is away is told to whoever puts it', async () => {
    const bench = createQueueBench();
    await using runner = bench.runner(answers(done).handler);
    bench.state.away = true;
    await assert.rejects(
      runner.put([bench.item()]),
      (error) => error instanceof AppError && error.code === 'store-unavailable',
    );
  });

  test('is shared by two processes, each item once', async () => {
    const bench = createQueueBench();
    const [one, other] = [answers(done), answers(done)];
    const slowly =
      ({ handler }: typeof one) =>
      async (item: ClaimedItem) => {
        await turn();
        return handler(item);
      };
    await using first = bench.runner(slowly(one));
    await using second = bench.runner(slowly(other));
    const items = Array.from({ length: 200 }, () => bench.item());
    await first.put(items);
    first.start();
    second.start();
    await untilSent(() => statesOf(bench).every((state) => state === 'done'));
    const ids = [...one.handled, ...other.handled].map(({ id }) => id);
    assert.deepEqual(ids.sort(), items.map(({ id }) => id).sort());
    assert.ok(one.handled.length > 0 && other.handled.length > 0, 'both had work');
  });
});

describe('an item that fails', () => {
  test('is tried again after 30 seconds, and after twice as long each time, at most an hour', async () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000].map((attempts) => waitAfter(attempts) / MINUTE),
      [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60],
    );
    const bench = createQueueBench();
    const { handled, handler } = answers(
      { kind: 'retry', fault: 'balance' },
      { kind: 'retry', fault: 'x' },
      done,
    );
    await using runner = bench.runner(handler);
    runner.start();
    const item = bench.item();
    const begun = bench.clock.now();
    await runner.put([item]);
    for (const [tries, wait] of [
      [1, 30_000],
      [2, MINUTE],
    ] as const) {
      await untilSent(() => bench.state.retries === tries);
      assert.equal(rowOf(bench, item).nextAt, bench.clock.now() + wait);
      bench.clock.advance(wait - 1);
      await looks(bench);
      assert.equal(handled.length, tries, 'it was tried too early');
      bench.clock.advance(1);
    }
    await untilSent(() => rowOf(bench, item).state === 'done');
    assert.equal(bench.clock.now() - begun, 90_000);
  });

  test('is dead when no time is left for another try, and says so in the log without whom or what', async () => {
    const bench = createQueueBench();
    const { handled, handler } = answers({ kind: 'retry', fault: 'unreachable' });
    await using runner = bench.runner(handler);
    runner.start();
    const item = bench.item({ payload: '{"to":"+31612345678"}', expiresAt: bench.clock.now() + 7 * MINUTE });
    await runner.put([item]);
    for (let tries = 1; tries <= 3; tries += 1) {
      await untilSent(() => bench.state.retries === tries);
      bench.clock.advance(waitAfter(tries));
    }
    await untilSent(() => rowOf(bench, item).state === 'dead');
    assert.deepEqual([handled.length, rowOf(bench, item).fault], [4, 'unreachable']);
    const [line, ...more] = bench.lines.filter(({ event }) => event === 'message.dead');
    assert.deepEqual(more, []);
    const { message, tenantId, account, kind, channel, ending, attempts, fault } = line ?? {};
    assert.deepEqual(
      { message, tenantId, account, kind, channel, ending, attempts, fault },
      {
        ...{ message: item.id, tenantId: item.tenantId, account: item.accountId, kind: 'message' },
        ...{ channel: 'sms', ending: '78', attempts: 4, fault: 'unreachable' },
      },
    );
    const { tenantId: of, accountId: subject } = item;
    assert.deepEqual(bench.noted, [
      notedEntry({
        ...{ tenantId: of, event: 'message.dead', outcome: 'failure', reason: 'unreachable', subject },
        detail: { message: item.id, kind: 'message', channel: 'sms', attempts: 4 },
      }),
    ]);
    assert.equal(JSON.stringify([bench.lines, bench.noted]).includes('612345'), false);
  });

  test('is dead at once where its handler says so', async () => {
    const bench = createQueueBench();
    await using runner = bench.runner(answers({ kind: 'dead', fault: 'number' }).handler);
    runner.start();
    await runner.put([bench.item()]);
    await untilSent(() => statesOf(bench)[0] === 'dead');
  });

  test('that came too late is not dealt with any more', async () => {
    const bench = createQueueBench();
    const { handled, handler } = answers(done);
    await using runner = bench.runner(handler);
    const item = bench.item({ expiresAt: bench.clock.now() + MINUTE });
    await runner.put([item]);
    bench.clock.advance(MINUTE);
    runner.start();
    await untilSent(() => rowOf(bench, item).state === 'dead');
    assert.deepEqual([handled.length, rowOf(bench, item).fault], [0, 'expired']);
  });

  test('that nobody here knows waits for a process that does', async () => {
    const bench = createQueueBench();
    await using runner = bench.runner(answers(done).handler);
    runner.start();
    const item = bench.item({ kind: 'of-tomorrow' });
    await runner.put([item]);
    await untilSent(() => rowOf(bench, item).fault === 'unknown-kind');
    assert.equal(rowOf(bench, item).state, 'waiting');
  });

  test('that no key opens is dead, and stops no other', async () => {
    const bench = createQueueBench();
    const { handled, handler } = answers(done);
    const [broken, whole] = [bench.item(), bench.item()];
    await bench.store.put([broken, whole]);
    Object.assign(rowOf(bench, broken), { unreadable: true, payload: '' });
    await using runner = bench.runner(handler);
    runner.start();
    await untilSent(() => statesOf(bench).every((state) => state !== 'waiting'));
    assert.deepEqual([rowOf(bench, broken).fault, rowOf(bench, whole).state], ['seal-broken', 'done']);
    assert.equal(handled.length, 1);
  });

  test('by a throw is logged and tried again', async () => {
    const bench = createQueueBench();
    await using runner = bench.runner(() => Promise.reject(new TypeError('a bug')));
    runner.start();
    const item = bench.item();
    await runner.put([item]);
    await untilSent(() => rowOf(bench, item).fault === 'failed');
    assert.equal(rowOf(bench, item).nextAt, bench.clock.now() + 30_000);
    const [line] = bench.lines;
    assert.deepEqual([line?.event, line?.level, line?.message], ['message.failed', 50, item.id]);
  });
});

describe('a process', () => {
  test(`deals with ${AT_ONCE} at a time and takes ${IN_HAND} at most, however many there are`, async () => {
    const bench = createQueueBench();
    const waiting: (() => void)[] = [];
    let most = 0;
    await using runner = bench.runner(async () => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        most = Math.max(most, waiting.length);
      });
      return done;
    });
    await runner.put(Array.from({ length: 3 * IN_HAND }, () => bench.item()));
    runner.start();
    const taken = () => [...bench.kept.values()].filter(({ attempts }) => attempts > 0).length;
    const over = () => statesOf(bench).filter((state) => state === 'done').length;
    await untilSent(() => waiting.length === AT_ONCE);
    await turn();
    assert.equal(taken(), IN_HAND);
    while (over() < 3 * IN_HAND) {
      waiting.splice(0).forEach((resolve) => {
        resolve();
      });
      await turn();
      assert.ok(taken() - over() <= IN_HAND, `${taken() - over()} are in hand`);
    }
    assert.equal(most, AT_ONCE);
  });

  test('that dies leaves what it took to others, once its lease has run out', async () => {
    const bench = createQueueBench();
    const item = bench.item();
    await bench.store.put([item]);
    const { clock, store } = bench;
    await store.claim({ at: clock.now(), leaseUntil: clock.now() + LEASE, most: 1 });
    const { handled, handler } = answers(done);
    await using runner = bench.runner(handler);
    runner.start();
    clock.advance(LEASE - 1);
    await looks(bench);
    assert.equal(handled.length, 0);
    clock.advance(1);
    await untilSent(() => rowOf(bench, item).state === 'done');
    assert.equal(handled[0]?.attempts, 2);
  });

  test('asks a store that is away again and again, with a line a minute at most, and goes on when it is back', async () => {
    const bench = createQueueBench();
    bench.state.away = true;
    await using runner = bench.runner(answers(done).handler);
    runner.start();
    await looks(bench, 5);
    bench.state.away = false;
    await bench.store.put([bench.item()]);
    await untilSent(() => statesOf(bench)[0] === 'done');
    assert.deepEqual(
      bench.lines.map(({ error, level }) => ({ error, level })),
      [{ error: 'queue-away', level: 40 }],
    );
  });

  test('whose store goes away in between does the item again rather than never', async () => {
    const bench = createQueueBench();
    let times = 0;
    await using runner = bench.runner(async () => {
      times += 1;
      bench.state.away = times === 1;
      return done;
    });
    runner.start();
    const item = bench.item();
    await runner.put([item]);
    await untilSent(() => bench.lines.some(({ error }) => error === 'queue-outcome'));
    bench.state.away = false;
    assert.equal(rowOf(bench, item).state, 'waiting');
    bench.clock.advance(LEASE);
    await untilSent(() => rowOf(bench, item).state === 'done');
    assert.equal(times, 2);
  });
});

describe('a process that stops', () => {
  test('takes no more, finishes what is under way and gives back what it had not begun', async () => {
    const bench = createQueueBench();
    const waiting: (() => void)[] = [];
    const runner = bench.runner(async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return done;
    });
    await runner.put(Array.from({ length: IN_HAND + 5 }, () => bench.item()));
    runner.start();
    await untilSent(() => waiting.length === AT_ONCE);
    const stopping = runner[Symbol.asyncDispose]();
    await turn();
    for (const resolve of waiting) resolve();
    await stopping;
    assert.equal(statesOf(bench).filter((state) => state === 'done').length, AT_ONCE);
    const rest = [...bench.kept.values()].filter(({ state }) => state === 'waiting');
    assert.ok(
      rest.every(({ nextAt }) => nextAt <= bench.clock.now()),
      'another process can begin at once',
    );
    const { claims } = bench.state;
    await turn();
    assert.equal(bench.state.claims, claims);
  });

  test('waits no longer than its patience for what takes for ever', async () => {
    const bench = createQueueBench();
    const { promise, resolve } = Promise.withResolvers<void>();
    const never = () => {
      resolve();
      return new Promise<never>(() => undefined);
    };
    const runner = bench.runner(never, { patience: 5 });
    runner.start();
    await runner.put([bench.item()]);
    await promise;
    await runner[Symbol.asyncDispose]();
  });
});
