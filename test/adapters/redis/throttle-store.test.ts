import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { describeThrottleStoreContract } from '../../contracts/throttle-store.ts';
import { redisBench } from '../../support/redis.ts';

describeThrottleStoreContract('redis', redisBench(createRedisThrottleStore, { timeIsPassedIn: true }));

test('what a clock that was set back moves lives on in Redis as long as it counts', async (t) => {
  const { store, tenantId, now, pass } = await redisBench(createRedisThrottleStore)(t);
  const window = { kind: 'window', key: 'w', limit: 1, window: 600 } as const;
  const wait = { kind: 'wait', key: 'k', free: 1, base: 900, max: 900, memory: 60 } as const;
  const setBack = 5 * 3_600_000;
  for (const counter of [window, wait]) await store.take(tenantId, [counter], now());
  await pass(590_000);
  for (const counter of [window, wait]) await store.take(tenantId, [counter], now() - setBack);
  await pass(540_000);
  for (const counter of [window, wait]) {
    assert.equal((await store.take(tenantId, [counter], now() - setBack)).allowed, false, counter.kind);
  }
});
