import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Redis } from 'ioredis';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import type { RedisCommands } from '#adapters/redis/commands.ts';
import { createRedisDeliveryStore } from '#adapters/redis/delivery-store.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { KEYS, type KeyRule, keyOf } from '#adapters/redis/keys.ts';
import { createRedisOneTimeStore } from '#adapters/redis/one-time-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { AppError } from '#src/errors.ts';
import { grant, session, token } from '../../contracts/artifact-writes.ts';
import { recordCommands, testRedis, testRedisUrl } from '../../support/redis.ts';

/** A database of its own, so that every key in it was made here. */
function ownDatabase(): string {
  const url = new URL(testRedisUrl());
  url.pathname = '/9';
  return url.href;
}

const rules = Object.values(KEYS).map((rule): KeyRule & { shape: RegExp } => {
  const literal = rule.pattern.replace(/[{}]/g, '\\$&');
  return {
    ...rule,
    shape: new RegExp(`^${literal.replace('<tenant>', '[^{}]+').replace(/<\w+>/g, '[^:]+')}$`),
  };
});

/** Makes one of everything, in every way that writes. */
async function useEverything(redis: RedisCommands, tenantId: string): Promise<void> {
  const artifacts = createRedisArtifactStore({ redis });
  const flows = createRedisFlowStore({ redis });
  const throttle = createRedisThrottleStore({ redis });
  for (const n of [1, 2]) {
    await artifacts.upsert(session(tenantId, `s${n}`, { accountId: 'anna' }));
    await artifacts.upsert(grant(tenantId, `g${n}`, { accountId: 'anna' }));
    await artifacts.upsert(token(tenantId, `t${n}`, { grantId: `g${n}` }));
    await artifacts.upsert(token(tenantId, `c${n}`, { model: 'AuthorizationCode', grantId: `g${n}` }));
  }
  await artifacts.upsert(session(tenantId, 's2', { accountId: 'bram', uid: 'other' }));
  await artifacts.extend(tenantId, 'Session', 's2', { expiresIn: 900, now: Date.now() });
  await artifacts.consume(tenantId, 'AccessToken', 't1', { now: Date.now(), grace: 9 });
  await artifacts.findByUid(tenantId, 'Session', 'uid-s1');
  await artifacts.destroy(tenantId, 'AccessToken', 't1');
  await artifacts.destroy(tenantId, 'Session', 's1');
  await artifacts.revokeGrant(tenantId, 'g1');
  await artifacts.upsert(grant(tenantId, 'g3', { accountId: 'cees' }));
  await artifacts.ofAccount(tenantId, 'Grant', 'cees');
  await artifacts.endSessions(tenantId, 'cees', { uid: 'u', end: 'others' });
  await artifacts.endAccount(tenantId, 'cees');
  await flows.save(tenantId, 'f', 'sealed', 0, 60);
  const now = Date.now();
  await throttle.take(
    tenantId,
    [
      { kind: 'wait', key: 'w', free: 1, base: 30, max: 60, memory: 90 },
      { kind: 'window', key: 'v', limit: 9, window: 60 },
    ],
    now,
  );
  await throttle.take(tenantId, [{ kind: 'window', key: 'v', limit: 9, window: 60 }], now);
  await throttle.settle(tenantId, { clear: [], giveBack: ['w', 'v'] });
  await throttle.take(tenantId, [{ kind: 'wait', key: 'w', free: 1, base: 30, max: 60, memory: 90 }], now);
  await useMessages(redis, tenantId);
}

async function useMessages(redis: RedisCommands, tenantId: string): Promise<void> {
  const oneTime = createRedisOneTimeStore({ redis });
  const deliveries = createRedisDeliveryStore({ redis });
  for (const slot of ['tried', 'used', 'spent', 'removed']) {
    await oneTime.put(tenantId, slot, {
      digest: 'd',
      binding: 'b',
      tries: slot === 'spent' ? 1 : 2,
      ttl: 60,
    });
  }
  await oneTime.redeem(tenantId, 'tried', { digest: 'x', binding: 'b' });
  await oneTime.redeem(tenantId, 'used', { digest: 'd', binding: 'b' });
  await oneTime.redeem(tenantId, 'spent', { digest: 'x', binding: 'b' });
  await oneTime.redeem(tenantId, 'removed', { digest: 'd', binding: 'x' });
  await oneTime.remove(tenantId, 'removed');
  for (const state of ['accepted', 'delivered', 'accepted'] as const) {
    await deliveries.record(tenantId, 'd', state, 60);
  }
}

