import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openRedis } from '#adapters/redis/client.ts';
import { AppError } from '#src/errors.ts';
import { freePort } from '../../support/private-server.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { openAdmin } from '../../support/redis-topologies.ts';

/** A Redis that calls itself older than it is: its words come through with that one changed, at the same length. */
async function openOlder(t: TestContext, port: number): Promise<number> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far);
    far.setEncoding('latin1').on('data', (words) => {
      near.write(String(words).replace(/redis_version:\d\./, 'redis_version:6.'), 'latin1');
    });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

test('a Redis that is older than what this is tested on is used, and told', async (t) => {
  const port = await freePort();
  await startRedisServer(t, { port });
  const older = await openOlder(t, port);
  await using client = openRedis({ url: `redis://127.0.0.1:${older}` });
  const [warning, ...more] = await client.connect();
  assert.match(warning ?? '', /^Redis 6\.\S+ is older than 7/);
  assert.deepEqual(more, []);
});

test('a cluster whose slots nobody has is waited for, and told as what it is', async (t) => {
  const port = await freePort();
  const own = { 'cluster-enabled': 'yes', 'cluster-port': await freePort() };
  await startRedisServer(t, { port, ...own });
  await using client = openRedis({ topology: 'cluster', url: `redis://127.0.0.1:${port}` });
  await assert.rejects(client.connect(), (failure: unknown) => {
    assert.ok(failure instanceof AppError);
    assert.equal(failure.code, 'store-unavailable');
    assert.match(failure.message, /Cluster is not ready \(cluster_state:fail\)/);
    return true;
  });
});

test('a replica is waited for, since a fail-over may be under way, and told as what it is', async (t) => {
  const port = await freePort();
  await startRedisServer(t, { port });
  const admin = openAdmin(t, port);
  await admin.replicaof('127.0.0.1', await freePort());
  const place = { url: `redis://127.0.0.1:${port}` };
  await using client = openRedis(place);
  await assert.rejects(client.connect(), (failure: unknown) => {
    assert.ok(failure instanceof AppError);
    assert.equal(failure.code, 'store-unavailable');
    assert.match(failure.message, /replica and takes no writes; check redis\.topology/);
    return true;
  });
  await admin.replicaof('NO', 'ONE');
  await using again = openRedis(place);
  assert.deepEqual(await again.connect(), []);
});
