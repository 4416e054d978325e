import { z } from 'zod';
import type { ThrottleCounter, ThrottleStore } from '#src/lockout/ports.ts';
import { readAs } from './ask.ts';
import type { RedisCommands } from './commands.ts';
import { keyOf } from './keys.ts';
import { defineScript } from './script.ts';

/**
 * KEYS: the counters. ARGV: now, then five of each counter: kind, and for a wait free, base, max, memory, for a
 * window limit, window, 1 when it is only looked at, 0; all moments and spans in ms. Answers {0, 0} when every counter
 * took the try, else the latest moment until which one refuses, and which of KEYS that is; then none took it. A count
 * from the future (the clock was set back) is moved to now, whatever the answer: the next try finds it there. Redis keeps
 * a count a minute longer than it counts: whether it does is for the clock of whoever asks, and clocks differ a little.
 */
const TAKE = defineScript(`
local spare = 60000
local now, refusedUntil, refusing, states = tonumber(ARGV[1]), 0, 0, {}
for i, key in ipairs(KEYS) do
  local at = 5 * i - 3
  local state = { kind = ARGV[at], count = 0, from = now, ends = 0 }
  local a, b, c, d = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local stored = redis.call('HMGET', key, 'kind', 'count', 'from', 'until')
  local living = false
  if stored[1] == state.kind then
    local count, from, ends = tonumber(stored[2]), tonumber(stored[3]), tonumber(stored[4])
    if from > now then
      if ends > 0 then ends = now + ends - from end
      from = now
      redis.call('HSET', key, 'from', from, 'until', ends)
      redis.call('PEXPIRE', key, spare + (state.kind == 'wait' and math.max(d, ends - now) or b))
    end
    local forgotten = from + b
    if state.kind == 'wait' then forgotten = math.max(from + d, ends) end
    living = now < forgotten
    if living then state.count, state.from, state.ends = count, from, ends end
  end
  if stored[1] and not living then redis.call('DEL', key) end
  local refuses = 0
  if state.kind == 'wait' then
    if now < state.ends then refuses = state.ends end
    state.count, state.from, state.ends = state.count + 1, now, 0
    state.ttl = d
    if state.count >= a then
      local wait = math.min(b * 2 ^ (state.count - a), c)
      state.ends, state.ttl = now + wait, math.max(d, wait)
    end
  else
    if state.count >= a then refuses = state.from + b end
    state.count, state.ttl, state.peek = state.count + 1, state.from + b - now, c == 1
  end
  if refuses > refusedUntil then refusedUntil, refusing = refuses, i end
  states[i] = state
end
if refusedUntil > 0 then return {refusedUntil, refusing} end
for i, key in ipairs(KEYS) do
  local s = states[i]
  if not s.peek then
    redis.call('HSET', key, 'kind', s.kind, 'count', s.count, 'from', s.from, 'until', s.ends)
    redis.call('PEXPIRE', key, spare + s.ttl)
  end
end
return {0, 0}
`);

/** KEYS: counters to clear, then counters to give one try back to. ARGV: how many are to clear. */
const SETTLE = defineScript(`
for i, key in ipairs(KEYS) do
  local count = tonumber(redis.call('HGET', key, 'count') or '0') - 1
  if i <= tonumber(ARGV[1]) or count <= 0 then
    redis.call('DEL', key)
  else
    redis.call('HSET', key, 'count', count, 'until', 0)
  end
end
return 'OK'
`);

/**
 * KEYS and ARGV as for TAKE. Answers the count of each counter and the moment until which it refuses, 0 for none; writes
 * nothing.
 */
const READ = defineScript(`
local now, found = tonumber(ARGV[1]), {}
for i, key in ipairs(KEYS) do
  local at = 5 * i - 3
  local kind, a, b, d = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 4])
  local stored = redis.call('HMGET', key, 'kind', 'count', 'from', 'until')
  local count, refuses = 0, 0
  if stored[1] == kind then
    local from, ends = tonumber(stored[3]), tonumber(stored[4])
    if from > now then
      if ends > 0 then ends = now + ends - from end
      from = now
    end
    local forgotten = from + b
    if kind == 'wait' then forgotten = math.max(from + d, ends) end
    if now < forgotten then
      count = tonumber(stored[2])
      if kind == 'wait' then
        if now < ends then refuses = ends end
      elseif count >= a then
        refuses = from + b
      end
    end
  end
  found[i] = {count, refuses}
end
return found
`);

const takeReply = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]);

const readReply = z.array(z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]));

function argumentsOf(counter: ThrottleCounter): (string | number)[] {
  const ms = (seconds: number) => Math.round(seconds * 1000);
  return counter.kind === 'wait'
    ? ['wait', counter.free, ms(counter.base), ms(counter.max), ms(counter.memory)]
    : ['window', counter.limit, ms(counter.window), counter.peek === true ? 1 : 0, 0];
}

/** The throttle store on Redis. Throws AppError `store-unavailable` whenever Redis can't be asked or believed. */
export function createRedisThrottleStore({ redis }: { redis: RedisCommands }): ThrottleStore {
  return {
    async take(tenantId, counters, now) {
      if (counters.length === 0) return { allowed: true };
      const keys = counters.map((counter) => keyOf.throttle(tenantId, counter.key));
      const args = [now, ...counters.flatMap(argumentsOf)];
      const [until, refusing] = readAs(takeReply, await redis.script(TAKE, keys, args), 'answer');
      const counter = counters[refusing - 1];
      return counter === undefined ? { allowed: true } : { allowed: false, until, counter: counter.key };
    },
    async read(tenantId, counters, now) {
      if (counters.length === 0) return [];
      const keys = counters.map((counter) => keyOf.throttle(tenantId, counter.key));
      const args = [now, ...counters.flatMap(argumentsOf)];
      const found = readAs(readReply, await redis.script(READ, keys, args), 'answer');
      return counters.flatMap(({ key }, i) => {
        const [count = 0, until = 0] = found[i] ?? [];
        return count === 0 ? [] : [{ key, count, until: until === 0 ? undefined : until }];
      });
    },
    async settle(tenantId, { clear, giveBack }) {
      if (clear.length + giveBack.length === 0) return;
      const keys = [...clear, ...giveBack].map((counter) => keyOf.throttle(tenantId, counter));
      await redis.script(SETTLE, keys, [clear.length]);
    },
  };
}
