import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Redis } from 'ioredis';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { grant, session, token } from '../../contracts/artifact-writes.ts';
import { freePort } from '../../support/private-server.ts';
import { startOwnRedis, testRedis } from '../../support/redis.ts';

/** A cluster of one node that owns every slot: it refuses keys of different slots as a large one does. */
async function cluster(t: TestContext): Promise<{ redis: Redis; tenantId: string }> {
  const port = await freePort();
  const options = ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`];
  const { url } = await startOwnRedis(t, port, ...options, '--cluster-port', String(await freePort()));
  const opened = await testRedis(t, url);
  await opened.redis.cluster('ADDSLOTSRANGE', 0, 16_383);
  while (!(await opened.redis.cluster('INFO')).includes('cluster_state:ok'));
  return opened;
}

test('Redis Cluster takes every script, because the keys of one tenant share a slot', async (t) => {
  const { redis, tenantId } = await cluster(t);
  const artifacts = createRedisArtifactStore({ redis });
  const throttle = createRedisThrottleStore({ redis });
  await assert.rejects(redis.mget('a', 'b'), /CROSSSLOT/, 'this node checks slots');

  assert.equal(await artifacts.upsert(session(tenantId, 's', { accountId: 'anna' })), 'stored');
  assert.equal(await artifacts.upsert(grant(tenantId, 'g', { accountId: 'anna' })), 'stored');
  for (const id of ['a', 'b{c}', 'd}{']) {
    assert.equal(await artifacts.upsert(token(tenantId, id, { grantId: 'g' })), 'stored');
  }
  assert.ok(await artifacts.findByUid(tenantId, 'Session', 'uid-s'));
  assert.equal(await artifacts.consume(tenantId, 'AccessToken', 'a', { now: 1, grace: 0 }), 'won');
  assert.equal(await artifacts.extend(tenantId, 'Session', 's', { now: 1, expiresIn: 60 }), true);
  await artifacts.destroy(tenantId, 'AccessToken', 'a');
  assert.deepEqual(await artifacts.endAccount(tenantId, 'anna'), { sessions: 1, grants: 1 });
  assert.equal(await artifacts.find(tenantId, 'AccessToken', 'b{c}'), undefined);
  await artifacts.revokeGrant(tenantId, 'g');
  assert.equal(await createRedisFlowStore({ redis }).save(tenantId, 'f', 'v', 0, 60), true);
  const counters = ['x', 'y{z}'].map((key) => ({ kind: 'window', key, limit: 1, window: 60 }) as const);
  assert.deepEqual(await throttle.take(tenantId, counters, 1), { allowed: true });
  await throttle.settle(tenantId, { clear: ['x'], giveBack: ['y{z}'] });
});
