import type { Clock } from '#src/clock.ts';
import type { ThrottleCounter, ThrottleStore, WaitCounter, WindowCounter } from '#src/lockout/ports.ts';
import { ExpiringMap } from './expiring-map.ts';

/** A counter as kept. `from` is the last failure of a wait, the first one of a window; `until` ends a wait. */
interface Count {
  kind: ThrottleCounter['kind'];
  count: number;
  from: number;
  until: number;
}

/** What one more try makes of a counter: refused until a moment (0 = not refused), else the next count. */
interface Step {
  refusedUntil: number;
  next: Count;
}

const inMs = (seconds: number) => Math.round(seconds * 1000);

/** When a counter as kept is forgotten. */
function endOf(counter: ThrottleCounter, { from, until }: Count): number {
  if (counter.kind === 'window') return from + inMs(counter.window);
  return Math.max(from + inMs(counter.memory), until);
}

/**
 * What is still known of a counter. One from the future means that the clock was set back: it is moved to now, where a
 * wait lasts no longer than it ever did.
 */
function livingOf(counter: ThrottleCounter, stored: Count | undefined, now: number): Count | undefined {
  if (stored?.kind !== counter.kind) return undefined;
  if (stored.from > now) {
    const until = stored.until === 0 ? 0 : now + stored.until - stored.from;
    return { ...stored, from: now, until };
  }
  return now < endOf(counter, stored) ? stored : undefined;
}

function stepOfWait({ free, base, max }: WaitCounter, living: Count | undefined, now: number): Step {
  const until = living?.until ?? 0;
  const count = (living?.count ?? 0) + 1;
  const wait = count >= free ? Math.min(inMs(base) * 2 ** (count - free), inMs(max)) : 0;
  return {
    refusedUntil: now < until ? until : 0,
    next: { kind: 'wait', count, from: now, until: wait === 0 ? 0 : now + wait },
  };
}

function stepOfWindow(counter: WindowCounter, living: Count | undefined, now: number): Step {
  const from = living?.from ?? now;
  const count = living?.count ?? 0;
  return {
    refusedUntil: count >= counter.limit ? from + inMs(counter.window) : 0,
    next: { kind: 'window', count: count + 1, from, until: 0 },
  };
}

function stepOf(counter: ThrottleCounter, living: Count | undefined, now: number): Step {
  return counter.kind === 'wait' ? stepOfWait(counter, living, now) : stepOfWindow(counter, living, now);
}

function givenBack(stored: Count): Count {
  return { ...stored, count: stored.count - 1, until: 0 };
}

/** The throttle store in this process: twin of the Redis one. The clock only says when a counter is forgotten. */
export function createMemoryThrottleStore({ clock }: { clock: Clock }): ThrottleStore {
  const counts = new ExpiringMap<{ count: Count; forgottenAt: number }>(clock);
  const nameOf = (tenantId: string, key: string) => `${tenantId}:${key}`;
  const keep = (name: string, counter: ThrottleCounter, count: Count, now: number) => {
    const forgottenAt = endOf(counter, count);
    counts.set(name, { count, forgottenAt }, clock.now() + forgottenAt - now);
  };
  /** Looks a counter up, and keeps what looking changed. */
  const find = (name: string, counter: ThrottleCounter, now: number) => {
    const stored = counts.get(name)?.count;
    const living = livingOf(counter, stored, now);
    if (living === undefined) counts.delete(name);
    else if (living !== stored) keep(name, counter, living, now);
    return living;
  };
  return {
    async take(tenantId, counters, now) {
      const steps = counters.map((counter) => {
        const name = nameOf(tenantId, counter.key);
        return { counter, name, ...stepOf(counter, find(name, counter, now), now) };
      });
      const until = Math.max(0, ...steps.map((step) => step.refusedUntil));
      const refusing = steps.find((step) => until > 0 && step.refusedUntil === until);
      if (refusing !== undefined) return { allowed: false, until, counter: refusing.counter.key };
      for (const { counter, name, next } of steps) {
        if (counter.kind === 'window' && counter.peek === true) continue;
        keep(name, counter, next, now);
      }
      return { allowed: true };
    },
    async read(tenantId, counters, now) {
      return counters.flatMap((counter) => {
        const living = livingOf(counter, counts.get(nameOf(tenantId, counter.key))?.count, now);
        if (living === undefined) return [];
        const { refusedUntil } = stepOf(counter, living, now);
        const until = refusedUntil === 0 ? undefined : refusedUntil;
        return [{ key: counter.key, count: living.count, until }];
      });
    },
    async settle(tenantId, { clear, giveBack }) {
      for (const key of clear) counts.delete(nameOf(tenantId, key));
      for (const key of giveBack) {
        const name = nameOf(tenantId, key);
        const stored = counts.get(name);
        if (stored === undefined) continue;
        const { count, forgottenAt } = stored;
        if (count.count <= 1) counts.delete(name);
        else counts.set(name, { count: givenBack(count), forgottenAt }, forgottenAt);
      }
    },
  };
}
