import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from './postgres.ts';
import { findProgram, redisServer } from './programs.ts';

/** A redis-server of one test or file alone. */
export interface OwnRedisServer {
  process: ChildProcess;
  /** Its folder, gone with the test. */
  folder: string;
  /** Kills it and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Lines of a configuration file of Redis, by directive; a list gives the directive several times. */
export type RedisDirectives = Record<string, string | number | readonly string[]>;

/** Starts a redis-server, in memory only; `sentinel` makes a sentinel of it. It ends with the test. */
export async function startRedisServer(
  t: Ending,
  directives: RedisDirectives,
  { sentinel = false } = {},
): Promise<OwnRedisServer> {
  const program = findProgram(redisServer);
  if (program === undefined) throw new Error('redis-server is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'own-redis-'));
  const all: RedisDirectives = {
    bind: '127.0.0.1',
    dir: folder,
    ...(!sentinel && { save: '""' }),
    ...directives,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    (typeof value === 'object' ? value : [value]).map((one) => `${name} ${one}`),
  );
  const file = join(folder, 'redis.conf');
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const started = spawn(program, [file, ...(sentinel ? ['--sentinel'] : [])], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(started, 'exit');
  const kill = async () => {
    started.kill('SIGKILL');
    await ended;
  };
  t.after(async () => {
    await kill();
    await rm(folder, { recursive: true });
  });
  let words = '';
  const ready = new Promise<void>((resolve) => {
    started.stdout.on('data', (text) => {
      words += String(text);
      if (/Ready to accept|Sentinel ID is/.test(words)) resolve();
    });
  });
  const failed = ended.then(([code]) => {
    throw new Error(`redis-server ended with ${code}: ${words.slice(-1000)}`);
  });
  failed.catch(() => {});
  await Promise.race([ready, failed]);
  return { process: started, folder, kill };
}
