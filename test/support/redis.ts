import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Cluster, type Redis } from 'ioredis';
import { openRedis, type RedisClient } from '#adapters/redis/client.ts';
import type { RedisCommands } from '#adapters/redis/commands.ts';
import type { RedisPlace } from '#adapters/redis/connection.ts';
import { AppError } from '#src/errors.ts';
import type { MakeBench } from '../contracts/volatile-bench.ts';
import { createTestClock } from './clock.ts';
import type { Ending } from './postgres.ts';
import { findProgram, redisServer } from './programs.ts';

/** A Redis client for one test and a tenant id that nobody else uses. */
export interface TestRedis {
  /** For the test itself. */
  redis: Redis;
  /** What stores are made with. */
  client: RedisClient;
  tenantId: string;
}

/** Address of the run's private Redis; one clear sentence when there is none. */
export function testRedisUrl(): string {
  const url = process.env.TEST_REDIS_URL;
  if (url === undefined || url === '') {
    throw new Error('TEST_REDIS_URL is not set: `npm test` starts a private Redis and sets it.');
  }
  return url;
}

/** Opens a Redis, however it is run, for one test; closes with the test. */
export async function openTestRedis(t: Ending, place: RedisPlace): Promise<RedisClient> {
  const client = openRedis(place);
  t.after(async () => client[Symbol.asyncDispose]());
  await client.connect();
  return client;
}

/** Opens the run's private Redis for one test; closes with the test. */
export async function testRedis(t: Ending, url: string = testRedisUrl()): Promise<TestRedis> {
  const client = await openTestRedis(t, { url });
  const { connection } = client;
  if (connection instanceof Cluster) throw new Error('one address is no cluster');
  return { redis: connection, client, tenantId: randomUUID() };
}

/** What connecting to a Redis is refused with. A password that says `planted` is nowhere in it. */
export async function refusalOf(t: Ending, place: RedisPlace): Promise<AppError> {
  const client = openRedis(place);
  t.after(async () => client[Symbol.asyncDispose]());
  const failure = await client.connect().then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof AppError, 'it was let in');
  assert.doesNotMatch(`${failure.stack} ${JSON.stringify(failure)} ${failure.cause}`, /planted/);
  return failure;
}

/** Starts a Redis for one test alone, in memory only; it ends with the test. `args` as on its command line. */
export async function startOwnRedis(
  t: Ending,
  port: number,
  ...args: string[]
): Promise<{ url: string; process: ChildProcess }> {
  const program = findProgram(redisServer);
  if (program === undefined) throw new Error('redis-server is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'own-redis-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...args];
  const started = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(started, 'exit');
  t.after(async () => {
    started.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });
  await new Promise<void>((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    started.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve());
  });
  return { url: `redis://127.0.0.1:${port}`, process: started };
}

/** Shortens what is left of every key of a tenant, as time would. */
async function passTime(connection: Redis | Cluster, tenantId: string, ms: number): Promise<void> {
  const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
  for (const server of servers) {
    for (const key of await server.keys(`pw:{${tenantId}}:*`)) {
      const left = (await server.pttl(key)) - ms;
      if (left > 0) await server.pexpire(key, left);
      else await server.del(key);
    }
  }
}

/** How a bench over Redis differs from the usual one. */
export interface RedisBenchOptions {
  /** Another Redis than the run's. */
  place?: () => RedisPlace;
  /** For ports whose caller passes `now`: time passes for the caller, and Redis' lifetimes are left alone. */
  timeIsPassedIn?: boolean;
}

/** A bench over Redis for the contract of a port. */
export function redisBench<S>(
  create: (parts: { redis: RedisCommands }) => S,
  { place = () => ({ url: testRedisUrl() }), timeIsPassedIn = false }: RedisBenchOptions = {},
): MakeBench<S> {
  return async (t) => {
    const { redis, connection } = await openTestRedis(t, place());
    const [tenantId, otherTenantId] = [randomUUID(), randomUUID()];
    const clock = createTestClock();
    return {
      store: create({ redis }),
      tenantId,
      otherTenantId,
      now: clock.now,
      pass: async (ms) => {
        clock.advance(ms);
        if (timeIsPassedIn) return;
        await passTime(connection, tenantId, ms);
        await passTime(connection, otherTenantId, ms);
      },
    };
  };
}

/** A line of MONITOR: the database, and what was asked. */
function readMonitored(line: string): { database: string; asked: string[] } | undefined {
  const [, database, rest] = /^\+[\d.]+ \[(\d+) [^\]]*\] (.*)$/.exec(line) ?? [];
  if (database === undefined || rest === undefined) return undefined;
  return { database, asked: [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part = '']) => part) };
}

/**
 * Everything this Redis was asked while `act` ran, scripts' own commands included, as upper-case name and rest. On a
 * connection of its own: the client takes what comes in the same packet as the answer to MONITOR for an answer.
 */
export async function recordCommands(redis: Redis, act: () => Promise<unknown>): Promise<string[][]> {
  const { host = 'localhost', port = 6379, db = 0, username, password } = redis.options;
  const marker = `end-${randomUUID()}`;
  const commands: string[][] = [];
  const monitor = connect(port, host);
  const lines = createInterface({ input: monitor })[Symbol.asyncIterator]();
  try {
    for (const ask of [password && ['AUTH', username, password].filter(Boolean).join(' '), 'MONITOR']) {
      if (!ask) continue;
      monitor.write(`${ask}\r\n`);
      assert.equal((await lines.next()).value, '+OK');
    }
    await act();
    await redis.echo(marker);
    for (;;) {
      const { value, done } = await lines.next();
      assert.ok(done !== true, 'the monitor ended');
      const line = readMonitored(value);
      if (line?.asked.includes(marker)) return commands;
      const [name = '', ...rest] = line?.asked ?? [];
      if (line?.database === String(db)) commands.push([name.toUpperCase(), ...rest]);
    }
  } finally {
    monitor.destroy();
  }
}
