import { z } from 'zod';
import type { DeliveryStore } from '#src/message/ports.ts';
import { readAs } from './ask.ts';
import type { RedisCommands } from './commands.ts';
import { deliveryValue, keyOf } from './keys.ts';
import { defineScript } from './script.ts';

/** KEYS: delivery. ARGV: state, ttl in ms. News may overtake each other: an end is not undone by a beginning. */
const RECORD = defineScript(`
local known = redis.call('HGET', KEYS[1], 'state')
if known and known ~= 'accepted' and ARGV[1] == 'accepted' then return 'OK' end
redis.call('HSET', KEYS[1], 'state', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 'OK'
`);

const findReply = z.tuple([z.string().nullable()]);

/** The delivery store on Redis. Throws AppError `store-unavailable` whenever Redis can't be asked or believed. */
export function createRedisDeliveryStore({ redis }: { redis: RedisCommands }): DeliveryStore {
  return {
    async record(tenantId, delivery, state, ttl) {
      await redis.script(RECORD, [keyOf.delivery(tenantId, delivery)], [state, Math.round(ttl * 1000)]);
    },
    async find(tenantId, delivery) {
      const reply = await redis.hmget(keyOf.delivery(tenantId, delivery), 'state');
      const [state] = readAs(findReply, reply, 'delivery');
      return state === null ? undefined : readAs(deliveryValue, { state }, 'delivery').state;
    },
  };
}
