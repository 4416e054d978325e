import { Redis } from 'ioredis';
import { askRedis, withoutArguments } from './ask.ts';

/** Milliseconds. A person waits for this answer, so a slow Redis counts as one that is down. */
const COMMAND_TIMEOUT = 2_000;
const CONNECT_TIMEOUT = 3_000;
const LONGEST_RECONNECT_DELAY = 2_000;

/** Where Redis is, and who hears about a connection that broke. */
export interface RedisOptions {
  /** `redis://` or `rediss://` (TLS), with user, password and database number when needed. */
  url: string;
  /** Called on every lost or refused connection, with the command's arguments taken out; for the log. */
  onError?: ((error: Error) => void) | undefined;
}

/** An open Redis client and what its owner does with it. */
export interface RedisClient extends AsyncDisposable {
  redis: Redis;
  /** Resolves when Redis can be asked; throws AppError `store-unavailable`, and goes on trying by itself. */
  connect(): Promise<void>;
  /** For readiness checks: throws AppError `store-unavailable` when Redis does not answer. */
  ping(): Promise<void>;
}

/**
 * Opens a client that fails fast and comes back without a restart. It connects when `connect` is called.
 *
 * Nothing is queued while the connection is down (a sign-in that waits in memory is worse than a clear 503), and
 * nothing is sent a second time after a reconnect: a repeated `consume` would take its own first run for a thief.
 */
export function openRedis({ url, onError = () => {} }: RedisOptions): RedisClient {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_DELAY),
    // After a failover the old primary answers READONLY: only a new connection finds the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  redis.on('error', (error) => onError(withoutArguments(error)));
  return {
    redis,
    connect: () => askRedis(() => redis.connect()),
    ping: async () => {
      await askRedis(() => redis.ping());
    },
    [Symbol.asyncDispose]: async () => {
      if (redis.status === 'ready') await redis.quit().catch(() => redis.disconnect());
      else redis.disconnect();
    },
  };
}
