import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Redis } from 'ioredis';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { withoutArguments } from '#adapters/redis/ask.ts';
import { openRedis } from '#adapters/redis/client.ts';
import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { keyOf } from '#adapters/redis/keys.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { AppError } from '#src/errors.ts';
import { token } from '../../contracts/artifact-writes.ts';
import { freePort } from '../../support/private-server.ts';
import { startOwnRedis, testRedis } from '../../support/redis.ts';

const unavailable = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'store-unavailable' && error.status === 503;

function open(t: TestContext, url: string) {
  const heard: Error[] = [];
  const client = openRedis({ url, onError: (error) => heard.push(error) });
  t.after(() => client[Symbol.asyncDispose]());
  return { client, heard };
}

test('a Redis that is not there is unavailable at once, for every question, and its owner hears why', async (t) => {
  const { client, heard } = open(t, `redis://127.0.0.1:${await freePort()}`);
  const artifacts = createRedisArtifactStore(client);
  const flows = createRedisFlowStore(client);
  const throttle = createRedisThrottleStore(client);
  const before = performance.now();
  for (const question of [
    () => client.connect(),
    () => client.ping(),
    () => artifacts.find('t', 'Session', 's'),
    () => artifacts.findByUid('t', 'Session', 's'),
    () => artifacts.upsert(token('t', 'a')),
    () => artifacts.consume('t', 'AccessToken', 'a', { now: 1, grace: 0 }),
    () => artifacts.extend('t', 'AccessToken', 'a', { now: 1, expiresIn: 1 }),
    () => artifacts.destroy('t', 'AccessToken', 'a'),
    () => artifacts.revokeGrant('t', 'g'),
    () => artifacts.ofAccount('t', 'Session', 'anna'),
    () => artifacts.endSessions('t', 'anna', { uid: 'u', end: 'others' }),
    () => artifacts.endAccount('t', 'anna'),
    () => flows.load('t', 'f'),
    () => flows.save('t', 'f', 'v', 0, 60),
    () => flows.remove('t', 'f'),
    () => throttle.take('t', [{ kind: 'window', key: 'k', limit: 1, window: 60 }], 1),
    () => throttle.settle('t', { clear: ['k'], giveBack: [] }),
  ]) {
    await assert.rejects(question(), unavailable);
  }
  assert.ok(performance.now() - before < 2_000, 'nothing was queued for a Redis that may never come');
  assert.ok(heard.length > 0);
});

test('what was under way when the connection broke is refused and not sent a second time', async (t) => {
  const server = await startOwnRedis(t, await freePort());
  const { client } = open(t, server.url);
  const { connection } = client;
  assert.ok(connection instanceof Redis);
  await client.connect();
  const throttle = createRedisThrottleStore(client);
  const counter = { kind: 'window', key: 'k', limit: 9, window: 60 } as const;
  await throttle.take('t', [counter], 1);
  server.process.kill('SIGSTOP');
  const underWay = throttle.take('t', [counter], 1);
  connection.stream.destroy();
  await assert.rejects(underWay, unavailable);
  server.process.kill('SIGCONT');
  await once(client.connection, 'ready');
  assert.equal(await connection.hget(keyOf.throttle('t', 'k'), 'count'), '2');
});

test('a Redis that hangs is unavailable after two seconds', async (t) => {
  const server = await startOwnRedis(t, await freePort());
  const { client } = open(t, server.url);
  await client.connect();
  server.process.kill('SIGSTOP');
  const before = performance.now();
  await assert.rejects(client.ping(), unavailable);
  const waited = performance.now() - before;
  assert.ok(waited > 1_500 && waited < 4_000, `${waited} ms`);
});

test('a Redis that comes back, empty and without our scripts, is used again without a restart', async (t) => {
  const port = await freePort();
  const first = await startOwnRedis(t, port);
  const { client } = open(t, first.url);
  await client.connect();
  const store = createRedisArtifactStore(client);
  await store.upsert(token('t', 'a'));
  first.process.kill('SIGKILL');
  await once(client.connection, 'close');
  await assert.rejects(store.find('t', 'AccessToken', 'a'), unavailable);
  await startOwnRedis(t, port);
  await once(client.connection, 'ready');
  assert.equal(await store.find('t', 'AccessToken', 'a'), undefined);
  assert.equal(await store.upsert(token('t', 'a')), 'stored');
  assert.equal(await store.consume('t', 'AccessToken', 'a', { now: 1, grace: 0 }), 'won');
});

test('a value that is not ours is a failure of the store, never a crash', async (t) => {
  const { redis, client, tenantId } = await testRedis(t);
  const artifacts = createRedisArtifactStore(client);
  const flows = createRedisFlowStore(client);
  const throttle = createRedisThrottleStore(client);
  const key = keyOf.artifact(tenantId, 'AccessToken', 'a');
  for (const fields of [
    { payload: 'no json' },
    { payload: '[]' },
    { payload: 'null' },
    { payload: '"text"' },
    { payload: '{}', uses: '-1' },
    { payload: '{}', uses: 'many' },
    { payload: '{}', firstUsedAt: '1e9' },
    { payload: '{}', expiresAt: '' },
  ]) {
    await redis.del(key);
    await redis.hset(key, fields);
    await assert.rejects(artifacts.find(tenantId, 'AccessToken', 'a'), unavailable, JSON.stringify(fields));
  }
  await redis.del(key);
  await redis.set(key, 'a string');
  await assert.rejects(artifacts.find(tenantId, 'AccessToken', 'a'), unavailable);
  await assert.rejects(artifacts.upsert(token(tenantId, 'a')), unavailable);
  await redis.hset(keyOf.flow(tenantId, 'f'), { value: 'v', version: 'first' });
  await assert.rejects(flows.load(tenantId, 'f'), unavailable);
  await redis.hset(keyOf.throttle(tenantId, 'k'), { kind: 'window', count: 'x', from: 'y', until: 'z' });
  const taken = throttle.take(tenantId, [{ kind: 'window', key: 'k', limit: 1, window: 60 }], 1);
  await assert.rejects(taken, unavailable);
});

test('an error tells what happened and nothing of what the command carried', async (t) => {
  const { redis, client, tenantId } = await testRedis(t);
  await redis.set(keyOf.artifact(tenantId, 'AccessToken', 'a'), 'a string');
  const write = token(tenantId, 'a', { payload: { secret: 'planted-secret' } });
  const failure = await createRedisArtifactStore(client)
    .upsert(write)
    .catch((error: unknown) => error);
  assert.ok(failure instanceof AppError && failure.cause instanceof Error);
  assert.match(failure.cause.message, /WRONGTYPE/);
  const shown = [failure, failure.cause].map((error) => [
    error.message,
    error.stack,
    JSON.stringify(Object.entries(error)),
  ]);
  assert.doesNotMatch(JSON.stringify(shown), /planted-secret/);
  const unknownCommand = new Error("ERR unknown command 'x', with args beginning with: 'planted-secret'");
  assert.equal(withoutArguments(unknownCommand).message, "ERR unknown command 'x'");
  assert.equal(withoutArguments('planted-secret').message, 'unknown failure');
});
