import assert from 'node:assert/strict';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import type { RedisClient } from '#adapters/redis/client.ts';
import { createRedisDeliveryStore } from '#adapters/redis/delivery-store.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { createRedisOneTimeStore } from '#adapters/redis/one-time-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { grant, session, token } from '../../contracts/artifact-writes.ts';

/** Uses every method of every port on Redis once, in an order that finds something to do, and checks its answer. */
export async function useEveryPort(client: Pick<RedisClient, 'redis'>, tenantId: string): Promise<void> {
  const artifacts = createRedisArtifactStore(client);
  const flows = createRedisFlowStore(client);
  const throttle = createRedisThrottleStore(client);
  assert.equal(await artifacts.upsert(session(tenantId, 's', { accountId: 'anna' })), 'stored');
  assert.equal(await artifacts.upsert(grant(tenantId, 'g', { accountId: 'anna' })), 'stored');
  for (const id of ['a', 'b{c}', 'd}{']) {
    assert.equal(await artifacts.upsert(token(tenantId, id, { grantId: 'g' })), 'stored');
  }
  assert.equal(await artifacts.upsert(session(tenantId, 's', { accountId: 'bram', uid: 'other' })), 'stored');
  assert.equal(await artifacts.upsert(session(tenantId, 's', { accountId: 'anna' })), 'stored');
  assert.ok(await artifacts.findByUid(tenantId, 'Session', 'uid-s'));
  assert.ok(await artifacts.find(tenantId, 'AccessToken', 'a'));
  assert.equal(await artifacts.consume(tenantId, 'AccessToken', 'a', { now: 1, grace: 0 }), 'won');
  assert.equal(await artifacts.extend(tenantId, 'Session', 's', { now: 1, expiresIn: 60 }), true);
  await artifacts.destroy(tenantId, 'AccessToken', 'a');
  assert.deepEqual(
    (await artifacts.ofAccount(tenantId, 'Session', 'anna')).map(({ id }) => id),
    ['s'],
  );
  assert.deepEqual(await artifacts.endSessions(tenantId, 'anna', { uid: 'uid-s', end: 'others' }), []);
  assert.deepEqual(await artifacts.endAccount(tenantId, 'anna'), { sessions: 1, grants: 1 });
  assert.equal(await artifacts.find(tenantId, 'AccessToken', 'b{c}'), undefined);
  await artifacts.upsert(grant(tenantId, 'h'));
  await artifacts.upsert(token(tenantId, 'e', { grantId: 'h' }));
  await artifacts.revokeGrant(tenantId, 'h');
  assert.equal(await artifacts.upsert(token(tenantId, 'f', { grantId: 'h' })), 'grant-revoked');
  assert.equal(await flows.save(tenantId, 'f', 'v', 0, 60), true);
  assert.deepEqual(await flows.load(tenantId, 'f'), { value: 'v', version: 1 });
  await flows.remove(tenantId, 'f');
  const wait = { kind: 'wait', key: 'x', free: 9, base: 30, max: 60, memory: 90 } as const;
  const window = { kind: 'window', key: 'y{z}', limit: 9, window: 60 } as const;
  assert.deepEqual(await throttle.take(tenantId, [wait, window], 1), { allowed: true });
  assert.deepEqual(await throttle.take(tenantId, [wait, window], 2), { allowed: true });
  const held = [{ key: 'x', count: 2, until: undefined }];
  assert.deepEqual(await throttle.read(tenantId, [wait], 2), held);
  await throttle.settle(tenantId, { clear: ['x'], giveBack: ['y{z}'] });
  const oneTime = createRedisOneTimeStore(client);
  const given = { digest: 'd', binding: 'i' };
  await oneTime.put(tenantId, 'sign-in:a{b}', { ...given, tries: 2, ttl: 60 });
  assert.equal(await oneTime.waits(tenantId, 'sign-in:a{b}', 'i'), true);
  assert.equal(await oneTime.redeem(tenantId, 'sign-in:a{b}', { ...given, digest: 'x' }), 'wrong');
  assert.equal(await oneTime.redeem(tenantId, 'sign-in:a{b}', given), 'right');
  await oneTime.remove(tenantId, 'sign-in:a{b}');
  const deliveries = createRedisDeliveryStore(client);
  for (const state of ['delivered', 'accepted'] as const) await deliveries.record(tenantId, 'd', state, 60);
  assert.equal(await deliveries.find(tenantId, 'd'), 'delivered');
}
