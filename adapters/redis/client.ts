import { once } from 'node:events';
import { Cluster, type Redis } from 'ioredis';
import { askRedis, withoutArguments } from './ask.ts';
import { createRedisCommands, type RedisCommands } from './commands.ts';
import { openConnection, type RedisPlace } from './connection.ts';
import { explainConnectFailure, inspectRedis } from './diagnosis.ts';

/** Milliseconds for the first connection in all: sentinels asked in turn, data being loaded. */
const CONNECT_LIMIT = 8_000;

/** Where Redis is, and who hears about it. */
export interface RedisClientOptions extends RedisPlace {
  /** Called on every lost or refused connection, with the command's arguments taken out; for the log. */
  onError?: ((error: Error) => void) | undefined;
}

/** An open Redis client and what its owner does with it. */
export interface RedisClient extends AsyncDisposable {
  /** For stores. */
  redis: RedisCommands;
  /** The library's own connection, for tests. */
  connection: Redis | Cluster;
  /**
   * Resolves when Redis can be asked, with what an operator should be warned of. Throws AppError: `store-refused`
   * when waiting is no use, else `store-unavailable`; then it goes on trying by itself until it is disposed of.
   */
  connect(): Promise<string[]>;
  /** For readiness checks: throws AppError `store-unavailable` when Redis does not answer. */
  ping(): Promise<void>;
}

/** The first connection, or the first thing that goes wrong with it: the library itself would try for ever. */
async function firstConnection(connection: Redis | Cluster): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const failed = once(connection, 'error', { signal }).then(([error]) => Promise.reject(error));
  const closed = once(connection, 'close', { signal }).then(() => {
    throw new Error('the connection was closed');
  });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('not ready in time')), CONNECT_LIMIT);
  const connected = connection.connect().catch(async (error: unknown) => {
    // The reason is told by an event, at about the same time; what is thrown here only says that there was one.
    await Promise.race([failed, new Promise(setImmediate)]);
    throw error;
  });
  try {
    await Promise.race([connected, failed, closed, late.promise]);
  } finally {
    clearTimeout(timer);
    over.abort();
    for (const other of [connected, failed, closed]) other.catch(() => {});
  }
}

/** Every node that can be had is there before the first question; one that can't be is told, and none is a failure. */
async function firstNodes(cluster: Cluster): Promise<void> {
  const pings = cluster.nodes('master').map((node) => node.ping());
  await Promise.allSettled(pings);
  await Promise.any(pings);
}

/** Any node of a cluster that answers: tenants of the others get their 503 one by one. */
async function pingAny(connection: Redis | Cluster): Promise<void> {
  if (!(connection instanceof Cluster)) {
    await connection.ping();
    return;
  }
  await Promise.any(connection.nodes('master').map((node) => node.ping()));
}

/**
 * Opens a client that fails fast and comes back without a restart, however Redis is run. It connects when `connect`
 * is called. What is asked while the connection is down fails at once: a sign-in that waits in memory is worse than
 * a clear 503.
 */
export function openRedis({ onError = () => {}, ...place }: RedisClientOptions): RedisClient {
  const connection = openConnection(place);
  const hear = (error: unknown) => onError(withoutArguments(error));
  connection.on('error', hear);
  if (connection instanceof Cluster) connection.on('node error', hear);
  return {
    redis: createRedisCommands(connection),
    connection,
    async connect() {
      try {
        await firstConnection(connection);
        if (connection instanceof Cluster) await firstNodes(connection);
      } catch (failure) {
        throw await explainConnectFailure(place, failure);
      }
      return inspectRedis(connection, place);
    },
    ping: () => askRedis(() => pingAny(connection)),
    [Symbol.asyncDispose]: async () => {
      if (connection.status === 'ready') await connection.quit().catch(() => connection.disconnect());
      else connection.disconnect();
    },
  };
}
