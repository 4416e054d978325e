import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { openRedis } from '#adapters/redis/client.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import type { Config } from '#config/settings.ts';
import type { Clock } from '#src/clock.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import type { ArtifactStore } from '#src/provider/ports.ts';
import type { FlowStore } from '#src/sign-in/ports.ts';

/** Everything that expires: sessions, grants, codes, tokens, flows, counters. Owns the connection. */
export interface Volatile {
  artifacts: ArtifactStore;
  flows: FlowStore;
  throttle: ThrottleStore;
  /** Throws AppError `store-unavailable` when the store does not answer. */
  ping(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

function openMemory(clock: Clock): Volatile {
  return {
    artifacts: createMemoryArtifactStore({ clock }),
    flows: createMemoryFlowStore({ clock }),
    throttle: createMemoryThrottleStore({ clock }),
    ping: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Redis, or its in-process twin. Throws AppError `store-unavailable` when Redis can't be reached. */
export async function openVolatile(
  config: Config,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Volatile> {
  const { store, url } = config.redis;
  if (store === 'memory') return openMemory(clock);
  if (url === undefined) throw new Error('the configuration was accepted without a Redis address');
  const client = openRedis({ url: url.reveal(), onError: (err) => log.warn({ err }, 'redis connection') });
  try {
    await client.connect();
  } catch (failure) {
    await client[Symbol.asyncDispose]();
    throw failure;
  }
  const { redis } = client;
  return {
    artifacts: createRedisArtifactStore({ redis }),
    flows: createRedisFlowStore({ redis }),
    throttle: createRedisThrottleStore({ redis }),
    ping: () => client.ping(),
    [Symbol.asyncDispose]: async () => client[Symbol.asyncDispose](),
  };
}
