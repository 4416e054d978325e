import { Cluster, type Redis } from 'ioredis';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import { withoutArguments } from './ask.ts';
import { nodesOf, openProbe, type RedisPlace, tlsOf } from './connection.ts';
import { answersInPlain, shakeHands } from './handshake.ts';
import { PERMISSION_KEY, TRY_PERMISSIONS } from './permissions.ts';
import { isOfCertificate, redisRefusal } from './refusal.ts';
import { runScript } from './script.ts';

const URL_SETTING = 'redis.url (REDIS_URL)';

const TLS_SETTINGS = 'redis.caFile and the names in redis.url (REDIS_URL)';

/** What no waiting mends: it ends a start with a sentence that names what to look at, never with a value. */
function refused(sentence: string, check: string): AppError {
  return new AppError('store-refused', 503, `Redis ${sentence}; check ${check}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What Redis or TLS says that has one meaning, wherever it is said. */
function refusalOf(error: unknown, who: 'server' | 'sentinel'): AppError | undefined {
  const message = error instanceof Error ? error.message : '';
  if (/NOPERM/.test(message)) {
    const user = who === 'sentinel' ? 'redis.sentinelUsername' : 'the ACL of its user in docs/stores.md';
    return refused('lets the user in but not do what is needed (NOPERM)', user);
  }
  if (/cluster support disabled/.test(message)) return refused('is not run as a cluster', 'redis.topology');
  if (/ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(codeOf(error))) {
    return refused(
      'does not accept our client certificate, or the lack of one',
      'redis.certFile and redis.keyFile',
    );
  }
  if (/^ERR_OSSL_/.test(codeOf(error))) {
    return refused(
      `can not be asked: a certificate or key file is of no use (${codeOf(error)})`,
      'redis.caFile, redis.certFile and redis.keyFile',
    );
  }
  const sentence = redisRefusal(error);
  if (sentence === undefined) return undefined;
  if (/certificate/.test(sentence)) return refused(sentence, TLS_SETTINGS);
  if (who === 'server') return refused(sentence, URL_SETTING);
  return refused(
    `Sentinel ${sentence}`,
    `redis.sentinelUsername and redis.sentinelPassword, or ${URL_SETTING}`,
  );
}

/** Connects to one named server and asks it one thing; answers, or the failure that says most. */
async function probe(
  place: RedisPlace,
  node: { host: string; port: number },
  question: (redis: Redis) => Promise<unknown>,
): Promise<{ answer: unknown } | { failure: unknown }> {
  const redis = openProbe(place, node);
  let first: unknown;
  redis.on('error', (error: unknown) => {
    first ??= error;
  });
  try {
    await redis.connect();
    return { answer: await question(redis) };
  } catch (error) {
    return { failure: first ?? error };
  } finally {
    redis.disconnect();
  }
}

async function sentinelRefusal(place: RedisPlace): Promise<AppError | undefined> {
  const name = place.sentinel?.name ?? '';
  const asked = await Promise.all(
    nodesOf(place).map((node) =>
      probe(place, node, (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)),
    ),
  );
  const answers = asked.flatMap((result) => ('answer' in result ? [result.answer] : []));
  if (answers.some((answer) => answer !== null)) return undefined;
  if (answers.length > 0) {
    return refused('is not watched by these sentinels under that name', 'redis.sentinelName');
  }
  return firstRefusal(asked, 'sentinel');
}

async function clusterRefusal(place: RedisPlace): Promise<AppError | undefined> {
  const asked = await Promise.all(
    nodesOf(place).map((node) => probe(place, node, (redis) => redis.cluster('INFO'))),
  );
  const states = asked.flatMap((result) => ('answer' in result ? [String(result.answer)] : []));
  if (states.length > 0 && states.every((state) => state.includes('cluster_state:fail'))) {
    return new AppError(
      'store-unavailable',
      503,
      'Redis Cluster is not ready (cluster_state:fail): some slots have no node; look at CLUSTER INFO and CLUSTER NODES',
    );
  }
  return firstRefusal(asked, 'server');
}

/** What TLS, or the lack of it on one side, has to do with it. */
async function tlsRefusal(place: RedisPlace): Promise<AppError | undefined> {
  const nodes = nodesOf(place);
  const { tls } = tlsOf(place);
  const met = await Promise.all(nodes.map((node) => shakeHands(node, tls ?? {})));
  if (tls === undefined) {
    const speakTls = met.every(({ done, failure }) => done || isOfCertificate(failure));
    return speakTls ? refused('speaks nothing but TLS', `rediss:// in ${URL_SETTING}`) : undefined;
  }
  for (const { failure } of met) {
    const refusal = refusalOf(failure, 'server');
    if (refusal !== undefined) return refusal;
  }
  if (met.some(({ done }) => done)) return undefined;
  // To a greeting in TLS it is silent, as something that is away.
  const plain = await Promise.all(nodes.map(answersInPlain));
  return plain.every(Boolean) ? refused('speaks no TLS', URL_SETTING) : undefined;
}

