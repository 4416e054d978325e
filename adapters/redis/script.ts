import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** A Lua script with its name in Redis. Redis runs it as one atomic step. */
export interface RedisScript {
  lua: string;
  /** SHA-1 of the text: Redis' own identifier for a cached script. */
  sha: string;
}

/** Names a script once, at module load. */
export function defineScript(lua: string): RedisScript {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/**
 * Runs a script in one round trip; in two when this Redis has not seen it (a restart, a failover, another
 * node of a cluster). Every key goes
 * in `keys` and all share one hash tag, so that Redis Cluster accepts it. Answers Redis' raw reply.
 */
export async function runScript(
  redis: Redis | Cluster,
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(script.lua, keys.length, ...keys, ...args);
  }
}
