import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { openRedis } from '#adapters/redis/client.ts';
import type { RedisPlace } from '#adapters/redis/connection.ts';
import { PERMISSIONS } from '#adapters/redis/permissions.ts';
import { freePort } from '../../support/private-server.ts';
import { openTestRedis, refusalOf } from '../../support/redis.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { startCluster, startSentinelSet } from '../../support/redis-topologies.ts';
import { useEveryPort } from './every-port.ts';

const PASSWORD = 'planted-secret';
const everybody = 'default on nopass ~* &* +@all';

/** ACL lines of a server: whoever made it may do all, `app` what it is given. */
function users(...commands: readonly string[]) {
  return {
    user: [everybody, `app on >${PASSWORD} resetchannels ${PERMISSIONS.keys} -@all ${commands.join(' ')}`],
  };
}

function asApp(place: RedisPlace): RedisPlace {
  return { ...place, url: place.url.replace('://', `://app:${PASSWORD}@`) };
}

describe('what the Redis user may do', () => {
  test('the commands and keys that are written down suffice for every port', async (t) => {
    const port = await freePort();
    await startRedisServer(t, { port, ...users(...PERMISSIONS.commands) });
    const client = await openTestRedis(t, asApp({ url: `redis://127.0.0.1:${port}` }));
    await useEveryPort(client, 't');
    await assert.rejects(client.connection.get('elsewhere'), /NOPERM/);
  });

  test('they suffice with sentinels, whose own user may do less still', async (t) => {
    const set = await startSentinelSet(t, {
      server: users(...PERMISSIONS.commands),
      sentinel: { user: [everybody, `watcher on >${PASSWORD} -@all ${PERMISSIONS.sentinel.join(' ')}`] },
    });
    const sentinel = { name: 'main', username: 'watcher', password: PASSWORD };
    await useEveryPort(await openTestRedis(t, asApp({ ...set.place, sentinel })), 't');
    const wrongPassword = await refusalOf(
      t,
      asApp({ ...set.place, sentinel: { ...sentinel, password: 'x' } }),
    );
    assert.equal(wrongPassword.code, 'store-refused');
    assert.match(wrongPassword.message, /Sentinel refuses.*WRONGPASS.*redis\.sentinelPassword/);
    const wrongName = await refusalOf(t, asApp({ ...set.place, sentinel: { ...sentinel, name: 'other' } }));
    assert.match(wrongName.message, /not watched.*check redis\.sentinelName/);
  });

  test('a cluster needs a few more', async (t) => {
    const commands = [...PERMISSIONS.commands, ...PERMISSIONS.cluster];
    const cluster = await startCluster(t, users(...commands));
    const client = await openTestRedis(t, asApp(cluster.place));
    for (const tenantId of ['a', 'b', 'c', 'd']) await useEveryPort(client, tenantId);
    assert.match(
      (await refusalOf(t, { url: `redis://127.0.0.1:${cluster.ports[0]}` })).message,
      /redis\.topology/,
    );
  });

  test('each of the commands is needed: a user without it is refused at the start', async (t) => {
    const port = await freePort();
    await startRedisServer(t, { port, ...users(...PERMISSIONS.commands) });
    const admin = await openTestRedis(t, { url: `redis://127.0.0.1:${port}` });
    const place = asApp({ url: `redis://127.0.0.1:${port}` });
    // INFO only tells what to warn of, EVAL runs a script for the first time: the rest is asked of each start.
    await openTestRedis(t, place);
    for (const command of PERMISSIONS.commands.slice(1)) {
      if (command === '+info' || command === '+eval') continue;
      await admin.connection.call('ACL', 'SETUSER', 'app', command.replace('+', '-'));
      const { code, message } = await refusalOf(t, place);
      assert.equal(code, 'store-refused', command);
      assert.match(message, /NOPERM.*docs\/stores\.md/, command);
      await admin.connection.call('ACL', 'SETUSER', 'app', command);
    }
  });

  test('a wrong password, another kind of Redis and a cluster that is not one are told at the start', async (t) => {
    const port = await freePort();
    await startRedisServer(t, { port, ...users(...PERMISSIONS.commands), 'maxmemory-policy': 'allkeys-lru' });
    const url = `redis://127.0.0.1:${port}`;
    const wrong = await refusalOf(t, { url: `redis://app:${PASSWORD}-not@127.0.0.1:${port}` });
    assert.equal(wrong.code, 'store-refused');
    assert.match(wrong.message, /user or its password \(WRONGPASS\); check redis\.url/);
    assert.match((await refusalOf(t, { url: `${url}/99` })).message, /no database of that number/);
    const cluster = await refusalOf(t, { url, topology: 'cluster' });
    assert.equal(cluster.code, 'store-refused');
    assert.match(cluster.message, /not run as a cluster; check redis\.topology/);
    const client = openRedis({ url });
    t.after(() => client[Symbol.asyncDispose]());
    const [warning, ...more] = await client.connect();
    assert.match(warning ?? '', /maxmemory-policy is allkeys-lru/);
    assert.deepEqual(more, []);
  });

  test('docs/stores.md shows what is needed', async () => {
    const text = await readFile(new URL('../../../docs/stores.md', import.meta.url), 'utf8');
    assert.ok(text.includes(`\`${PERMISSIONS.keys}\``));
    for (const list of [PERMISSIONS.commands, PERMISSIONS.cluster, PERMISSIONS.sentinel]) {
      assert.ok(text.includes(`\`${list.join(' ')}\``), list.join(' '));
    }
  });
});
