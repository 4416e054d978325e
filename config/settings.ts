import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { clientSchema } from './client.ts';
import { keySettings } from './key-settings.ts';
import { masterKey, masterKeyFaults, previousMasterKeys } from './master-keys.ts';
import { messagingSettings } from './messaging.ts';
import { networkFaults } from './network-safety.ts';
import { redisSettings } from './redis-settings.ts';
import { secretText } from './secrets.ts';
import { tenantSchema } from './tenant.ts';
import { issuerAddress, webAddress } from './web-address.ts';
import { yubicoSettings } from './yubico.ts';

/** OWASP's second choice of argon2id parameters: one pass asks for at least 46 MiB (ASVS 11.4.2). */
const singlePassMemoryKib = 47104;

/** A group's own check also runs when one of its settings is wrong: all faults are told at once. */
const isGroup = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };

const port = z.int().min(0).max(65535);

const listen = z.strictObject({
  port: port.default(3000).describe('Port for people and applications.').meta({ env: 'PORT' }),
  address: z.string().min(1).default('::').describe('Address to listen on.'),
  trustedHops: z
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe('Proxies in front whose X-Forwarded-For entries count.'),
  maxConnections: z
    .int()
    .min(10)
    .max(100_000)
    .default(2000)
    .describe('Connections at a time; more are closed as they come.'),
});

const management = z.strictObject({
  port: port
    .default(9464)
    .describe('Port for /livez, /readyz and /metrics; keep it inside the cluster.')
    .meta({ env: 'MANAGEMENT_PORT' }),
  address: z.string().min(1).default('::').describe('Address the management port listens on.'),
});

const postgresAddress = secretText(z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'));

const database = z
  .strictObject({
    store: z
      .enum(['postgres', 'embedded'])
      .default('postgres')
      .describe('`embedded` keeps users in `dataDir`, for one process: trials and small set-ups.'),
    url: postgresAddress
      .optional()
      .describe('Postgres address for the application role; needed with `postgres`.')
      .meta({ env: 'DATABASE_URL' }),
    migrationUrl: postgresAddress
      .optional()
      .describe('Postgres address for the owner role, used by `migrate` only.')
      .meta({ env: 'DATABASE_MIGRATION_URL' }),
    poolSize: z.int().min(1).max(100).default(10).describe('Most connections one process opens.'),
  })
  .refine((group) => group.store !== 'postgres' || group.url !== undefined, {
    path: ['url'],
    error: 'is needed while database.store is postgres',
    ...isGroup,
  });

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  format: z.enum(['json', 'pretty']).default('json').describe('`pretty` for people, `json` for collectors.'),
});

const password = z
  .strictObject({
    memoryKib: z.int().min(19456).max(1048576).default(19456).describe('argon2id memory in KiB.'),
    passes: z
      .int()
      .min(1)
      .max(20)
      .default(2)
      .describe(`argon2id passes; 1 only with memoryKib of ${singlePassMemoryKib} or more.`),
    parallelism: z.int().min(1).max(8).default(1).describe('argon2id lanes.'),
    threads: z
      .int()
      .min(1)
      .max(64)
      .default(availableParallelism)
      .describe('Hashes at a time; memory is this × memoryKib.')
      .meta({ shownDefault: 'one per core' }),
    queue: z
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe('Hashes that may wait; more get 503 with Retry-After.'),
    breachedUrl: webAddress
      .optional()
      .describe(
        'Service that knows leaked passwords by the first 5 digits of their SHA-1 (`https://api.pwnedpasswords.com/range/`); absent: none is asked.',
      ),
  })
  .refine((group) => group.passes !== 1 || group.memoryKib >= singlePassMemoryKib, {
    path: ['passes'],
    error: `must be at least 2 while memoryKib is below ${singlePassMemoryKib}`,
    ...isGroup,
  });

