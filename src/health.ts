import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from './errors.ts';

/** Milliseconds. Probes give up after seconds of their own; a store that is later than this counts as away. */
const PING_PATIENCE = 1_500;

/** A store as readiness sees it. `ping` throws when it does not answer. */
export interface PingedStore {
  name: string;
  ping(): Promise<void>;
}

/** Whether this process may be sent people, from its first moment to its last. */
export interface Health {
  /** Why nobody may be sent here now, for operators; undefined when people may come. Never throws. */
  unready(): Promise<string | undefined>;
  /** The start is at a store that may not be there yet. */
  awaits(store: string): void;
  /** The start is over: readiness is whether these stores answer. */
  serves(stores: readonly PingedStore[]): void;
  /** People are sent elsewhere from now on. */
  stops(): void;
}

async function answersInTime({ name, ping }: PingedStore): Promise<string | undefined> {
  const late = new AbortController();
  const tooLate = sleep(PING_PATIENCE, undefined, { signal: late.signal, ref: false }).then(() => {
    throw new AppError('store-unavailable', 503, `${name} is late`);
  });
  try {
    await Promise.race([ping(), tooLate]);
    return undefined;
  } catch {
    return name;
  } finally {
    tooLate.catch(() => {});
    late.abort();
  }
}

/** Follows a process from start to stop. However many probes ask, each store is asked once at a time. */
export function createHealth(): Health {
  let reason: string | undefined = 'starting';
  let pinged: readonly PingedStore[] = [];
  let asking: Promise<string | undefined> | undefined;
  const ask = async () => {
    const silent = (await Promise.all(pinged.map(answersInTime))).filter((name) => name !== undefined);
    return silent.length === 0 ? undefined : `no answer from ${silent.join(' and ')}`;
  };
  return {
    async unready() {
      if (reason !== undefined) return reason;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return (await asking) ?? reason;
    },
    awaits(store) {
      reason = `starting: waiting for ${store}`;
    },
    serves(stores) {
      pinged = stores;
      reason = undefined;
    },
    stops() {
      reason = 'stopping';
    },
  };
}
