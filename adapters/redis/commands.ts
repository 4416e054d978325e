import type { Cluster, Redis } from 'ioredis';
import { AppError } from '#src/errors.ts';
import { askRedis } from './ask.ts';
import { type RedisScript, runScript } from './script.ts';

/**
 * What stores ask of Redis, however it is run. Everything throws AppError `store-unavailable` when there is no answer
 * in time, and at once when too many others wait already.
 */
export interface RedisCommands {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  del(key: string): Promise<number>;
  /** One atomic step; `keys` all share one hash tag. Answers Redis' raw reply. */
  script(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** Milliseconds for one question in all: redirections in a cluster and a script that was unknown included. */
export const COMMAND_TIMEOUT = 2_000;
/** Questions under way in one process. A Redis that hangs must cost neither memory nor other people's time. */
export const MOST_IN_FLIGHT = 1_000;

/** Bounds in number and time what is asked over a connection. */
export function createRedisCommands(connection: Redis | Cluster): RedisCommands {
  let inFlight = 0;
  const bounded = async <T>(question: () => Promise<T>): Promise<T> => {
    if (inFlight >= MOST_IN_FLIGHT) {
      throw new AppError('store-unavailable', 503, `${MOST_IN_FLIGHT} questions wait for Redis already`);
    }
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('no answer in time')), COMMAND_TIMEOUT);
    inFlight += 1;
    try {
      return await askRedis(() => Promise.race([question(), late.promise]));
    } finally {
      inFlight -= 1;
      clearTimeout(timer);
    }
  };
  return {
    hmget: (key, ...fields) => bounded(() => connection.hmget(key, ...fields)),
    del: (key) => bounded(() => connection.del(key)),
    script: (script, keys, args) => bounded(() => runScript(connection, script, keys, args)),
  };
}
