import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Options, type ParsedHashOptions, parseOptions } from '@node-rs/argon2';
import { Piscina } from 'piscina';
import { AppError } from '#src/errors.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Argon2Task } from './argon2-task.ts';
import { type HashCost, missingWork } from './missing-work.ts';

/** argon2id's parameters, and how many hashes may run and wait. Memory in use is at most threads × memoryKib. */
export interface PasswordHasherOptions extends HashCost {
  threads: number;
  queue: number;
}

/** A PasswordHasher that owns threads; `waiting` counts the hashes that have none yet (for metrics). */
export type OpenPasswordHasher = PasswordHasher & AsyncDisposable & { waiting(): number };

type RunTask = (task: Argon2Task) => Promise<string | boolean>;

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
function dummyHash({ memoryKib, passes, parallelism }: HashCost): string {
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

function isOutdated(made: ParsedHashOptions, today: HashCost): boolean {
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
  const run: RunTask = async (task) => {
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
 * The rules around argon2id at today's cost; `run` computes. Passwords are normalised to NFC here. One with a lone
 * surrogate has no bytes of its own: `hash` throws AppError `internal` (the password rules refuse it before),
 * `verify` compares it with the dummy. `verify` throws AppError `internal` for a stored hash that can't be parsed.
 */
export function createPasswordHasher(today: HashCost, run: RunTask): PasswordHasher {
  const options: Options = {
    memoryCost: today.memoryKib,
    timeCost: today.passes,
    parallelism: today.parallelism,
    outputLen: OUTPUT_BYTES,
  };
  const dummy = dummyHash(today);
  return {
    async hash(password) {
      if (!password.isWellFormed())
        throw new AppError('internal', 500, 'a malformed password was not refused');
      return String(await run({ kind: 'hash', password: password.normalize('NFC'), options }));
    },
    async verify(stored, password) {
      const comparable = stored !== undefined && password.isWellFormed();
      const hash = comparable ? stored : dummy;
      const made = parsePhc(hash);
      const onRefusal = missingWork(made, today);
      const equal = await run({ kind: 'verify', hash, password: password.normalize('NFC'), onRefusal });
      return { ok: comparable && equal === true, outdated: comparable && isOutdated(made, today) };
    },
  };
}

/**
 * Opens a PasswordHasher in worker threads (RFC 9106; ASVS 11.4.2). Resolves when the first thread is warm, so that
 * no sign-in pays for it; further threads start under load and end after a minute without work. Throws AppError
 * `internal` when argon2 refuses the parameters. Disposing waits for what was accepted.
 */
export async function openPasswordHasher(options: PasswordHasherOptions): Promise<OpenPasswordHasher> {
  const pool = openPool(options.threads);
  const { run, drained, waiting } = createBoundedRun(pool, options.threads, options.queue);
  const hasher = createPasswordHasher(options, run);
  try {
    await hasher.verify(undefined, '');
  } catch (cause) {
    await pool.destroy();
    throw new AppError('internal', 500, 'argon2 does not run with these parameters', { cause });
  }
  return {
    ...hasher,
    waiting,
    async [Symbol.asyncDispose]() {
      await drained();
      await pool.destroy();
    },
  };
}
