import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createMemoryDeliveryStore } from '#adapters/memory/delivery-store.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { createMemoryOneTimeStore } from '#adapters/memory/one-time-store.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { openRedis } from '#adapters/redis/client.ts';
import type { RedisPlace } from '#adapters/redis/connection.ts';
import { createRedisDeliveryStore } from '#adapters/redis/delivery-store.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { createRedisOneTimeStore } from '#adapters/redis/one-time-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import type { Config } from '#config/settings.ts';
import { fileText, readTextFile } from '#config/text-file.ts';
import type { Clock } from '#src/clock.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import type { DeliveryStore, OneTimeStore } from '#src/message/ports.ts';
import type { ArtifactStore } from '#src/provider/ports.ts';
import type { FlowStore } from '#src/sign-in/ports.ts';
import { createSparingLog } from '#src/sparing-log.ts';

/** Everything that expires: sessions, grants, codes, tokens, flows, counters, news of messages. Owns the connection. */
export interface Volatile {
  artifacts: ArtifactStore;
  flows: FlowStore;
  throttle: ThrottleStore;
  oneTime: OneTimeStore;
  deliveries: DeliveryStore;
  /** Throws AppError `store-unavailable` when the store does not answer. */
  ping(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

function openMemory(clock: Clock): Volatile {
  return {
    artifacts: createMemoryArtifactStore({ clock }),
    flows: createMemoryFlowStore({ clock }),
    throttle: createMemoryThrottleStore({ clock }),
    oneTime: createMemoryOneTimeStore({ clock }),
    deliveries: createMemoryDeliveryStore({ clock }),
    ping: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function textOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const read = fileText(file, readTextFile);
  if (!read.ok) throw new Error(read.reason);
  return read.text;
}

/** The settings in the adapter's words. Throws for a file that was there when the settings were checked. */
function placeOf(settings: Config['redis']): RedisPlace {
  const { url, topology, sentinelName, sentinelUsername, sentinelPassword } = settings;
  if (url === undefined) throw new Error('the configuration was accepted without a Redis address');
  const { caFile, certFile, keyFile } = settings;
  return {
    url: url.reveal(),
    topology,
    ...(sentinelName !== undefined && {
      sentinel: { name: sentinelName, username: sentinelUsername, password: sentinelPassword?.reveal() },
    }),
    tls: { ca: textOf(caFile), cert: textOf(certFile), key: textOf(keyFile) },
  };
}

/**
 * Redis, or its in-process twin. Throws AppError `store-unavailable` when Redis can't be reached, `store-refused` when
 * no waiting helps.
 */
export async function openVolatile(
  config: Config,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Volatile> {
  if (config.redis.store === 'memory') return openMemory(clock);
  const record = createSparingLog(log);
  let serving = false;
  const client = openRedis({
    ...placeOf(config.redis),
    onError: (failure) => {
      // It tries several times a second for as long as an outage lasts. What a start meets, its own lines tell.
      const kind = 'code' in failure ? String(failure.code) : failure.name;
      if (serving) record('warn', kind, `redis connection: ${failure.message}`);
    },
  });
  try {
    const warnings = await client.connect();
    serving = true;
    if (warnings.length > 0) log.warn({ warnings }, 'redis is set up in a way that can lose sessions');
  } catch (failure) {
    await client[Symbol.asyncDispose]();
    throw failure;
  }
  return {
    artifacts: createRedisArtifactStore(client),
    flows: createRedisFlowStore(client),
    throttle: createRedisThrottleStore(client),
    oneTime: createRedisOneTimeStore(client),
    deliveries: createRedisDeliveryStore(client),
    ping: () => client.ping(),
    [Symbol.asyncDispose]: async () => client[Symbol.asyncDispose](),
  };
}
