import { z } from 'zod';
import { postgresReach } from './postgres-address.ts';
import { parseRedisAddress, redisHosts } from './redis-address.ts';
import { Secret } from './secrets.ts';
import { isLoopbackHost } from './web-address.ts';

/** A way over the network that nobody vouches for, by the setting at fault. `reason` is a sentence without subject. */
interface SafetyFault {
  path: readonly (string | number)[];
  reason: string;
}

const allowed = z.boolean().catch(false);
const address = z.instanceof(Secret).optional().catch(undefined);

const nowhere = { metadata: { backchannel_logout_uri: '' } };

/** As much of the settings as these rules need; what is wrong by itself is told by its own schema. */
const readable = z.object({
  issuer: z.string().catch(''),
  database: z
    .object({ store: z.string().catch(''), url: address, migrationUrl: address })
    .catch({ store: '' }),
  redis: z
    .object({ store: z.string().catch(''), topology: z.string().catch('single'), url: address })
    .catch({ store: '', topology: 'single' }),
  messaging: z
    .object({ http: z.object({ url: z.string().optional().catch(undefined) }).catch({}) })
    .catch({ http: {} }),
  password: z.object({ breachedUrl: z.string().optional().catch(undefined) }).catch({}),
  yubico: z.object({ servers: z.array(z.string().catch('')) }).catch({ servers: [] }),
  clients: z
    .array(z.object({ metadata: z.object({ backchannel_logout_uri: z.string().catch('') }) }).catch(nowhere))
    .catch([]),
  unsafe: z
    .object({ plainHttp: allowed, unverifiedDatabase: allowed, unverifiedRedis: allowed })
    .catch({ plainHttp: false, unverifiedDatabase: false, unverifiedRedis: false }),
});

type Readable = z.infer<typeof readable>;

function issuerFaults({ issuer, unsafe }: Readable): SafetyFault[] {
  if (unsafe.plainHttp || URL.parse(issuer)?.protocol !== 'http:') return [];
  return [
    {
      path: ['issuer'],
      reason: 'must be https; http is for trials on one machine, and only with unsafe.plainHttp',
    },
  ];
}

function databaseFaults({ database, unsafe }: Readable): SafetyFault[] {
  if (unsafe.unverifiedDatabase || database.store !== 'postgres') return [];
  return (['url', 'migrationUrl'] as const).flatMap((name) => {
    const given = database[name];
    if (given === undefined) return [];
    const { local, verified } = postgresReach(given.reveal());
    if (local || verified) return [];
    return [
      {
        path: ['database', name],
        reason:
          'crosses the network without sslmode=verify-full; add that, or accept the risk with unsafe.unverifiedDatabase',
      },
    ];
  });
}

/** Sentinels and nodes of a cluster tell where others are: a first address on this machine vouches for none of them. */
function redisFaults({ redis: { store, topology, url }, unsafe }: Readable): SafetyFault[] {
  if (unsafe.unverifiedRedis || store !== 'redis' || url === undefined) return [];
  const parsed = parseRedisAddress(url.reveal());
  if (!parsed.ok || parsed.address.tls) return [];
  const accept = 'use rediss://, or accept the risk with unsafe.unverifiedRedis';
  const fault = (what: string) => [{ path: ['redis', 'url'], reason: `${what} without TLS; ${accept}` }];
  if (!redisHosts(url.reveal()).every(isLoopbackHost)) return fault('crosses the network');
  return topology === 'single' ? [] : fault(`leads by ${topology} to whatever address is told there`);
}

function gatewayFaults({ messaging, unsafe }: Readable): SafetyFault[] {
  const { url = '' } = messaging.http;
  if (unsafe.plainHttp || URL.parse(url)?.protocol !== 'http:') return [];
  const reason = 'must be https; http is for trials on one machine, and only with unsafe.plainHttp';
  return [{ path: ['messaging', 'http', 'url'], reason }];
}

function breachedFaults({ password, unsafe }: Readable): SafetyFault[] {
  if (unsafe.plainHttp || URL.parse(password.breachedUrl ?? '')?.protocol !== 'http:') return [];
  return [{ path: ['password', 'breachedUrl'], reason: 'must be https; http only with unsafe.plainHttp' }];
}

function validationFaults({ yubico, unsafe }: Readable): SafetyFault[] {
  if (unsafe.plainHttp) return [];
  return yubico.servers.flatMap((server, index) =>
    URL.parse(server)?.protocol === 'http:'
      ? [{ path: ['yubico', 'servers', index], reason: 'must be https; http only with unsafe.plainHttp' }]
      : [],
  );
}

function logoutFaults({ clients, unsafe }: Readable): SafetyFault[] {
  if (unsafe.plainHttp) return [];
  return clients.flatMap(({ metadata }, index) =>
    URL.parse(metadata.backchannel_logout_uri)?.protocol === 'http:'
      ? [
          {
            path: ['clients', index, 'backchannel_logout_uri'],
            reason: 'must be https; http only with unsafe.plainHttp',
          },
        ]
      : [],
  );
}

/**
 * Every way over the network that is not verified and not allowed by name (ASVS 12.3.1, 12.3.2): a person's browser,
 * the database, Redis, the gateway of text messages, who validates YubiKey codes, who knows leaked passwords, which
 * applications hear that a session ended. `settings` may be half wrong.
 */
export function networkFaults(settings: unknown): SafetyFault[] {
  const read = readable.safeParse(settings);
  if (!read.success) return [];
  const rules = [
    issuerFaults,
    databaseFaults,
    redisFaults,
    gatewayFaults,
    breachedFaults,
    validationFaults,
    logoutFaults,
  ];
  return rules.flatMap((faultsOf) => faultsOf(read.data));
}