function firstRefusal(
  asked: readonly ({ answer: unknown } | { failure: unknown })[],
  who: 'server' | 'sentinel',
): AppError | undefined {
  for (const result of asked) {
    const refusal = 'failure' in result ? refusalOf(result.failure, who) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * Why connecting failed, in words for an operator: AppError `store-refused` when no waiting mends it, else
 * `store-unavailable`. Sentinels and nodes of a cluster are asked once more, one by one: ioredis keeps their reasons.
 */
export async function explainConnectFailure(place: RedisPlace, failure: unknown): Promise<AppError> {
  const known = refusalOf(failure, 'server');
  if (known !== undefined) return known;
  const looks = { single: tlsRefusal, sentinel: sentinelRefusal, cluster: clusterRefusal };
  const topology = place.topology ?? 'single';
  const refusal =
    (await looks[topology](place)) ?? (topology === 'single' ? undefined : await tlsRefusal(place));
  if (refusal !== undefined) return refusal;
  return new AppError('store-unavailable', 503, 'Redis did not answer', { cause: withoutArguments(failure) });
}

const infoReply = z.string();

/** What INFO says of one server, by name; nothing when it may not be asked. */
async function infoOf(server: Redis): Promise<Map<string, string>> {
  const text = infoReply.safeParse(await server.info().catch(() => '')).data ?? '';
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function wrongKind(info: Map<string, string>, topology: RedisPlace['topology']): AppError | undefined {
  const mode = info.get('redis_mode');
  if (mode === 'sentinel') return refused('is a sentinel and no server', 'redis.topology');
  if (mode === 'cluster' && topology !== 'cluster') {
    return refused('is a node of a cluster', 'redis.topology');
  }
  if (info.get('role') === 'slave' && topology !== 'cluster') {
    // In the middle of a fail-over this is so for seconds.
    const sentence = `Redis is a replica and takes no writes; check redis.topology and ${URL_SETTING}`;
    return new AppError('store-unavailable', 503, sentence);
  }
  return undefined;
}

function advice(info: Map<string, string>): string[] {
  const version = info.get('redis_version');
  const policy = info.get('maxmemory_policy');
  return [
    ...(version !== undefined && Number.parseInt(version, 10) < 7
      ? [`Redis ${version} is older than 7, which is what this is tested on`]
      : []),
    ...(policy !== undefined && policy !== 'noeviction'
      ? [
          `maxmemory-policy is ${policy}: Redis may forget sessions, used codes and failed tries; set noeviction`,
        ]
      : []),
  ];
}

/**
 * Looks at a Redis that has just been connected to. Throws AppError `store-refused` when it is of another kind than
 * the settings say or the user may not do what stores do, `store-unavailable` when it takes no writes yet; answers what
 * an operator should be warned of.
 */
export async function inspectRedis(connection: Redis | Cluster, place: RedisPlace): Promise<string[]> {
  const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
  const infos = await Promise.all(servers.map(infoOf));
  for (const info of infos) {
    const wrong = wrongKind(info, place.topology);
    if (wrong !== undefined) throw wrong;
  }
  try {
    await runScript(connection, TRY_PERMISSIONS, [PERMISSION_KEY], []);
  } catch (error) {
    // Anything else (no memory left, a fail-over) may pass, and is told by each question that meets it.
    if (error instanceof Error && /^NOPERM|user executing the script can't|ACL failure/.test(error.message)) {
      throw refused(
        'lets the user in but not do what is needed (NOPERM)',
        'the ACL of its user in docs/stores.md',
      );
    }
  }
  return [...new Set(infos.flatMap(advice))];
}
