import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import { isRunning, markProcess } from './running-process.ts';

const lockSchema = z.object({
  pid: z.number().int().positive(),
  started: z.string(),
  host: z.string(),
  /** Where the process that holds the folder takes commands. */
  socket: z.string(),
  nonce: z.string(),
});

/** What the lock file says about the process that uses the folder. */
export type LockHolder = z.infer<typeof lockSchema>;

function lockPath(dataDir: string): string {
  return join(dataDir, 'lock');
}

/** Where the process that uses a data folder listens for commands. */
export function controlSocketPath(dataDir: string): string {
  return resolve(dataDir, 'control.sock');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The text of a lock file; undefined when there is none. */
async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseLock(text: string, path: string): LockHolder {
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('data-in-use', 500, `${path} is not readable as a lock; remove it if nothing runs`, {
      cause,
    });
  }
}

/** Undefined when the holder is gone. A process on another machine can't be asked, so it counts as running. */
async function runningHolder(text: string, path: string): Promise<LockHolder | undefined> {
  const holder = parseLock(text, path);
  return holder.host !== hostname() || (await isRunning(holder)) ? holder : undefined;
}

function refusal(path: string, holder: LockHolder): AppError {
  const folder = dirname(path);
  const sentence =
    holder.host === hostname()
      ? `the data folder ${folder} is in use by process ${holder.pid}`
      : `the data folder ${folder} was left in use by process ${holder.pid} on ${holder.host}; ` +
        `if that no longer runs, remove ${path}`;
  return new AppError('data-in-use', 500, sentence);
}

/**
 * Puts `own` in place of a stale lock. Only whoever holds the takeover lock replaces a lock that exists, and it
 * looks again first: of two processes that found the same stale lock, the second must not replace the first's.
 */
async function takeOver(path: string, stale: string, own: string, text: string): Promise<boolean> {
  const release = await acquire(`${path}.takeover`, text);
  try {
    if ((await readLock(path)) !== stale) return false;
    await rename(own, path);
    return true;
  } finally {
    await release();
  }
}

async function claim(path: string, own: string, text: string): Promise<void> {
  for (;;) {
    try {
      // link() fails when the name exists, and the file is whole from its first moment.
      return await link(own, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const found = await readLock(path);
    if (found === undefined) continue;
    const holder = await runningHolder(found, path);
    if (holder !== undefined) throw refusal(path, holder);
    if (await takeOver(path, found, own, text)) return;
  }
}

/** Takes the lock file at `path` and gives what releases it. Throws AppError `data-in-use` when it is held. */
async function acquire(path: string, text: string): Promise<() => Promise<void>> {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, text, { mode: 0o600, flag: 'wx' });
  try {
    await claim(path, own, text);
  } finally {
    await rm(own, { force: true });
  }
  return async () => {
    if ((await readLock(path)) === text) await rm(path, { force: true });
  };
}

/**
 * Takes a data folder for this process: PGlite itself lets two processes write one folder and loses rows. A lock
 * left by a process that ended is taken over. Throws AppError `data-in-use` when another process has it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const own: LockHolder = {
    ...(await markProcess()),
    host: hostname(),
    socket: controlSocketPath(dataDir),
    nonce: randomUUID(),
  };
  return acquire(lockPath(dataDir), JSON.stringify(own));
}

/** The running process that uses a data folder, for commands that go through it; undefined when none does. */
export async function findLockHolder(dataDir: string): Promise<LockHolder | undefined> {
  const text = await readLock(lockPath(dataDir));
  return text === undefined ? undefined : runningHolder(text, lockPath(dataDir));
}