const session = z.strictObject({
  idleMinutes: z
    .int()
    .min(1)
    .max(60)
    .default(30)
    .describe('A session ends after this long without activity.'),
  absoluteHours: z
    .int()
    .min(1)
    .max(24)
    .default(10)
    .describe('A session ends this long after the sign-in, whatever happens.'),
  sharedIdleMinutes: z
    .int()
    .min(11)
    .max(30)
    .default(15)
    .describe(
      'On a shared computer a session ends after this long without activity; more than an access token lives, or the application would lose it in mid-work.',
    ),
  freshMinutes: z
    .int()
    .min(1)
    .max(20)
    .default(5)
    .describe('How old a sign-in may be when somebody changes how they sign in.'),
});

const startup = z.strictObject({
  patienceSeconds: z
    .int()
    .min(0)
    .max(600)
    .default(60)
    .describe('How long a start waits for Postgres and Redis before it ends with an error.'),
});

const unsafe = z.strictObject({
  plainHttp: z
    .boolean()
    .default(false)
    .describe('Allows an http issuer on this machine (localhost); for trials only.'),
  unverifiedDatabase: z
    .boolean()
    .default(false)
    .describe('Allows Postgres on another machine without sslmode=verify-full.'),
  unverifiedRedis: z
    .boolean()
    .default(false)
    .describe(
      'Allows Redis on another machine without TLS (rediss://), and any Sentinel or Cluster without it.',
    ),
  privateGateway: z
    .boolean()
    .default(false)
    .describe('Allows `messaging.http.url` to lead to an address of a private network.'),
  privateApplications: z
    .boolean()
    .default(false)
    .describe(
      'Allows the `backchannel_logout_uri` of a client to lead to an address of a private network, never to loopback.',
    ),
});

const clients = z
  .array(clientSchema)
  .max(200)
  .superRefine(
    (list, context) => {
      const seen = new Set<string>();
      for (const [index, client] of list.entries()) {
        const id = parsedClientId.safeParse(client).data?.metadata.client_id;
        if (id === undefined) continue;
        if (seen.has(id)) {
          const message = 'is the client_id of another client too';
          context.addIssue({ code: 'custom', path: [index, 'client_id'], message });
        }
        seen.add(id);
      }
    },
    { when: ({ value }) => Array.isArray(value) },
  );

/** A client whose own checks failed is still in the list, unparsed. */
const parsedClientId = z.object({ metadata: z.object({ client_id: z.string() }) });

/**
 * Every setting of one installation, with its bound and its reason. The names of environment variables and the
 * reference page are derived from here; `meta.env` is for names that are customary elsewhere.
 */
export const settingsSchema = z
  .strictObject({
    issuer: issuerAddress.describe(
      'Address that people and applications know this installation by; the `iss` of every token.',
    ),
    listen: listen.prefault({}),
    management: management.prefault({}),
    database: database.prefault({}),
    redis: redisSettings.prefault({}),
    dataDir: z.string().min(1).default('data').describe('Folder of the embedded stores.'),
    masterKey: masterKey.describe('Key that seals every other secret at rest.'),
    previousMasterKeys: previousMasterKeys
      .optional()
      .describe(
        'Keys that still open what they sealed, one a line or with commas: while replacing the master key.',
      ),
    log: log.prefault({}),
    password: password.prefault({}),
    session: session.prefault({}),
    keys: keySettings.prefault({}),
    startup: startup.prefault({}),
    messaging: messagingSettings.prefault({}),
    yubico: yubicoSettings.prefault({}),
    unsafe: unsafe.prefault({}),
    tenant: tenantSchema,
    clients: clients.default([]).describe('Relying parties, as client metadata (RFC 7591 names).'),
  })
  .superRefine((settings, context) => {
    for (const { path, reason } of [...networkFaults(settings), ...masterKeyFaults(settings)]) {
      context.addIssue({ code: 'custom', path: [...path], message: reason });
    }
  }, isGroup);

/** The whole configuration, checked; `loadConfig` and `parseSettings` freeze it to its leaves. */
export type Config = z.infer<typeof settingsSchema>;

/** Settings as written in code, before they are checked: what `parseSettings` and `loadConfig({ base })` take. */
export type RawSettings = z.input<typeof settingsSchema>;
