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
  forgottenAt: number;
}

const inMs = (seconds: number) => Math.round(seconds * 1000);

function stepOfWait(counter: WaitCounter, stored: Count | undefined, now: number): Step {
  const { free, base, max, memory } = counter;
  const living = stored && now < Math.max(stored.from + inMs(memory), stored.until) ? stored : undefined;
  const until = living?.until ?? 0;
  const count = (living?.count ?? 0) + 1;
  const wait = count >= free ? Math.min(inMs(base) * 2 ** (count - free), inMs(max)) : 0;
  return {
    refusedUntil: now < until ? until : 0,
    next: { kind: 'wait', count, from: now, until: wait === 0 ? 0 : now + wait },
    forgottenAt: now + Math.max(inMs(memory), wait),
  };
}

function stepOfWindow(counter: WindowCounter, stored: Count | undefined, now: number): Step {
  const window = inMs(counter.window);
  const living = stored && now < stored.from + window ? stored : undefined;
  const from = living?.from ?? now;
  const count = living?.count ?? 0;
  return {
    refusedUntil: count >= counter.limit ? from + window : 0,
    next: { kind: 'window', count: count + 1, from, until: 0 },
    forgottenAt: from + window,
  };
}

function stepOf(counter: ThrottleCounter, stored: Count | undefined, now: number): Step {
  const same = stored?.kind === counter.kind ? stored : undefined;
  return counter.kind === 'wait' ? stepOfWait(counter, same, now) : stepOfWindow(counter, same, now);
}

function givenBack(stored: Count): Count {
  return { ...stored, count: stored.count - 1, until: 0 };
}

/** The throttle store in this process: twin of the Redis one. The clock only says when a counter is forgotten. */
export function createMemoryThrottleStore({ clock }: { clock: Clock }): ThrottleStore {
  const counts = new ExpiringMap<{ count: Count; forgottenAt: number }>(clock);
  const nameOf = (tenantId: string, key: string) => `${tenantId}:${key}`;
  return {
    async take(tenantId, counters, now) {
      const steps = counters.map((counter) => {
        const name = nameOf(tenantId, counter.key);
        const peek = counter.kind === 'window' && counter.peek === true;
        return { key: counter.key, name, peek, ...stepOf(counter, counts.get(name)?.count, now) };
      });
      const until = Math.max(0, ...steps.map((step) => step.refusedUntil));
      const refusing = steps.find((step) => until > 0 && step.refusedUntil === until);
      if (refusing !== undefined) return { allowed: false, until, counter: refusing.key };
      for (const { name, next, forgottenAt, peek } of steps) {
        if (peek) continue;
        counts.set(name, { count: next, forgottenAt }, clock.now() + forgottenAt - now);
      }
      return { allowed: true };
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
