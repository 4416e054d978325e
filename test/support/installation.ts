import { randomBytes } from 'node:crypto';
import { createOutbox, type Outbox } from '#adapters/messaging/outbox.ts';
import { parseSettings } from '#config/load.ts';
import type { Config, RawSettings } from '#config/settings.ts';
import type { Clock } from '#src/clock.ts';
import type { Overrides } from '#src/compose.ts';
import { createLog } from '#src/log.ts';
import { type Running, serve } from '#src/serve.ts';
import { createTestAccount, type SignInPlace } from './accounts.ts';
import { openForwarder } from './forwarder.ts';
import { createTestDatabase, type Ending } from './postgres.ts';
import { freePort } from './private-server.ts';
import { startProduct } from './product-process.ts';
import { testRedisUrl } from './redis.ts';

export { createTestAccount, PASSWORD } from './accounts.ts';

import { TEST_TENANT } from './test-tenant.ts';

/** What the sample client of a test installation is registered with. */
export const CLIENT = {
  client_id: 'app',
  client_secret: 'a-test-secret-of-at-least-32-characters',
  redirect_uris: ['http://localhost:9/callback'],
  post_logout_redirect_uris: ['http://localhost:9/signed-out'],
} as const;

/** Parameters of an authorization request of the sample client. The challenge is RFC 7636's own example. */
export const PLAIN_REQUEST = {
  client_id: CLIENT.client_id,
  redirect_uri: CLIENT.redirect_uris[0],
  response_type: 'code',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
} as const;

/** A running product on real Postgres and real Redis, for one test or one suite. */
export interface Installation extends SignInPlace {
  /** Where it listens; the issuer is another address when the settings name one. */
  origin: string;
  running: Running;
  config: Config;
  /** Every line it logged. */
  logged: string[];
  /** What it sent, newest first. Empty where the settings name suppliers. */
  outbox: Outbox;
}

export interface InstallationOptions {
  /**
   * 2: another one in a process of its own, on the same stores, and requests go to the two by turns. The default is
   * the environment's TEST_REPLICAS, so that whole test files can be run that way.
   */
  replicas?: 1 | 2;
  /** Over the settings of a test installation. */
  settings?: Partial<RawSettings>;
  /** Client metadata beside the first-party sample client. */
  clients?: RawSettings['clients'];
  /** More pages in front of ours, as the trial has. */
  extend?: Overrides['extend'];
  /** Sends by the suppliers of the settings, instead of into the outbox. */
  realSuppliers?: boolean;
  /** The time it goes by, in this process only; the machine's by default. */
  clock?: Clock;
  /** False: nothing is sealed, and the queue is not worked off (Overrides.background). */
  background?: boolean;
}

function settingsFor(
  issuer: string,
  port: number,
  databaseUrl: string,
  options: InstallationOptions,
): RawSettings {
  return {
    issuer,
    // One trusted proxy, which is how every test browser gets an address of its own.
    listen: { port, address: '127.0.0.1', trustedHops: 1 },
    management: { port: 0, address: 'localhost' },
    database: { url: databaseUrl, poolSize: 4 },
    redis: { url: testRedisUrl() },
    masterKey: randomBytes(32).toString('base64'),
    log: { level: 'debug' },
    unsafe: { plainHttp: true },
    password: { threads: 2 },
    tenant: TEST_TENANT,
    clients: [
      {
        ...CLIENT,
        redirect_uris: [...CLIENT.redirect_uris],
        post_logout_redirect_uris: [...CLIENT.post_logout_redirect_uris],
        first_party: true,
      },
      ...(options.clients ?? []),
    ],
    ...options.settings,
  };
}

/** Whom an installation ends with: a test, which also shows its failures, or a suite (`endOfSuite()`). */
export interface InstallationOwner extends Ending {
  diagnostic?: (message: string) => void;
}

/** Another process of the same installation, behind a proxy that sends each request to the other one in turn. */
async function addReplica(
  t: InstallationOwner,
  { raw, issuerPort, port, logged }: { raw: RawSettings; issuerPort: number; port: number; logged: string[] },
): Promise<void> {
  const own = { port: await freePort(), address: 'localhost' };
  const management = { port: await freePort(), address: 'localhost' };
  const replica = await startProduct(t, { ...raw, listen: { ...raw.listen, ...own }, management });
  replica.process.stdout?.on('data', (lines) => logged.push(...String(lines).split('\n')));
  await replica.untilReady();
  await openForwarder(t, issuerPort, [port, own.port]);
}

function wantedReplicas({ replicas }: InstallationOptions): number {
  return replicas ?? Number(process.env.TEST_REPLICAS ?? 1);
}

/** Starts the product for one test or suite; it ends with it. */
export async function startInstallation(
  t: InstallationOwner,
  options: InstallationOptions = {},
): Promise<Installation> {
  const database = await createTestDatabase(t);
  const issuerPort = await freePort();
  const several = wantedReplicas(options) > 1;
  const port = several ? await freePort() : issuerPort;
  const origin = `http://localhost:${issuerPort}`;
  const raw = settingsFor(origin, port, database.url, options);
  // Each test browser has a proxy of its own in front, which tells its address; the forwarder is one more.
  if (several) raw.listen = { ...raw.listen, trustedHops: 2 };
  const loaded = parseSettings(raw);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const logged: string[] = [];
  const log = createLog(
    { level: 'debug', format: 'json' },
    {
      write(line) {
        logged.push(line);
        // Told by the runner: what went wrong inside is on no page.
        if (/"level":5\d/.test(line)) t.diagnostic?.(line);
      },
    },
  );
  const others = several ? addReplica(t, { raw, issuerPort, port, logged }) : undefined;
  const { extend, clock, realSuppliers = false, background = true } = options;
  const outbox = createOutbox();
  const running = await serve(loaded.config, {
    log,
    background,
    ...(extend && { extend }),
    ...(clock && { clock }),
    ...(!realSuppliers && { outbox }),
  });
  t.after(async () => {
    running.composition.web.closeAllConnections();
    await running[Symbol.asyncDispose]();
  });
  await others;
  return {
    issuer: loaded.config.issuer,
    config: loaded.config,
    origin,
    running,
    logged,
    outbox,
    createAccount: (wanted) => createTestAccount(running, running.composition.tenant, wanted),
  };
}