async function readValue(redis: Redis, key: string, type: KeyRule['type']): Promise<unknown> {
  if (type === 'hash') return redis.hgetall(key);
  return type === 'zset' ? redis.zrange(key, '0', '-1') : redis.get(key);
}

test('every key is in the table, carries its tenant as hash tag, has an end and a value that fits', async (t) => {
  const { redis, client, tenantId } = await testRedis(t, ownDatabase());
  await redis.flushdb();
  await useEverything(client.redis, tenantId);
  const seen = new Set<string>();
  for (const key of await redis.keys('*')) {
    const rule = rules.find(({ shape }) => shape.test(key));
    assert.ok(rule, `${key} is not in the table`);
    assert.ok(key.startsWith(`pw:{${tenantId}}:`), `${key} lacks the tenant's hash tag`);
    assert.ok((await redis.pttl(key)) > 0, `${key} has no end`);
    assert.equal(await redis.type(key), rule.type);
    assert.ok(rule.value.safeParse(await readValue(redis, key, rule.type)).success, `${key} does not fit`);
    seen.add(rule.pattern);
  }
  assert.deepEqual([...seen].sort(), rules.map((rule) => rule.pattern).sort(), 'every kind of key was made');
  await redis.flushdb();
});

test('every script is given keys of one slot and searches nothing', async (t) => {
  const { redis, client, tenantId } = await testRedis(t, ownDatabase());
  const commands = await recordCommands(redis, () => useEverything(client.redis, tenantId));
  assert.ok(commands.length > 100);
  const evaluated = commands.filter(([name]) => name === 'EVAL' || name === 'EVALSHA');
  assert.ok(evaluated.length > 20);
  for (const [, , count, ...rest] of evaluated) {
    for (const key of rest.slice(0, Number(count))) assert.ok(key.startsWith(`pw:{${tenantId}}:`));
  }
  const names = new Set(commands.map(([name]) => name));
  for (const search of ['KEYS', 'SCAN', 'SSCAN', 'HSCAN', 'ZSCAN']) assert.ok(!names.has(search), search);
  await redis.flushdb();
});

test('each answer of a store costs one round trip', async (t) => {
  const { redis, client, tenantId } = await testRedis(t, ownDatabase());
  const store = createRedisArtifactStore(client);
  const throttle = createRedisThrottleStore(client);
  const oneTime = createRedisOneTimeStore(client);
  const deliveries = createRedisDeliveryStore(client);
  const turns = [
    () => store.upsert(session(tenantId, 's', { accountId: 'anna' })),
    () => store.find(tenantId, 'Session', 's'),
    () => store.findByUid(tenantId, 'Session', 'uid-s'),
    () => store.consume(tenantId, 'Session', 's', { now: 1, grace: 0 }),
    () => store.extend(tenantId, 'Session', 's', { expiresIn: 60, now: 1 }),
    () => store.ofAccount(tenantId, 'Session', 'anna'),
    () => store.endSessions(tenantId, 'anna', { uid: 'uid-s', end: 'this' }),
    () => store.endAccount(tenantId, 'anna'),
    () => throttle.take(tenantId, [{ kind: 'window', key: 'k', limit: 1, window: 60 }], 1),
    () => throttle.settle(tenantId, { clear: ['k'], giveBack: ['l'] }),
    () => oneTime.put(tenantId, 'c', { digest: 'd', binding: 'b', tries: 5, ttl: 60 }),
    () => oneTime.waits(tenantId, 'c', 'b'),
    () => oneTime.redeem(tenantId, 'c', { digest: 'd', binding: 'b' }),
    () => deliveries.record(tenantId, 'd', 'accepted', 60),
    () => deliveries.find(tenantId, 'd'),
  ];
  // Once before, so that Redis knows the scripts.
  for (const turn of turns) await turn();
  for (const turn of turns) {
    const commands = await recordCommands(redis, turn);
    const asked = commands.filter(([name]) => name === 'EVALSHA' || name === 'HMGET');
    const [first] = asked;
    // Redis shows a script's own commands after it; only the first came over the wire.
    assert.ok(first);
    assert.equal(commands[0], first);
    assert.equal(commands.filter(([name]) => name === 'EVALSHA').length, first[0] === 'EVALSHA' ? 1 : 0);
  }
  await redis.flushdb();
});

