import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import type { RedisPlace } from '#adapters/redis/connection.ts';
import type { Ending } from './postgres.ts';
import { freePort } from './private-server.ts';
import { type OwnRedisServer, type RedisDirectives, startRedisServer } from './redis-server.ts';

/** Milliseconds after which something that has to come is given up. */
const DEADLINE = 15_000;

/** Waits for a condition; throws with `what` when it does not come. A question that fails counts as "not yet". */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${DEADLINE} ms`);
    await wait(20);
  }
}

/** A connection for the test itself, with all that a superuser may. */
export function openAdmin(t: Ending, port: number, options: { tls?: ConnectionOptions } = {}): Redis {
  const redis = new Redis({ port, host: '127.0.0.1', protocol: 2, ...options });
  redis.on('error', () => {});
  t.after(async () => redis.disconnect());
  return redis;
}

/** How a server speaks TLS, and how a test then speaks to it. */
export interface ServerTls {
  directives: RedisDirectives;
  admin: ConnectionOptions;
}

function listenOn(port: number, tls: ServerTls | undefined): RedisDirectives {
  if (tls === undefined) return { port };
  return { port: 0, 'tls-port': port, 'tls-replication': 'yes', ...tls.directives };
}

/** A primary with one replica and the sentinels that watch them. */
export interface SentinelSet {
  /** Until the replica has all that was written so far: replication is asynchronous. */
  untilReplicated(): Promise<void>;
  place: RedisPlace & { topology: 'sentinel' };
  primary: OwnRedisServer;
  replica: OwnRedisServer;
  primaryPort: number;
  replicaPort: number;
}

export interface SentinelOptions {
  /** Everything speaks TLS and nothing else. */
  tls?: ServerTls;
  /** Directives of both servers. */
  server?: RedisDirectives;
  /** Directives of the sentinels. */
  sentinel?: RedisDirectives;
}

/** Starts three sentinels over a primary and its replica, quick to notice an outage. */
export async function startSentinelSet(
  t: Ending,
  { tls, server = {}, sentinel = {} }: SentinelOptions = {},
): Promise<SentinelSet> {
  const [primaryPort, replicaPort] = [await freePort(), await freePort()];
  // The first copy waits five seconds for more replicas otherwise.
  const eager = { 'repl-diskless-sync-delay': 0 };
  const primary = await startRedisServer(t, { ...listenOn(primaryPort, tls), ...eager, ...server });
  const replica = await startRedisServer(t, {
    ...listenOn(replicaPort, tls),
    replicaof: `127.0.0.1 ${primaryPort}`,
    ...server,
  });
  const tlsOfTest = tls && { tls: tls.admin };
  const admin = openAdmin(t, primaryPort, tlsOfTest);
  await until('the replica', async () => (await admin.info('replication')).includes('state=online'));
  const ports = [await freePort(), await freePort(), await freePort()];
  for (const port of ports) {
    const watch = [
      `monitor main 127.0.0.1 ${primaryPort} 2`,
      'down-after-milliseconds main 500',
      'failover-timeout main 3000',
    ];
    await startRedisServer(t, { ...listenOn(port, tls), sentinel: watch, ...sentinel }, { sentinel: true });
  }
  const watchers = ports.map((port) => openAdmin(t, port, tlsOfTest));
  for (const watcher of watchers) {
    // They ask every ten seconds otherwise.
    await watcher.call('SENTINEL', 'DEBUG', 'INFO-PERIOD', 200, 'PUBLISH-PERIOD', 200, 'ASK-PERIOD', 200);
  }
  for (const watcher of watchers) {
    await until('what the sentinels know', async () => {
      const seen = String(await watcher.call('SENTINEL', 'MASTER', 'main'));
      return /num-slaves,1,/.test(seen) && /num-other-sentinels,2,/.test(seen);
    });
  }
  const url = `redis${tls ? 's' : ''}://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
  return {
    place: { topology: 'sentinel', url, sentinel: { name: 'main' } },
    async untilReplicated() {
      // WAIT only waits for what its own connection wrote, so that writes last.
      await admin.set('last', '1', 'PX', 60_000);
      if ((await admin.wait(1, 5_000)) !== 1) throw new Error('the replica did not follow in 5 seconds');
    },
    ...{ primary, replica, primaryPort, replicaPort },
  };
}

/** A cluster, and the connections of its owner to each node. */
export interface ClusterSet {
  place: RedisPlace & { topology: 'cluster' };
  servers: OwnRedisServer[];
  admins: Redis[];
  ports: number[];
  /** Ids of the nodes, in the same order. */
  ids: string[];
}

const SLOTS = 16_384;

/** Starts a cluster of three nodes that share the slots. */
export async function startCluster(t: Ending, directives: RedisDirectives = {}): Promise<ClusterSet> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const servers: OwnRedisServer[] = [];
  for (const port of ports) {
    const own = { 'cluster-enabled': 'yes', 'cluster-port': await freePort(), 'cluster-node-timeout': 1_000 };
    servers.push(await startRedisServer(t, { port, ...own, ...directives }));
  }
  const admins = ports.map((port) => openAdmin(t, port));
  const share = Math.ceil(SLOTS / ports.length);
  for (const [index, admin] of admins.entries()) {
    await admin.cluster('ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1);
    await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  const [first] = admins;
  const nodes = await Promise.all(admins.map(busPortOf));
  for (const [index, busPort] of nodes.entries()) {
    await first?.call('CLUSTER', 'MEET', '127.0.0.1', ports[index] ?? 0, busPort);
  }
  for (const admin of admins) {
    await until('the cluster', async () => {
      const [info, known] = [await admin.cluster('INFO'), String(await admin.cluster('NODES'))];
      return (
        info.includes('cluster_state:ok') &&
        known.trim().split('\n').length === 3 &&
        !known.includes('handshake')
      );
    });
  }
  const ids = await Promise.all(admins.map(async (admin) => String(await admin.call('CLUSTER', 'MYID'))));
  const url = `redis://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
  return { place: { topology: 'cluster', url }, servers, admins, ports, ids };
}

/** Adds a replica of one of the nodes, and waits until it has a copy. */
export async function addClusterReplica(
  t: Ending,
  { admins, ids, ports }: ClusterSet,
  of: number,
): Promise<void> {
  const [primary, id] = [admins[of], ids[of]];
  if (primary === undefined || id === undefined) throw new Error('a replica of a node that is not there');
  // The first copy waits five seconds for more replicas otherwise.
  await primary.config('SET', 'repl-diskless-sync-delay', '0');
  const port = await freePort();
  const own = { 'cluster-enabled': 'yes', 'cluster-port': await freePort(), 'cluster-node-timeout': 1_000 };
  await startRedisServer(t, { port, ...own });
  const replica = openAdmin(t, port);
  await replica.call('CLUSTER', 'MEET', '127.0.0.1', ports[of] ?? 0, await busPortOf(primary));
  await until('the meeting', async () => (await replica.call('CLUSTER', 'REPLICATE', id)) === 'OK');
  await until('the copy', async () => (await replica.info('replication')).includes('master_link_status:up'));
  for (const admin of admins) {
    await until('what the nodes know', async () => /slave \w/.test(String(await admin.cluster('NODES'))));
  }
}

/** The port that a node's peers speak to it on. */
async function busPortOf(admin: Redis): Promise<string> {
  const [, value = ''] = await admin
    .config('GET', 'cluster-port')
    .then((reply) => (Array.isArray(reply) ? reply : []));
  return String(value);
}
