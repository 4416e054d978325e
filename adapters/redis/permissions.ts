import { keyOf } from './keys.ts';
import { defineScript } from './script.ts';

/** Commands that stores and their scripts run on keys. */
const ON_KEYS = [
  ...['hmget', 'hget', 'hset', 'hdel', 'get', 'set', 'del', 'exists'],
  ...['zadd', 'zrem', 'zrange', 'zrevrange', 'zremrangebyscore', 'pexpire', 'pexpireat'],
] as const;

/**
 * What the application's Redis user needs, and not a command more; `docs/stores.md` shows it, and a test runs every
 * port as a user who may do just that.
 */
export const PERMISSIONS = {
  keys: '~pw:*',
  commands: ['@connection', 'info', 'eval', 'evalsha', 'time', ...ON_KEYS].map((name) => `+${name}`),
  /** More for the same user on every node of a cluster. */
  cluster: ['+cluster|slots', '+cluster|info'],
  /** All that the user of the sentinels themselves needs. */
  sentinel: ['+@connection', '+sentinel|get-master-addr-by-name', '+sentinel|sentinels'],
} as const;

/** A key that nobody else uses and that is gone when the script ends. */
export const PERMISSION_KEY = keyOf.flow('-', 'permissions');

/** KEYS: one that is not there. Runs each command on it; whoever may not run one is told by NOPERM. */
export const TRY_PERMISSIONS = defineScript(`
local key = KEYS[1]
redis.call('TIME')
redis.call('EXISTS', key)
redis.call('SET', key, '1', 'PX', 1000)
redis.call('GET', key)
redis.call('DEL', key)
redis.call('HSET', key, 'a', '1', 'b', '1')
redis.call('HGET', key, 'a')
redis.call('HMGET', key, 'a')
redis.call('HDEL', key, 'a')
redis.call('PEXPIRE', key, 1000)
redis.call('PEXPIREAT', key, '9999999999999')
redis.call('DEL', key)
redis.call('ZADD', key, 1, 'a')
redis.call('ZRANGE', key, 0, -1)
redis.call('ZREVRANGE', key, 0, 0)
redis.call('ZREM', key, 'a')
redis.call('ZREMRANGEBYSCORE', key, '-inf', 1)
redis.call('DEL', key)
return 'OK'
`);