test('revoking a grant touches what the grant holds, however much else there is', async (t) => {
  const { redis, client, tenantId } = await testRedis(t, ownDatabase());
  const store = createRedisArtifactStore(client);
  const cost = async (grantId: string) => {
    for (const id of ['a', 'b', 'c']) await store.upsert(token(tenantId, `${grantId}-${id}`, { grantId }));
    return recordCommands(redis, () => store.revokeGrant(tenantId, grantId));
  };
  await cost('warm-up');
  const alone = await cost('g1');
  const others = Array.from({ length: 300 }, (_, i) => token(tenantId, `o${i}`, { grantId: `og${i % 50}` }));
  await Promise.all(others.map((write) => store.upsert(write)));
  const among = await cost('g2');
  assert.equal(among.length, alone.length);
  assert.ok(among.length < 20, `${among.length} commands`);
  const foreign = among.slice(1).filter(([, key]) => !key?.includes('g2'));
  assert.deepEqual(foreign, []);
  await redis.flushdb();
});

test('a grant’s list forgets what ran out by itself, so that a long-lived grant does not grow', async (t) => {
  const { redis, client, tenantId } = await testRedis(t);
  const store = createRedisArtifactStore(client);
  const ids = Array.from({ length: 20 }, (_, i) => `t${i}`);
  await store.upsert(grant(tenantId, 'g'));
  for (const id of ids) await store.upsert(token(tenantId, id, { grantId: 'g', expiresIn: 0.001 }));
  const keys = ids.map((id) => keyOf.artifact(tenantId, 'AccessToken', id));
  while ((await redis.exists(...keys)) > 0);
  await store.upsert(token(tenantId, 'last', { grantId: 'g' }));
  assert.equal(await redis.zcard(keyOf.grant(tenantId, 'g')), 2);
});

test('a lifetime reaches Redis to the millisecond, indexes included', async (t) => {
  const { redis, client, tenantId } = await testRedis(t);
  const store = createRedisArtifactStore(client);
  const throttle = createRedisThrottleStore(client);
  await store.upsert(session(tenantId, 's', { expiresIn: 60, accountId: 'anna' }));
  await store.upsert(token(tenantId, 't', { expiresIn: 60, grantId: 'g' }));
  await createRedisFlowStore(client).save(tenantId, 'f', 'v', 0, 60);
  await throttle.take(tenantId, [{ kind: 'window', key: 'k', limit: 1, window: 60 }], 1);
  await createRedisOneTimeStore(client).put(tenantId, 'c', { digest: 'd', binding: 'b', tries: 1, ttl: 60 });
  await createRedisDeliveryStore(client).record(tenantId, 'd', 'failed', 60);
  for (const [key, lifetime] of [
    [keyOf.artifact(tenantId, 'Session', 's'), 60_000],
    [keyOf.uid(tenantId, 'Session', 'uid-s'), 60_000],
    [keyOf.account(tenantId, 'anna', 'Session'), 60_000],
    [keyOf.artifact(tenantId, 'AccessToken', 't'), 60_000],
    [keyOf.grant(tenantId, 'g'), 60_000],
    [keyOf.flow(tenantId, 'f'), 60_000],
    // A minute more than it counts.
    [keyOf.throttle(tenantId, 'k'), 120_000],
    [keyOf.oneTime(tenantId, 'c'), 60_000],
    [keyOf.delivery(tenantId, 'd'), 60_000],
  ] as const) {
    const left = await redis.pttl(key);
    assert.ok(left > lifetime - 2_000 && left <= lifetime, `${key} has ${left} ms left`);
  }
});

test('a tenant id that would break the hash tag is refused', () => {
  for (const tenantId of ['', 'a}b', '{', 'a{b}']) {
    assert.throws(
      () => keyOf.flow(tenantId, 'f'),
      (error) => error instanceof AppError && error.code === 'internal',
    );
  }
});
