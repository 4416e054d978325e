import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Options, type ParsedHashOptions, parseOptions } from '@node-rs/argon2';
import { Piscina } from 'piscina';
import { AppError } from '#src/errors.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Argon2Task } from './argon2-task.ts';

/** argon2id's parameters, and how many hashes may run and wait. Memory in use is at most threads × memoryKib. */
export interface PasswordHasherOptions {
  /** KiB. */
  memoryKib: number;
  passes: number;
  parallelism: number;
  threads: number;
  queue: number;
}

/** A PasswordHasher that owns threads; `waiting` counts the hashes that have none yet (for metrics). */
export type OpenPasswordHasher = PasswordHasher & AsyncDisposable & { waiting(): number };

/** Seconds; a full queue drains in about this time. */
const RETRY_AFTER = 2;
/** Milliseconds a thread beyond the first stays after a rush; one thread costs 10 to 25 MB. */
const THREAD_IDLE = 60_000;
const OUTPUT_BYTES = 32;
const SALT_BYTES = 16;
/** @node-rs/argon2's numbers for argon2id and for version 0x13; its enums vanish when types are stripped. */
const ARGON2ID = 2;
const VERSION_19 = 1;

/** A hash of nothing, at today's cost: its output is random, so no password can ever equal it. */
function dummyHash({ memoryKib, passes, parallelism }: PasswordHasherOptions): string {
  const base64 = (size: number) => randomBytes(size).toString('base64').replace(/=+$/, '');
  const cost = `m=${memoryKib},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${cost}$${base64(SALT_BYTES)}$${base64(OUTPUT_BYTES)}`;
}

/** A stored hash that can't be read is a fault of ours, not a wrong password: it must be seen, not counted. */
function parsePhc(hash: string): ParsedHashOptions {
  try {
    return parseOptions(hash);
  } catch (cause) {
    throw new AppError('internal', 500, 'a stored password hash is malformed', { cause });
  }
}

function isOutdated(made: ParsedHashOptions, today: PasswordHasherOptions): boolean {
  return (
    made.algorithm !== ARGON2ID ||
    made.version !== VERSION_19 ||
    made.outputLen < OUTPUT_BYTES ||
    made.memoryCost < today.memoryKib ||
    made.timeCost < today.passes ||
    made.parallelism < today.parallelism
  );
}

function openPool(threads: number): Piscina<Argon2Task, string | boolean> {
  return new Piscina<Argon2Task, string | boolean>({
    filename: fileURLToPath(new URL('./argon2-worker.mjs', import.meta.url)),
    name: 'runArgon2',
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: THREAD_IDLE,
    // A thread gets nothing of this process: no arguments, no environment, no secrets.
    env: {},
    argv: [],
    execArgv: [],
  });
}

/** Runs tasks on the pool, at most `threads` at a time with `queue` waiting; more are refused at once. */
function createBoundedRun(pool: Piscina<Argon2Task, string | boolean>, threads: number, queue: number) {
  const pending = new Set<Promise<string | boolean>>();
  const run = async (task: Argon2Task): Promise<string | boolean> => {
    if (pending.size >= threads + queue) {
      throw new AppError('hash-queue-full', 503, 'too many passwords are waiting to be hashed', {
        retryAfter: RETRY_AFTER,
      });
    }
    const answer = pool.run(task);
    pending.add(answer);
    try {
      return await answer;
    } finally {
      pending.delete(answer);
    }
  };
  // The pool's own close() ends threads whose tasks still wait, so the waiting is done here.
  const drained = () => Promise.allSettled(pending);
  return { run, drained, waiting: () => Math.max(0, pending.size - threads) };
}

/**
 * Opens argon2id in worker threads (RFC 9106; ASVS 11.4.2). Resolves when the first thread is warm, so that no
 * sign-in pays for it; further threads start under load and end after a minute without work.
 *
 * Passwords are normalised to NFC here. One with a lone surrogate has no bytes of its own: `hash` throws
 * AppError `internal` (the password rules refuse it before), `verify` compares it with the dummy. `verify`
 * throws AppError `internal` for a stored hash that can't be parsed. Disposing waits for what was
 * accepted.
 */
export async function openPasswordHasher(options: PasswordHasherOptions): Promise<OpenPasswordHasher> {
  const cost: Options = {
    memoryCost: options.memoryKib,
    timeCost: options.passes,
    parallelism: options.parallelism,
    outputLen: OUTPUT_BYTES,
  };
  const dummy = dummyHash(options);
  const pool = openPool(options.threads);
  const { run, drained, waiting } = createBoundedRun(pool, options.threads, options.queue);
  try {
    await run({ kind: 'verify', hash: dummy, password: '' });
  } catch (cause) {
    await pool.destroy();
    throw new AppError('internal', 500, 'argon2 does not run with these parameters', { cause });
  }
  return {
    waiting,
    async hash(password) {
      if (!password.isWellFormed())
        throw new AppError('internal', 500, 'a malformed password was not refused');
      return String(await run({ kind: 'hash', password: password.normalize('NFC'), options: cost }));
    },
    async verify(hash, password) {
      const comparable = hash !== undefined && password.isWellFormed();
      const against = comparable ? hash : dummy;
      const outdated = comparable && isOutdated(parsePhc(hash), options);
      const equal = await run({ kind: 'verify', hash: against, password: password.normalize('NFC') });
      return { ok: comparable && equal === true, outdated };
    },
    async [Symbol.asyncDispose]() {
      await drained();
      await pool.destroy();
    },
  };
}
