import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { AppError } from '#src/errors.ts';

export interface PoolBounds {
  /** Most callers that wait for a connection; whoever comes after them is refused at once. */
  waiting: number;
  /** Milliseconds from asking for a connection to the last answer on it; undefined for as long as it takes. */
  patience: number | undefined;
}

/** Seconds: by then those who waited have been served or refused. */
const RETRY_AFTER = 3;

/** The words by which `fail-closed.ts` knows an outage. */
const tooLate = () => new Error('timeout: the database did not answer in time');

/**
 * One connection of the pool, the same object for as long as it lives. While it is lent it has until a moment to
 * answer; after that whoever waits is told, and the connection is thrown away: an answer that still comes would
 * be taken for the next question's.
 */
class BoundedClient implements PostgresPoolClient {
  readonly #client: PostgresPoolClient;
  #timer: NodeJS.Timeout | undefined;
  #late = false;
  #giveUp: (() => void) | undefined;

  /** What the client was told at connecting; 0 when it was told nothing. */
  readonly processID: number;

  constructor(client: PostgresPoolClient) {
    this.#client = client;
    this.processID = client.processID ?? 0;
  }

  lend(ms: number | undefined): this {
    if (ms === undefined) return this;
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#giveUp?.();
    }, ms);
    return this;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(given: string | PostgresCursor<R>, parameters: readonly unknown[] = []) {
    if (typeof given !== 'string') return this.#client.query(given);
    if (this.#late) return Promise.reject(tooLate());
    return new Promise<PostgresQueryResult<R>>((resolve, reject) => {
      this.#giveUp = () => reject(tooLate());
      this.#client.query<R>(given, parameters).then(resolve, reject);
    });
  }

  release(destroy = false): void {
    clearTimeout(this.#timer);
    this.#giveUp = undefined;
    this.#client.release(destroy || this.#late);
  }
}

/** A pool with bounds, and what it saw on the way to the server. */
export interface BoundedPool extends PostgresPool {
  /** Whether a pooler was seen in between: it tells another process id than the server that answers. */
  pooled(): boolean;
}

/**
 * PgBouncer and its like make up the id that a client is told at connecting, because servers' connections are not
 * the client's own.
 */
async function isPooled(client: PostgresPoolClient): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid', []);
  return rows[0]?.pid !== client.processID;
}

/**
 * A pool whose every wait is bounded. pg's own pool keeps as many callers waiting as come, and gives a connection
 * whose answer is overdue to the next one. `connect` throws AppError `store-unavailable` when too many wait.
 */
export function boundPool(pool: pg.Pool, { waiting, patience }: PoolBounds): BoundedPool {
  const known = new WeakMap<PostgresPoolClient, BoundedClient>();
  let pooled = false;
  const meet = async (client: PostgresPoolClient, bounded: BoundedClient) => {
    try {
      // Seen once, it stays: another connection's answer that comes later takes nothing back.
      if (!pooled && (await isPooled(bounded))) pooled = true;
      known.set(client, bounded);
    } catch (failure) {
      bounded.release(true);
      throw failure;
    }
  };
  return {
    options: pool.options,
    pooled: () => pooled,
    end: () => pool.end(),
    async connect() {
      if (pool.waitingCount >= waiting) {
        const words = `${waiting} requests wait for the database already`;
        throw new AppError('store-unavailable', 503, words, { retryAfter: RETRY_AFTER });
      }
      const asked = performance.now();
      const client: PostgresPoolClient = await pool.connect();
      const bounded = known.get(client) ?? new BoundedClient(client);
      bounded.lend(patience === undefined ? undefined : patience - (performance.now() - asked));
      if (!known.has(client)) await meet(client, bounded);
      return bounded;
    },
  };
}
