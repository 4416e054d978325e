import { randomUUID } from 'node:crypto';
import { AppError } from '#src/errors.ts';
import { createLog } from '#src/log.ts';
import type { ClaimedItem, QueueHandler, QueueItem, QueueStore } from '#src/message/queue-ports.ts';
import { createQueueRunner } from '#src/message/queue-runner.ts';
import { createTestClock } from '../../support/clock.ts';
import { createNotedEvents } from '../../support/noted-events.ts';

interface Kept extends ClaimedItem {
  state: 'waiting' | 'done' | 'dead';
  nextAt: number;
  fault: string | undefined;
}

/** A queue in memory by the rules of the port, as far as a runner needs it, that can be away. */
export function createTestQueueStore() {
  const kept = new Map<string, Kept>();
  const state = { away: false, claims: 0, retries: 0 };
  const there = () => {
    if (state.away) throw new AppError('store-unavailable', 503, 'the test says that the queue is away');
  };
  const end = (item: ClaimedItem, changes: Partial<Kept>) => {
    there();
    const row = kept.get(item.id);
    if (row?.state === 'waiting' && row.attempts === item.attempts) Object.assign(row, changes);
  };
  const store: Pick<QueueStore, 'put' | 'claim' | 'done' | 'retry' | 'dead'> = {
    async put(items) {
      there();
      for (const item of items) {
        if (kept.has(item.id)) continue;
        const fresh = { attempts: 0, unreadable: false, state: 'waiting', fault: undefined } as const;
        kept.set(item.id, { ...item, ...fresh, nextAt: item.createdAt });
      }
    },
    async claim({ at, leaseUntil, most }) {
      state.claims += 1;
      there();
      const due = [...kept.values()]
        .filter((row) => row.state === 'waiting' && row.nextAt <= at)
        .slice(0, most);
      for (const row of due) Object.assign(row, { nextAt: leaseUntil, attempts: row.attempts + 1 });
      return due.map((row) => ({ ...row }));
    },
    done: async (item) => end(item, { state: 'done', fault: undefined }),
    retry: async (item, { nextAt, fault }) => {
      end(item, { nextAt, fault });
      state.retries += 1;
    },
    dead: async (item, { fault }) => end(item, { state: 'dead', fault }),
  };
  return { store, kept, state };
}

/** A queue, a clock, and whatever runners a test wants over them. */
export function createQueueBench() {
  const clock = createTestClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    { level: 'debug', format: 'json' },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  const queue = createTestQueueStore();
  const { noted, events } = createNotedEvents();
  return {
    ...queue,
    noted,
    clock,
    log,
    lines,
    item: (changes: Partial<QueueItem> = {}): QueueItem => ({
      ...{
        id: randomUUID(),
        tenantId: randomUUID(),
        accountId: randomUUID(),
        kind: 'message',
        payload: '{}',
      },
      ...{ channel: 'sms', ending: '78', createdAt: clock.now(), expiresAt: clock.now() + 24 * 3_600_000 },
      ...changes,
    }),
    /** One process of several, which looks every 5 ms. */
    runner: (handler: QueueHandler, more: { patience?: number; poll?: number } = {}) =>
      createQueueRunner({
        ...{ store: queue.store, handlers: new Map([['message', handler]]), clock, log, events, poll: 5 },
        ...more,
      }),
  };
}

export type QueueBench = ReturnType<typeof createQueueBench>;
