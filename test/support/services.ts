import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from './private-postgres.ts';
import { startRedis } from './private-redis.ts';
import type { PrivateServer } from './private-server.ts';
import { chromium, findProgram, openssl, postgresServer, redisServer, requirePrograms } from './programs.ts';
import { findServerUser, giveFolder, makeServerFolder } from './server-user.ts';

/**
 * Servers of one test run: `node --test --test-global-setup=./test/support/services.ts <files>`. Test processes
 * inherit what is set here:
 *
 * - TEST_DATABASE_URL  a Postgres server, signing on as a superuser (or one who may create roles and databases)
 * - TEST_REDIS_URL     a Redis server, all of it for the tests
 * - TEST_CHROMIUM      path of the browser
 * - TEST_CACHE_DIR     folder for what test processes may share; gone after the run
 * - NODE_COMPILE_CACHE Node's own, in that folder: each of hundreds of processes loads the product in half the time
 *
 * Whichever is set beforehand is used as it is.
 */
const started: PrivateServer[] = [];
const folders: string[] = [];

function say(line: string): void {
  process.stderr.write(`test services: ${line}\n`);
}

type Start = (
  folder: string,
  user: ReturnType<typeof findServerUser>,
) => Promise<{ server: PrivateServer; url: string }>;

/** Gives the folder of the server it started; undefined when the variable was set beforehand. */
async function provide(variable: string, name: string, start: Start): Promise<string | undefined> {
  if (process.env[variable]) return undefined;
  const user = findServerUser();
  const folder = await makeServerFolder(name, user);
  const { server, url } = await start(folder, user);
  started.push(server);
  process.env[variable] = url;
  return folder;
}

/** In a server's folder where there is one: that goes away even when this process is killed. */
async function provideCache(serverFolder: string | undefined): Promise<void> {
  if (process.env.TEST_CACHE_DIR) return;
  const user = findServerUser();
  const folder = serverFolder ? join(serverFolder, 'cache') : await makeServerFolder('cache', user);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await giveFolder(folder, user);
  if (serverFolder === undefined) folders.push(folder);
  process.env.TEST_CACHE_DIR = folder;
  process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');
}

/** Called by the test runner before the first test. */
export async function globalSetup(): Promise<void> {
  const needed = [
    ...(process.env.TEST_DATABASE_URL ? [] : [postgresServer]),
    ...(process.env.TEST_REDIS_URL ? [] : [redisServer]),
    ...(process.env.TEST_CHROMIUM ? [] : [chromium]),
    openssl,
  ];
  await requirePrograms(needed, say);
  process.env.TEST_CHROMIUM ??= findProgram(chromium);
  try {
    const [databaseFolder, redisFolder] = await Promise.all([
      provide('TEST_DATABASE_URL', 'postgres', startPostgres),
      provide('TEST_REDIS_URL', 'redis', startRedis),
    ]);
    await provideCache(databaseFolder ?? redisFolder);
  } catch (error) {
    await globalTeardown();
    throw error;
  }
}

/** Called by the test runner after the last test, whatever its outcome. */
export async function globalTeardown(): Promise<void> {
  await Promise.all(started.map((server) => server.stop()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}
