import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import { createSparingLog } from '#src/sparing-log.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { ClaimedItem, Handled, MessageQueue, QueueHandler, QueueStore } from './queue-ports.ts';

/** How long an item is this process's to deal with: many times what a supplier is given. Milliseconds. */
export const LEASE = 60_000;

/** The wait after the first try that failed, and the longest one; each is twice the one before. Milliseconds. */
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 60 * 60_000;

/** Items that a process has in hand at most, and deals with at the same time. */
export const IN_HAND = 20;
export const AT_ONCE = 10;

/** The queue, and this process's share of the work. Disposing takes no more and waits for what is under way. */
export interface QueueRunner extends MessageQueue, AsyncDisposable {
  /** Begins to deal with what is due. Before that, and in a process that never calls it, items are only kept. */
  start(): void;
}

export interface QueueRunnerParts {
  store: Pick<QueueStore, 'put' | 'claim' | 'done' | 'retry' | 'dead'>;
  /** By kind; looked up when an item comes, so that it may be filled after this is made. */
  handlers: ReadonlyMap<string, QueueHandler>;
  clock: Clock;
  log: Log;
  events: Pick<SystemEvents, 'messageDead'>;
  /** Milliseconds between two looks while nothing is due: others put things in too. Real time, whatever the clock says. */
  poll?: number | undefined;
  /** Most milliseconds that disposing waits: longer than a courier takes for one message. */
  patience?: number | undefined;
}

/** Milliseconds from a failed try to the next one; `attempts` counts that try. */
export function waitAfter(attempts: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(20, attempts - 1));
}

/** What an operator may know of an item: where to, but never whom or what. */
function toldOf({ id, tenantId, accountId, kind, channel, ending, attempts }: ClaimedItem) {
  return { message: id, tenantId, account: accountId, kind, channel, ending, attempts };
}

type Dealing = Pick<QueueRunnerParts, 'store' | 'handlers' | 'clock' | 'log' | 'events'>;

/** Deals with one item, and keeps what came of it. Rejects only when the store does. */
function createDealing({ store, handlers, clock, log, events }: Dealing) {
  const handle = async (item: ClaimedItem): Promise<Handled> => {
    if (item.unreadable) return { kind: 'dead', fault: 'seal-broken' };
    if (clock.now() >= item.expiresAt) return { kind: 'dead', fault: 'expired' };
    const handler = handlers.get(item.kind);
    // While versions follow each other, a newer process knows it.
    if (handler === undefined) return { kind: 'retry', fault: 'unknown-kind' };
    try {
      return await handler(item);
    } catch (err) {
      log.error(
        { event: 'message.failed', ...toldOf(item), err },
        'an item of the queue failed unexpectedly',
      );
      return { kind: 'retry', fault: 'failed' };
    }
  };
  const bury = async (item: ClaimedItem, fault: string): Promise<void> => {
    await store.dead(item, { at: clock.now(), fault });
    log.warn({ event: 'message.dead', ...toldOf(item), fault }, 'an item of the queue is given up');
    const { id: message, tenantId, accountId: account, kind, channel, attempts } = item;
    events.messageDead(tenantId, { account, reason: fault, message, kind, channel, attempts });
  };
  return async (item: ClaimedItem): Promise<void> => {
    const handled = await handle(item);
    const at = clock.now();
    if (handled.kind === 'done') {
      const { supplier, delivery } = handled;
      return store.done(item, { at, supplier, delivery });
    }
    const { kind, fault } = handled;
    const nextAt = at + waitAfter(item.attempts);
    if (kind === 'dead' || nextAt >= item.expiresAt) return bury(item, fault);
    return store.retry(item, { nextAt, fault });
  };
}

/** Waits for `ms` milliseconds or until it is woken; a call that comes while nobody waits counts for the next wait. */
function createBell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms: number): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms).unref();
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}

/** What this process took and has not dealt with yet; tells when there is room for more. */
function createHands(parts: Dealing, { onRoom }: { onRoom(): unknown }) {
  const { store, clock, log } = parts;
  const deal = createDealing(parts);
  const record = createSparingLog(log);
  const ready: ClaimedItem[] = [];
  const underWay = new Set<Promise<void>>();
  const forgiving = (work: Promise<void>) =>
    // Its lease runs out, and it is tried again: at least once is what is promised.
    work.catch(() => record('warn', 'queue-outcome', 'what came of an item of the queue could not be kept'));

  const next = (): void => {
    while (underWay.size < AT_ONCE) {
      const item = ready.shift();
      if (item === undefined) return;
      const work = forgiving(deal(item)).finally(() => {
        underWay.delete(work);
        next();
        if (ready.length + underWay.size <= IN_HAND - AT_ONCE) onRoom();
      });
      underWay.add(work);
    }
  };
  return {
    room: () => IN_HAND - ready.length - underWay.size,
    take(items: readonly ClaimedItem[]) {
      ready.push(...items);
      next();
    },
    /** Gives back what was not begun with, for another process to begin with at once, and waits for the rest. */
    async empty(): Promise<void> {
      const unbegun = ready.splice(0);
      const giveBack = (item: ClaimedItem) => store.retry(item, { nextAt: clock.now(), fault: 'stopped' });
      await Promise.all([...underWay, ...unbegun.map((item) => forgiving(giveBack(item)))]);
    },
  };
}

/**
 * Works on the queue, beside any number of other processes that do. An item is dealt with at least once: it is over
 * only when the store knows, and a process that dies leaves its items to the others as their leases run out. One that
 * fails is tried again after 30 seconds, and after twice as long each time, at most an hour, until it expires; then it
 * is dead, and logged (`message.dead`). While the store is away it is asked again at each poll.
 */
export function createQueueRunner(parts: QueueRunnerParts): QueueRunner {
  const { store, clock, log, poll = 1_000, patience = 15_000 } = parts;
  const bell = createBell();
  /** Whether there was as much as was asked for, and so perhaps more. */
  let more = false;
  const hands = createHands(parts, { onRoom: () => more && bell.ring() });
  const record = createSparingLog(log);
  let stopped = false;
  let running: Promise<void> | undefined;

  const claim = async (most: number): Promise<ClaimedItem[]> => {
    const at = clock.now();
    try {
      const claimed = await store.claim({ at, leaseUntil: at + LEASE, most });
      more = claimed.length === most;
      return claimed;
    } catch {
      more = false;
      record('warn', 'queue-away', 'the queue can not be read; it is tried again');
      return [];
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      const room = hands.room();
      if (room > 0) hands.take(await claim(room));
      if (!stopped) await bell.wait(poll);
    }
  };
  return {
    start() {
      running ??= run();
    },
    async put(items, { rest = 0 } = {}) {
      await store.put(items);
      if (rest === 0) bell.ring();
      else setTimeout(bell.ring, rest).unref();
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      bell.ring();
      const over = new AbortController();
      const late = sleep(patience, undefined, { signal: over.signal }).catch(() => undefined);
      const emptied = (async () => {
        await running;
        await hands.empty();
      })();
      await Promise.race([emptied, late]);
      over.abort();
    },
  };
}
