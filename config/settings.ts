import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { Secret } from './secrets.ts';
import { tenantSchema } from './tenant.ts';

/** Marks a setting as a secret: read from the environment or a *_FILE, never printed. */
const secret = (inner: z.ZodType<string, string> = z.string().min(1)) =>
  inner.transform((value) => new Secret(value)).meta({ secret: true });

const port = z.coerce.number().int().min(0).max(65535);

const clientSchema = z.looseObject({
  client_id: z.string().min(1).max(200),
});

/** Every setting of one installation, with its bound and its reason. The reference page is generated from here. */
export const settingsSchema = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .refine((value) => new URL(value).origin === value, {
      error: 'must be scheme, host and port only, without a slash at the end',
    })
    .describe('Address that people and applications know this installation by; the `iss` of every token.'),
  listen: z
    .strictObject({
      port: port.default(3000).describe('Port for people and applications.'),
      address: z.string().default('::').describe('Address to listen on.'),
      trustedHops: z.coerce
        .number()
        .int()
        .min(0)
        .max(5)
        .default(0)
        .describe('Proxies in front whose X-Forwarded-For entries count.'),
    })
    .prefault({}),
  management: z
    .strictObject({
      port: port.default(9464).describe('Port for /livez, /readyz and /metrics; keep it inside the cluster.'),
      address: z.string().default('::').describe('Address the management port listens on.'),
    })
    .prefault({}),
  database: z
    .strictObject({
      store: z
        .enum(['postgres', 'embedded'])
        .default('postgres')
        .describe('`embedded` keeps users in `dataDir`, for one process: trials and small set-ups.'),
      url: secret().optional().describe('Postgres address for the application role.'),
      migrationUrl: secret()
        .optional()
        .describe('Postgres address for the owner role, used by `migrate` only.'),
      poolSize: z.coerce
        .number()
        .int()
        .min(1)
        .max(100)
        .default(10)
        .describe('Most connections one process opens.'),
    })
    .prefault({}),
  redis: z
    .strictObject({
      store: z
        .enum(['redis', 'memory'])
        .default('redis')
        .describe('`memory` keeps sessions in this one process; they end with it.'),
      url: secret().optional().describe('Redis address.'),
    })
    .prefault({}),
  dataDir: z.string().min(1).default('data').describe('Folder of the embedded stores.'),
  masterKey: secret(
    z
      .string()
      .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 random bytes in base64 (openssl rand -base64 32)'),
  ).describe('Key that seals every other secret at rest.'),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Least level that is logged.'),
      format: z
        .enum(['json', 'pretty'])
        .default('json')
        .describe('`pretty` for people, `json` for collectors.'),
    })
    .prefault({}),
  password: z
    .strictObject({
      memoryKib: z.coerce
        .number()
        .int()
        .min(19456)
        .max(1048576)
        .default(19456)
        .describe('argon2id memory in KiB.'),
      passes: z.coerce.number().int().min(2).max(20).default(2).describe('argon2id passes.'),
      parallelism: z.coerce.number().int().min(1).max(8).default(1).describe('argon2id lanes.'),
      threads: z.coerce
        .number()
        .int()
        .min(1)
        .max(64)
        .default(availableParallelism())
        .describe('Hashes at a time; memory is this × memoryKib. Default: one per core.'),
      queue: z.coerce
        .number()
        .int()
        .min(1)
        .max(1024)
        .default(64)
        .describe('Hashes that may wait; more get 503 with Retry-After.'),
    })
    .prefault({}),
  session: z
    .strictObject({
      idleMinutes: z.coerce
        .number()
        .int()
        .min(1)
        .max(60)
        .default(30)
        .describe('A session ends after this long without activity.'),
      absoluteHours: z.coerce
        .number()
        .int()
        .min(1)
        .max(24)
        .default(10)
        .describe('A session ends this long after the sign-in, whatever happens.'),
    })
    .prefault({}),
  tenant: tenantSchema,
  clients: z
    .array(clientSchema)
    .max(200)
    .default([])
    .describe(
      'Relying parties, as client metadata (RFC 7591 names); `client_secret_file` may name a file instead of `client_secret`.',
    ),
});

/** The whole configuration, checked and frozen. */
export type Config = z.infer<typeof settingsSchema>;
