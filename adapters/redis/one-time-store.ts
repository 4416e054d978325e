import { z } from 'zod';
import type { OneTimeStore } from '#src/message/ports.ts';
import { readAs } from './ask.ts';
import type { RedisCommands } from './commands.ts';
import { keyOf } from './keys.ts';
import { defineScript } from './script.ts';

/** KEYS: secret. ARGV: digest, binding, tries, ttl in ms. Whatever was there is gone. */
const PUT = defineScript(`
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'binding', ARGV[2], 'tries', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 'OK'
`);

/** KEYS: secret. ARGV: digest, binding. The try is taken off before it is compared; the last one ends the secret. */
const REDEEM = defineScript(`
local stored = redis.call('HMGET', KEYS[1], 'digest', 'binding', 'tries')
if not stored[1] or stored[2] ~= ARGV[2] then return 'gone' end
local left = tonumber(stored[3]) - 1
local right = stored[1] == ARGV[1]
if right or left <= 0 then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'tries', left)
end
return right and 'right' or 'wrong'
`);

const redeemReply = z.enum(['right', 'wrong', 'gone']);
const waitsReply = z.tuple([z.string().nullable()]);

/** The store of one-time secrets on Redis. Throws AppError `store-unavailable` whenever Redis can't be asked or believed. */
export function createRedisOneTimeStore({ redis }: { redis: RedisCommands }): OneTimeStore {
  return {
    async put(tenantId, slot, { digest, binding, tries, ttl }) {
      const args = [digest, binding, tries, Math.round(ttl * 1000)];
      await redis.script(PUT, [keyOf.oneTime(tenantId, slot)], args);
    },
    async redeem(tenantId, slot, { digest, binding }) {
      const reply = await redis.script(REDEEM, [keyOf.oneTime(tenantId, slot)], [digest, binding]);
      return readAs(redeemReply, reply, 'answer');
    },
    async waits(tenantId, slot, binding) {
      const reply = await redis.hmget(keyOf.oneTime(tenantId, slot), 'binding');
      const [stored] = readAs(waitsReply, reply, 'one-time secret');
      return stored === binding;
    },
    async remove(tenantId, slot) {
      await redis.del(keyOf.oneTime(tenantId, slot));
    },
  };
}
