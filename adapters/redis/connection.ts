import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis } from 'ioredis';
import { parseRedisAddress, type RedisAddress } from '#config/redis-address.ts';
import { COMMAND_TIMEOUT } from './commands.ts';

/** Where Redis is and how it is run; the settings of the same names say it. */
export interface RedisPlace {
  /** As `parseRedisAddress` reads it: the server, the sentinels, or some nodes of the cluster. */
  url: string;
  topology?: 'single' | 'sentinel' | 'cluster';
  /** Needed with `sentinel`. */
  sentinel?: { name: string; username?: string | undefined; password?: string | undefined };
  /** PEM texts, of use with `rediss://`: the CA in place of the well-known ones, our own certificate and its key. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined };
}

/** Milliseconds. */
const CONNECT_TIMEOUT = 2_000;
const LONGEST_RECONNECT_DELAY = 2_000;
/** A connection that owes an answer this long is given up: the way to the server may be gone without a word. */
const SILENCE = 2_500;
/** How long a cluster may have moved a slot without our knowing, when its old owner can not tell us. */
const SLOTS_REFRESH = 5_000;
/** MOVED, ASK and TRYAGAIN, which Redis answers in place of running a command. */
const REDIRECTIONS = 8;

const SENTINEL_PORT = 26_379;
const REDIS_PORT = 6_379;

const reconnectAfter = (attempt: number) => Math.min(attempt * 100, LONGEST_RECONNECT_DELAY);

/** The address of a place. It was accepted by the configuration, so anything else is our own fault. */
export function addressOf({ url }: RedisPlace): RedisAddress {
  const parsed = parseRedisAddress(url);
  if (!parsed.ok) throw new Error(`an unreadable Redis address was accepted: it ${parsed.fault}`);
  return parsed.address;
}

/** The servers an address names, each with its port. */
export function nodesOf(place: RedisPlace): { host: string; port: number }[] {
  const customary = place.topology === 'sentinel' ? SENTINEL_PORT : REDIS_PORT;
  return addressOf(place).nodes.map(({ host, port }) => ({ host, port: port ?? customary }));
}

/** How TLS is spoken; nothing with `redis://`. */
export function tlsOf(place: RedisPlace): { tls?: ConnectionOptions } {
  if (!addressOf(place).tls) return {};
  const { ca, cert, key } = place.tls ?? {};
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  // Said outright, so that no variable of the environment switches the check off.
  return { tls: { ...files, rejectUnauthorized: true } };
}

/** Who signs on, to what is behind the address: Redis itself, or its sentinels. */
function signOnOf(place: RedisPlace) {
  const { username, password } = addressOf(place);
  return { ...(username && { username }), ...(password && { password }) };
}

/**
 * Nothing waits in memory for a connection, and nothing is sent a second time after one broke: a repeated `consume`
 * would take its own first run for a thief.
 */
function carefulOptions(place: RedisPlace) {
  return {
    ...signOnOf(place),
    ...tlsOf(place),
    lazyConnect: true,
    connectionName: 'poortwachter',
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    socketTimeout: SILENCE,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  };
}

function openServer(place: RedisPlace): Redis {
  const sentinel = place.topology === 'sentinel' ? sentinelOptions(place) : nodesOf(place)[0];
  return new Redis({
    ...carefulOptions(place),
    ...sentinel,
    db: addressOf(place).database,
    enableOfflineQueue: false,
    retryStrategy: reconnectAfter,
    // After a fail-over the old primary answers READONLY: only a new connection finds the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  });
}

function sentinelOptions(place: RedisPlace) {
  const { name = '', username, password } = place.sentinel ?? {};
  const { tls } = tlsOf(place);
  return {
    name,
    sentinels: nodesOf(place),
    ...(username && { sentinelUsername: username }),
    ...(password && { sentinelPassword: password }),
    sentinelCommandTimeout: COMMAND_TIMEOUT,
    sentinelRetryStrategy: reconnectAfter,
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}

/** ioredis connects to a node at its first command and refuses the second one that comes meanwhile. */
function connectAhead(node: Redis): void {
  if (node.status === 'wait' && node.options.readOnly !== true) node.connect().catch(() => {});
}

/**
 * `retryDelayOnFailover: 0` keeps ioredis from sending again what was under way on a broken connection, and
 * CLUSTERDOWN is told at once. What remains are redirections, where Redis has not run the command.
 */
function openCluster(place: RedisPlace): Cluster {
  const cluster = new Cluster(nodesOf(place), {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectAfter,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    maxRedirections: REDIRECTIONS,
    slotsRefreshInterval: SLOTS_REFRESH,
    // Names stay names: certificates are made out to them, and each new connection looks them up again.
    dnsLookup: (name, done) => done(null, name),
    redisOptions: carefulOptions(place),
  });
  cluster.on('+node', (node: Redis) => {
    // Sent by ioredis without anybody listening for its failure; the command after it tells the same.
    const asking = node.asking.bind(node);
    Object.assign(node, { asking: () => asking().catch(() => {}) });
    // A redirected command that needs it now connects by itself, and would be refused if we had begun.
    setImmediate(() => cluster.status === 'ready' && connectAhead(node));
  });
  cluster.on('ready', () => cluster.nodes('master').forEach(connectAhead));
  return cluster;
}

/** A connection that connects when it is told to, and then comes back by itself whatever happens. */
export function openConnection(place: RedisPlace): Redis | Cluster {
  return place.topology === 'cluster' ? openCluster(place) : openServer(place);
}

/** A short-lived connection to one named server, or sentinel, that tells plainly why it can't be had. */
export function openProbe(place: RedisPlace, node: { host: string; port: number }): Redis {
  const { username, password } = place.sentinel ?? {};
  const signOn =
    place.topology === 'sentinel'
      ? { ...(username && { username }), ...(password && { password }) }
      : signOnOf(place);
  const { tls } = tlsOf(place);
  return new Redis({
    ...node,
    ...signOn,
    ...(tls && { tls }),
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    retryStrategy: () => null,
  });
}
