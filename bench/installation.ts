import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSettings } from '#config/settings.ts';
import { startPostgres } from '../test/support/private-postgres.ts';
import { startRedis } from '../test/support/private-redis.ts';
import { freePort } from '../test/support/private-server.ts';
import { postgresServer, redisServer, requirePrograms } from '../test/support/programs.ts';
import { findServerUser, makeServerFolder } from '../test/support/server-user.ts';
import { APPLICATION, TENANT } from './application.ts';
import { type BenchDatabase, createDatabase } from './database.ts';
import { HttpClient } from './http-client.ts';
import { NodeProcess } from './node-process.ts';
import type { Front } from './sign-in.ts';

/** An https issuer, as in production: TLS ends at the proxy in front, which is us. */
export const ISSUER = 'https://login.bench.example';
const HOST = new URL(ISSUER).host;

/** Connections to Postgres: the product's own default. */
export const POOL_SIZE = 10;

/** What all servers of one bench run on. */
export interface Ground extends AsyncDisposable {
  /** A folder of this run; gone afterwards. */
  folder: string;
  serverUrl: string;
  database: BenchDatabase;
  redisUrl: string;
  masterKey: string;
}

/** A server under measurement. */
export interface Target extends Front {
  name: 'ours' | 'bare';
  /** Milliseconds of CPU time that its process has used: user and system, all threads. */
  cpu(): Promise<number>;
  process: NodeProcess;
}

/** Starts a private Postgres and Redis and makes the database. Disposing of it leaves nothing behind. */
export async function prepareGround(say: (line: string) => void): Promise<Ground> {
  await requirePrograms([postgresServer, redisServer], say);
  await using owned = new AsyncDisposableStack();
  const user = findServerUser();
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-bench-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres(await makeServerFolder('bench-postgres', user), user);
  owned.defer(() => postgres.server.stop());
  const redis = await startRedis(await makeServerFolder('bench-redis', user), user);
  owned.defer(() => redis.server.stop());
  const database = await createDatabase(postgres.url);
  const masterKey = randomBytes(32).toString('base64');
  const keep = owned.move();
  return {
    ...{ folder, serverUrl: postgres.url, database, redisUrl: redis.url, masterKey },
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

function settingsOf(ground: Ground, port: number, managementPort: number): RawSettings {
  return {
    issuer: ISSUER,
    listen: { port, address: '127.0.0.1', trustedHops: 1 },
    management: { port: managementPort, address: '127.0.0.1' },
    database: { url: ground.database.url, poolSize: POOL_SIZE },
    redis: { url: ground.redisUrl },
    masterKey: ground.masterKey,
    log: { level: 'info', format: 'json' },
    tenant: TENANT,
    clients: [APPLICATION],
  };
}

/** The server's own count, which the operators' port tells: finer than what the system shows of a process. */
function readCpu(metrics: string): number {
  const seconds = /^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1];
  if (seconds === undefined) throw new Error('/metrics tells no CPU time');
  return Number(seconds) * 1000;
}

async function answersOk(client: HttpClient, path: string): Promise<boolean> {
  try {
    return (await client.ask({ path })).status === 200;
  } catch {
    return false;
  }
}

/** Puts a server's settings into a file of this run; resolves to its path. */
async function writeSettings(ground: Ground, name: string, settings: unknown): Promise<string> {
  const file = join(ground.folder, `${name}.json`);
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return file;
}

/** Our own server: `node src/main.ts` with production settings, logging to a file. */
export interface OurServer extends Target, AsyncDisposable {
  /** Milliseconds from its start until it answered. */
  startMs: number;
}

/** Starts our server and waits until it answers on both ports. `nodeArgs` for a profiler. */
export async function startOurs(ground: Ground, nodeArgs: readonly string[] = []): Promise<OurServer> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const file = await writeSettings(ground, 'settings', settingsOf(ground, port, managementPort));
  await using owned = new AsyncDisposableStack();
  const client = owned.use(new HttpClient(port, HOST));
  const management = owned.use(new HttpClient(managementPort, 'localhost'));
  const server = owned.use(
    new NodeProcess({
      args: [...nodeArgs, 'src/main.ts'],
      env: { NODE_ENV: 'production', POORTWACHTER_CONFIG: file },
      logFile: join(ground.folder, 'server.log'),
    }),
  );
  const startMs = await server.untilReady(
    async () => (await answersOk(management, '/readyz')) && answersOk(client, '/jwks'),
  );
  const keep = owned.move();
  return {
    ...{ name: 'ours', client, issuer: ISSUER, process: server, startMs },
    cpu: async () => readCpu((await management.ask({ path: '/metrics' })).body),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

/** What the bare server is started with. */
export interface BareSettings {
  port: number;
  issuer: string;
  databaseUrl: string;
  poolSize: number;
  masterKey: string;
  tenantId: string;
}

/** Starts a bare oidc-provider beside it, on the same accounts. */
export async function startBare(ground: Ground, tenantId: string): Promise<Target & AsyncDisposable> {
  const port = await freePort();
  const { masterKey, database } = ground;
  const settings: BareSettings = {
    ...{ port, issuer: ISSUER, poolSize: POOL_SIZE, masterKey, tenantId },
    databaseUrl: database.url,
  };
  const file = await writeSettings(ground, 'bare', settings);
  await using owned = new AsyncDisposableStack();
  const client = owned.use(new HttpClient(port, HOST));
  const server = owned.use(
    new NodeProcess({
      args: ['bench/bare-provider.ts', file],
      env: { NODE_ENV: 'production' },
      logFile: join(ground.folder, 'bare.log'),
    }),
  );
  await server.untilReady(() => answersOk(client, '/jwks'));
  const keep = owned.move();
  return {
    ...{ name: 'bare', client, issuer: ISSUER, process: server },
    cpu: async () => Number((await client.ask({ path: '/bench/cpu' })).body),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
