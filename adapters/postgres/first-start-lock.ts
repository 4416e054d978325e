import { Socket } from 'node:net';
import pg from 'pg';
import { AppError } from '#src/errors.ts';
import type { FirstStartLock } from '#src/secret/ports.ts';
import { failClosed } from './fail-closed.ts';

/** Any number that every version of the product agrees on. */
const LOCK = 7_310_251;

/** Milliseconds to wait for another process's first start: ten times what making its keys takes. */
const PATIENCE = 30_000;

/** Milliseconds after which the server frees the lock of a process that fell silent with it. */
const LONGEST_WORK = 60_000;

const CONNECTION_TIMEOUT = 3_000;

const RETRY_AFTER_SECONDS = 5;

/** SQLSTATE of a lock that was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

export interface FirstStartLockOptions {
  url: string;
  /** Milliseconds to wait while another process holds the lock. */
  patience?: number;
}

/** Takes the lock for as long as the transaction lives: so it also holds behind a pooler that pools by transaction. */
async function take(client: pg.Client, patience: number): Promise<void> {
  try {
    await client.connect();
    await client.query('begin');
    await client.query(`set local lock_timeout = ${patience}`);
    await client.query(`set local statement_timeout = ${patience + 1_000}`);
    await client.query(`set local idle_in_transaction_session_timeout = ${LONGEST_WORK}`);
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE) {
      throw new AppError(
        'store-unavailable',
        503,
        `another process has been busy with its first start for ${Math.round(patience / 1_000)} seconds`,
        { cause, retryAfter: RETRY_AFTER_SECONDS },
      );
    }
    throw cause;
  }
}

/** Settles with `turn`, or throws when that takes longer than patience. */
async function waitFor(turn: Promise<unknown>, patience: number): Promise<void> {
  const tooLate = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const words = `other first starts of this process have kept it busy for ${Math.round(patience / 1_000)} seconds`;
    tooLate.reject(new AppError('store-unavailable', 503, words, { retryAfter: RETRY_AFTER_SECONDS }));
  }, patience);
  try {
    await Promise.race([turn, tooLate.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets callers in one after the other, in the order in which they came. */
function createQueue(patience: number): FirstStartLock {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const before = last;
    const over = Promise.withResolvers<void>();
    last = before.then(() => over.promise);
    try {
      await waitFor(before, patience);
      return await work();
    } finally {
      over.resolve();
    }
  };
}

/**
 * Lets one process at a time do what a first start does, over a short-lived connection of its own: a pool of one
 * stays free for the work, and the lock goes with the process that held it. However many tenants begin at once, a
 * process takes one such connection. Throws AppError `store-unavailable` when the lock is not to be had in time, or
 * the database does not answer.
 */
export function createFirstStartLock({ url, patience = PATIENCE }: FirstStartLockOptions): FirstStartLock {
  const inTurn = createQueue(patience);
  const hold: FirstStartLock = async (work) => {
    const socket = new Socket();
    const client = new pg.Client({
      stream: () => socket,
      connectionString: url,
      application_name: 'poortwachter first start',
      connectionTimeoutMillis: CONNECTION_TIMEOUT,
      query_timeout: patience + 2_000,
    });
    // A lock lost half-way is no failure: unique indexes keep two first starts apart, the lock only spares their work.
    client.on('error', () => {});
    try {
      await failClosed(() => take(client, patience));
      return await work();
    } finally {
      // Ends the transaction, and with it the lock. Not waited for: on a silent link it would never be over, and an
      // open socket would keep the process from ending.
      client.end().catch(() => {});
      socket.destroySoon();
    }
  };
  return (work) => inTurn(() => hold(work));
}
