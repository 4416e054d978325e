import { z } from 'zod';
import { parseRedisAddress } from './redis-address.ts';
import { Secret, secretText } from './secrets.ts';

const redisAddress = secretText(
  z.string().check((context) => {
    const parsed = parseRedisAddress(context.value);
    if (parsed.ok) return;
    context.issues.push({ code: 'custom', input: context.value, message: parsed.fault });
  }),
);

const redisGroup = z.strictObject({
  store: z
    .enum(['redis', 'memory'])
    .default('redis')
    .describe('`memory` keeps sessions in this one process; they end with it.'),
  topology: z
    .enum(['single', 'sentinel', 'cluster'])
    .default('single')
    .describe('How Redis is run: one server, a primary that sentinels watch over, or Redis Cluster.'),
  url: redisAddress
    .optional()
    .describe(
      'Redis address, needed with `redis`: `rediss://user:password@host:6379/0`. With `sentinel` it names the sentinels, with `cluster` some of the nodes: `host:port,host:port`.',
    )
    .meta({ env: 'REDIS_URL' }),
  sentinelName: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be letters, digits, points, dashes and underscores')
    .optional()
    .describe('Name of the primary as the sentinels know it; needed with `sentinel`.'),
  sentinelUsername: z.string().min(1).optional().describe('User of the sentinels themselves.'),
  sentinelPassword: secretText().optional().describe('Password of the sentinels themselves.'),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with the CA certificates (PEM) that Redis is checked against, in place of the well-known ones.',
    ),
  certFile: z.string().min(1).optional().describe('File with our client certificate (PEM) for Redis.'),
  keyFile: z
    .string()
    .min(1)
    .optional()
    .describe('File with the private key (PEM) of the client certificate.'),
});

type RedisGroup = z.infer<typeof redisGroup>;
type Key = keyof RedisGroup;

const SENTINEL_KEYS = ['sentinelName', 'sentinelUsername', 'sentinelPassword'] as const;
const TLS_KEYS = ['caFile', 'certFile', 'keyFile'] as const;

/** What does not go together, each with the key that says so. */
function* contradictions(group: Partial<RedisGroup>): Generator<[key: Key, reason: string]> {
  const { store, topology } = group;
  if (store === 'redis' && group.url === undefined) yield ['url', 'is needed while redis.store is redis'];
  if (topology === 'sentinel' && group.sentinelName === undefined) {
    yield ['sentinelName', 'is needed while redis.topology is sentinel'];
  }
  for (const key of SENTINEL_KEYS) {
    if (topology !== 'sentinel' && group[key] !== undefined) {
      yield [key, 'is of use only while redis.topology is sentinel'];
    }
  }
  if (group.sentinelUsername !== undefined && group.sentinelPassword === undefined) {
    yield ['sentinelPassword', 'is needed with redis.sentinelUsername'];
  }
  if (group.certFile !== undefined && group.keyFile === undefined) {
    yield ['keyFile', 'is needed with redis.certFile'];
  }
  if (group.keyFile !== undefined && group.certFile === undefined) {
    yield ['certFile', 'is needed with redis.keyFile'];
  }
  if (group.url instanceof Secret) yield* addressContradictions(group, group.url);
}

function* addressContradictions(
  group: Partial<RedisGroup>,
  url: Secret,
): Generator<[key: Key, reason: string]> {
  const parsed = parseRedisAddress(url.reveal());
  if (!parsed.ok) return;
  const { nodes, database, tls } = parsed.address;
  if (group.topology === 'single' && nodes.length > 1) {
    yield ['url', 'names several hosts: set redis.topology to sentinel or cluster'];
  }
  if (group.topology === 'cluster' && database !== 0) {
    yield ['url', 'must not name a database while redis.topology is cluster: a cluster has only one'];
  }
  for (const key of TLS_KEYS) {
    if (!tls && group[key] !== undefined)
      yield [key, 'is of use only with an address that begins with rediss://'];
  }
}

/** Where Redis is and how it is run, with every contradiction told by its key, also when one key is wrong in itself. */
export const redisSettings = redisGroup.superRefine(
  (group, context) => {
    for (const [key, message] of contradictions(group)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
  },
  { when: ({ value }) => typeof value === 'object' && value !== null },
);
