import { z } from 'zod';
import type { FlowStore } from '#src/sign-in/ports.ts';
import { readAs } from './ask.ts';
import type { RedisCommands } from './commands.ts';
import { flowValue, keyOf } from './keys.ts';
import { defineScript } from './script.ts';

/** KEYS: flow. ARGV: value, version expected (0 = none), ttl in ms. Answers 1, or 0 when the version differs. */
const SAVE = defineScript(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'version', version + 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const saveReply = z.literal([0, 1]);
const loadReply = z.tuple([z.string().nullable(), z.string().nullable()]);

/** The flow store on Redis. Throws AppError `store-unavailable` whenever Redis can't be asked or believed. */
export function createRedisFlowStore({ redis }: { redis: RedisCommands }): FlowStore {
  return {
    async load(tenantId, uid) {
      const reply = await redis.hmget(keyOf.flow(tenantId, uid), 'value', 'version');
      const [value, version] = readAs(loadReply, reply, 'flow');
      return value === null && version === null ? undefined : readAs(flowValue, { value, version }, 'flow');
    },
    async save(tenantId, uid, value, expected, ttl) {
      const args = [value, expected, Math.round(ttl * 1000)];
      const reply = await redis.script(SAVE, [keyOf.flow(tenantId, uid)], args);
      return readAs(saveReply, reply, 'answer') === 1;
    },
    async remove(tenantId, uid) {
      await redis.del(keyOf.flow(tenantId, uid));
    },
  };
}
