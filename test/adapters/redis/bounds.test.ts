import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { MOST_IN_FLIGHT } from '#adapters/redis/commands.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { AppError } from '#src/errors.ts';
import { token } from '../../contracts/artifact-writes.ts';
import { openLink } from '../../support/link.ts';
import { freePort } from '../../support/private-server.ts';
import { openTestRedis } from '../../support/redis.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { openAdmin, until } from '../../support/redis-topologies.ts';

const unavailable = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'store-unavailable' && error.status === 503;

test('a link that swallows everything costs two seconds a question, is given up, and is used again', async (t) => {
  const port = await freePort();
  await startRedisServer(t, { port });
  const link = await openLink(t, port);
  const client = await openTestRedis(t, { url: `redis://127.0.0.1:${link.port}` });
  const store = createRedisArtifactStore(client);
  await store.upsert(token('t', 'a'));
  link.stall();
  const lost = new Promise((resolve) => client.connection.once('close', resolve));
  const before = performance.now();
  await assert.rejects(store.find('t', 'AccessToken', 'a'), unavailable);
  assert.ok(performance.now() - before < 2_500);
  await lost;
  const atOnce = performance.now();
  await assert.rejects(store.find('t', 'AccessToken', 'a'), unavailable);
  assert.ok(performance.now() - atOnce < 200, 'nobody waits for a connection that is known to be lost');
  link.pass();
  await until('an answer', async () => (await store.find('t', 'AccessToken', 'a')) !== undefined);
});

test('questions beyond the bound are refused at once, and the others have their answers', async (t) => {
  const port = await freePort();
  await startRedisServer(t, { port });
  const link = await openLink(t, port);
  const client = await openTestRedis(t, { url: `redis://127.0.0.1:${link.port}` });
  const throttle = createRedisThrottleStore(client);
  const take = () => throttle.take('t', [{ kind: 'window', key: 'k', limit: 5_000, window: 60 }], 1);
  await take();
  link.stall();
  const under = Array.from({ length: MOST_IN_FLIGHT }, take);
  const before = performance.now();
  const refusals = await Promise.allSettled(Array.from({ length: 50 }, take));
  assert.ok(performance.now() - before < 200);
  for (const one of refusals) {
    assert.ok(one.status === 'rejected' && unavailable(one.reason));
    assert.match(one.reason.message, /wait for Redis already/);
  }
  link.pass();
  for (const answer of await Promise.all(under)) assert.deepEqual(answer, { allowed: true });
  assert.deepEqual(await take(), { allowed: true }, 'there is room again');
});

test('a server that stops taking writes is left for a new connection', async (t) => {
  const port = await freePort();
  await startRedisServer(t, { port });
  const client = await openTestRedis(t, { url: `redis://127.0.0.1:${port}` });
  const store = createRedisArtifactStore(client);
  const admin = openAdmin(t, port);
  await admin.replicaof('127.0.0.1', await freePort());
  const again = once(client.connection, 'close');
  await assert.rejects(store.upsert(token('t', 'a')), unavailable);
  await again;
  await admin.replicaof('NO', 'ONE');
  await until('a write', async () => (await store.upsert(token('t', 'a'))) === 'stored');
});

test('a server in front of nothing is refused within the bound of a first connection', async (t) => {
  const link = await openLink(t, await freePort());
  link.stall();
  const before = performance.now();
  await assert.rejects(openTestRedis(t, { url: `redis://127.0.0.1:${link.port}` }), unavailable);
  assert.ok(performance.now() - before < 9_000);
});
