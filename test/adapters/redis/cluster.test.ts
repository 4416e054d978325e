import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, type TestContext, test } from 'node:test';
import { Cluster } from 'ioredis';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { createRedisDeliveryStore } from '#adapters/redis/delivery-store.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { keyOf } from '#adapters/redis/keys.ts';
import { createRedisOneTimeStore } from '#adapters/redis/one-time-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { AppError } from '#src/errors.ts';
import { describeArtifactStoreContract } from '../../contracts/artifact-store.ts';
import { token } from '../../contracts/artifact-writes.ts';
import { describeDeliveryStoreContract } from '../../contracts/delivery-store.ts';
import { describeFlowStoreContract } from '../../contracts/flow-store.ts';
import { describeOneTimeStoreContract } from '../../contracts/one-time-store.ts';
import { describeThrottleStoreContract } from '../../contracts/throttle-store.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { openTestRedis, redisBench } from '../../support/redis.ts';
import { beginMove, endMove, moveKeys, planMove } from '../../support/redis-reshard.ts';
import { addClusterReplica, type ClusterSet, startCluster, until } from '../../support/redis-topologies.ts';
import { useEveryPort } from './every-port.ts';

const unavailable = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'store-unavailable' && error.status === 503;

describe('Redis Cluster', () => {
  let cluster: ClusterSet;
  const end = endOfSuite();
  before(async () => {
    cluster = await startCluster(end);
  });
  const place = () => cluster.place;

  describeArtifactStoreContract('redis cluster', redisBench(createRedisArtifactStore, { place }));
  describeFlowStoreContract('redis cluster', redisBench(createRedisFlowStore, { place }));
  describeOneTimeStoreContract('redis cluster', redisBench(createRedisOneTimeStore, { place }));
  describeDeliveryStoreContract('redis cluster', redisBench(createRedisDeliveryStore, { place }));
  describeThrottleStoreContract(
    'redis cluster',
    redisBench(createRedisThrottleStore, { place, timeIsPassedIn: true }),
  );

  async function open(t: TestContext) {
    const client = await openTestRedis(t, cluster.place);
    const { connection } = client;
    assert.ok(connection instanceof Cluster);
    return { client, connection };
  }

  test('every port works on every node, for tenants who lie anywhere', async (t) => {
    const { client } = await open(t);
    const owners = new Set<number>();
    while (owners.size < 3) {
      const tenantId = randomUUID();
      await useEveryPort(client, tenantId);
      owners.add((await planMove(cluster, tenantId)).from);
    }
  });

  test('a tenant whose keys are moved is served or refused, and nothing of it is consumed twice', async (t) => {
    const { client } = await open(t);
    const store = createRedisArtifactStore(client);
    const tenantId = randomUUID();
    const ids = Array.from({ length: 60 }, (_, index) => `t${index}`);
    for (const id of ids) await store.upsert(token(tenantId, id));
    const move = await planMove(cluster, tenantId);
    const outcomes = new Map<string, string[]>(ids.map((id) => [id, []]));
    const consume = async (id: string) => {
      const tried = await store
        .consume(tenantId, 'AccessToken', id, { now: 1, grace: 0 })
        .catch((error: unknown) => (unavailable(error) ? 'refused' : 'failed'));
      outcomes.get(id)?.push(tried);
    };
    await beginMove(cluster, move);
    const rest = ids.slice(20);
    await Promise.all([moveKeys(cluster, move, 30), ...ids.slice(0, 10).map(consume)]);
    await Promise.all(ids.slice(10, 20).map(consume));
    await Promise.all([
      moveKeys(cluster, move).then(() => endMove(cluster, move)),
      ...rest.slice(0, 20).map(consume),
    ]);
    await Promise.all(rest.slice(20).map(consume));
    for (const id of ids) {
      const seen = outcomes.get(id) ?? [];
      assert.ok(seen[0] === 'won' || seen[0] === 'refused', `${id}: ${seen}`);
      if (seen[0] === 'refused') await consume(id);
    }
    await Promise.all(ids.map(consume));
    for (const seen of outcomes.values()) {
      assert.ok(seen.filter((one) => one === 'won').length <= 1, String(seen));
      assert.equal(seen.at(-1), 'lost');
    }
    await useEveryPort(client, tenantId);
  });

  test('what needs keys on both sides of a move is refused, and works when the move is over', async (t) => {
    const { client } = await open(t);
    const throttle = createRedisThrottleStore(client);
    const tenantId = randomUUID();
    const counters = ['a', 'b'].map((key) => ({ kind: 'window', key, limit: 9, window: 60 }) as const);
    await throttle.take(tenantId, counters, 1);
    const move = await planMove(cluster, tenantId);
    await beginMove(cluster, move);
    await moveKeys(cluster, move, 1);
    const before = performance.now();
    await assert.rejects(throttle.take(tenantId, counters, 2), unavailable);
    assert.ok(performance.now() - before < 2_500);
    await moveKeys(cluster, move);
    await endMove(cluster, move);
    assert.deepEqual(await throttle.take(tenantId, counters, 3), { allowed: true });
    const count = await client.connection.hget(keyOf.throttle(tenantId, 'a'), 'count');
    assert.equal(count, '2', 'what was refused was not counted');
  });

  test('a node that takes in a tenant and then hangs costs two seconds and no crash', async (t) => {
    const { client } = await open(t);
    const store = createRedisArtifactStore(client);
    const tenantId = randomUUID();
    const move = await planMove(cluster, tenantId);
    const server = cluster.servers[move.to];
    await beginMove(cluster, move);
    server?.process.kill('SIGSTOP');
    const before = performance.now();
    await assert.rejects(store.upsert(token(tenantId, 'a')), unavailable);
    assert.ok(performance.now() - before < 3_000);
    server?.process.kill('SIGCONT');
    await until('the cluster', async () => (await store.upsert(token(tenantId, 'b'))) === 'stored');
    // What was refused here for want of an answer may have been written late, on the side that is left.
    await moveKeys(cluster, move);
    await endMove(cluster, move);
    for (const admin of cluster.admins) {
      await until('every node', async () => (await admin.cluster('INFO')).includes('cluster_state:ok'));
    }
  });

  test('what was under way when a connection broke is refused and not sent a second time', async (t) => {
    const { client, connection } = await open(t);
    const throttle = createRedisThrottleStore(client);
    const tenantId = randomUUID();
    const counter = { kind: 'window', key: 'k', limit: 9, window: 60 } as const;
    // Whatever the client learnt in an earlier test's outage is over by then.
    await until('an answer', async () => (await connection.exists(keyOf.throttle(tenantId, 'k'))) === 0);
    await throttle.take(tenantId, [counter], 1);
    const { from } = await planMove(cluster, tenantId);
    const node = connection.nodes('master').find(({ options }) => options.port === cluster.ports[from]);
    cluster.servers[from]?.process.kill('SIGSTOP');
    const underWay = throttle.take(tenantId, [counter], 1);
    await new Promise(setImmediate);
    node?.stream.destroy();
    cluster.servers[from]?.process.kill('SIGCONT');
    await assert.rejects(underWay, unavailable);
    const key = keyOf.throttle(tenantId, 'k');
    await until('the node', async () => (await connection.hget(key, 'count')) === '2');
    await until('the port', async () => (await throttle.take(tenantId, [counter], 1)).allowed);
    assert.equal(await connection.hget(key, 'count'), '3');
  });

  test('a node that dies costs seconds of clear refusals, then its replica is used, without a restart', async (t) => {
    await addClusterReplica(t, cluster, 0);
    const { client } = await open(t);
    const store = createRedisArtifactStore(client);
    let tenantId = randomUUID();
    while ((await planMove(cluster, tenantId)).from !== 0) tenantId = randomUUID();
    await store.upsert(token(tenantId, 'kept'));
    // Replication is asynchronous: what the replica never got is lost with its primary, and that is not the rule here.
    // WAIT only waits for what its own connection wrote, so that writes last.
    await cluster.admins[0]?.set(keyOf.flow(tenantId, 'last'), '1', 'PX', 60_000);
    assert.equal(await cluster.admins[0]?.wait(1, 5_000), 1);
    await cluster.servers[0]?.kill();
    let slowest = 0;
    let refusals = 0;
    await until('a write', async () => {
      const before = performance.now();
      const outcome = await store
        .upsert(token(tenantId, `n${refusals}`))
        .catch((error: unknown) => (unavailable(error) ? 'refused' : String(error)));
      slowest = Math.max(slowest, performance.now() - before);
      if (outcome === 'refused') refusals += 1;
      return outcome === 'stored';
    });
    assert.ok(refusals > 0, 'there was an outage');
    assert.ok(slowest < 2_500, `${slowest} ms for one answer`);
    assert.equal(await store.consume(tenantId, 'AccessToken', 'kept', { now: 1, grace: 0 }), 'won');
  });
});
