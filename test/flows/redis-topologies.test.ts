import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RedisPlace } from '#adapters/redis/connection.ts';
import { PERMISSIONS } from '#adapters/redis/permissions.ts';
import type { RawSettings } from '#config/settings.ts';
import { makeAuthority } from '../support/certificates.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { freePort } from '../support/private-server.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { startCluster, startSentinelSet, until } from '../support/redis-topologies.ts';
import { tokensFor } from '../support/sign-in.ts';

function settingsOf({ topology, url, sentinel }: RedisPlace): RawSettings['redis'] {
  return { url, ...(topology && { topology }), ...(sentinel && { sentinelName: sentinel.name }) };
}

/** Signs in, refreshes, and is told who it is: all that the volatile store is for. */
async function signInAndRefresh(installation: Installation, loginName: string): Promise<void> {
  const { party, tokens } = await tokensFor(installation, loginName);
  const refreshed = await party.refresh(tokens.refresh_token ?? '');
  assert.ok(refreshed.access_token.length > 20);
}

async function installed(t: TestContext, redis: RawSettings['redis']): Promise<Installation> {
  const unsafe = { plainHttp: true, unverifiedRedis: true };
  return startInstallation(t, { settings: { redis, unsafe } });
}

test('people sign in over a Redis Cluster', async (t) => {
  const { place } = await startCluster(t);
  await signInAndRefresh(await installed(t, settingsOf(place)), 'anna');
});

test('people sign in over Sentinel, and again after a fail-over without a restart', async (t) => {
  const set = await startSentinelSet(t);
  const installation = await installed(t, settingsOf(set.place));
  await signInAndRefresh(installation, 'anna');
  await set.untilReplicated();
  await set.primary.kill();
  const { flows } = installation.running.composition.volatile;
  await until('the new primary', async () => flows.save('t', crypto.randomUUID(), 'v', 0, 60));
  await signInAndRefresh(installation, 'bram');
});

test('people sign in over TLS with a client certificate and a user who may do just what is needed', async (t) => {
  const authority = await makeAuthority(t);
  const [server, client] = [await authority.issue('IP:127.0.0.1'), await authority.issue()];
  const port = await freePort();
  await startRedisServer(t, {
    port: 0,
    'tls-port': port,
    'tls-cert-file': server.certFile,
    'tls-key-file': server.keyFile,
    'tls-ca-cert-file': authority.certFile,
    user: ['default off', `app on >p@ss ${PERMISSIONS.keys} -@all ${PERMISSIONS.commands.join(' ')}`],
  });
  const files = { caFile: authority.certFile, certFile: client.certFile, keyFile: client.keyFile };
  const installation = await installed(t, { url: `rediss://app:p%40ss@127.0.0.1:${port}`, ...files });
  await signInAndRefresh(installation, 'anna');
});
