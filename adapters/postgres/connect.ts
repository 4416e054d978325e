import { Socket } from 'node:net';
import { type Kysely, type LogConfig, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { TenantId } from '#src/tenant/tenant.ts';
import { boundPool, type PoolBounds } from './bounded-pool.ts';
import { ping } from './ping.ts';
import type { Database } from './schema.ts';
import { openTenantConnections } from './tenant-connections.ts';

/** An open database, whichever kind; disposing of it closes every connection. */
export interface OpenDatabase {
  /** For what belongs to no tenant; the wall shows it no row of any. */
  db: Kysely<Database>;
  /** For everything that belongs to one tenant: rows of others are not there (row-level security, ground rule 6). */
  forTenant(tenantId: TenantId): Kysely<Database>;
  kind: 'postgres' | 'embedded';
  /** Whether a pooler was seen between this process and the server. */
  pooled(): boolean;
  /** Readiness: answers when the database does, else throws AppError `store-unavailable`. */
  ping(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the stores of tenants work with. */
export type TenantDatabase = Pick<OpenDatabase, 'db' | 'forTenant'>;

export interface PostgresOptions {
  url: string;
  /** Most connections this process opens. */
  poolSize: number;
  /** Hears of connections that broke while nobody used them; the pool has already replaced them. */
  onConnectionLost?: ((error: Error) => void) | undefined;
  log?: LogConfig | undefined;
}

/** Milliseconds, to open a connection or to get one from a busy pool. */
const CONNECTION_TIMEOUT = 2_500;
/** Milliseconds. A statement that takes longer is ended by the server. */
const STATEMENT_TIMEOUT = 3_000;
/**
 * Callers that wait for a connection: a burst that a healthy server works off within milliseconds, and little to
 * remember when it is not healthy. `patience` is what a person waits for at most; later than the server's own
 * limit, it is for a server that fell silent.
 */
const BOUNDS: PoolBounds = { waiting: 250, patience: 3_500 };
/** Milliseconds. A transaction left open that long is a bug of ours; its locks must not outlive it. */
const IDLE_IN_TRANSACTION_TIMEOUT = 10_000;
/** Seconds. A connection to a server that fell silent hangs in the pool no longer than this. */
const CONNECTION_LIFETIME = 60;

/** bigint arrives as text because it may not fit a number; ours are counters and counts, which do. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** A socket for pg to connect, remembered until it is closed. */
function trackedSocket(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  return socket.once('close', () => sockets.delete(socket));
}

function open(options: PostgresOptions, limits: pg.PoolConfig, bounds: PoolBounds): OpenDatabase {
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    stream: () => trackedSocket(sockets),
    connectionString: options.url,
    max: options.poolSize,
    application_name: 'poortwachter',
    connectionTimeoutMillis: CONNECTION_TIMEOUT,
    keepAlive: true,
    types,
    ...limits,
  });
  // Without a listener a lost connection ends the process: pg takes its own away while one is in use.
  const onError = (error: Error) => options.onConnectionLost?.(error);
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  const bounded = boundPool(pool, bounds);
  const dialect = new PostgresDialect({ pool: bounded });
  const { pooled } = bounded;
  const { db, forTenant, destroy } = openTenantConnections(dialect, { pooled, log: options.log });
  return {
    db,
    forTenant,
    kind: 'postgres',
    pooled,
    ping: () => ping(db),
    async [Symbol.asyncDispose]() {
      await destroy();
      // pg has said goodbye and would wait for the other side to hang up; one that fell silent never does.
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

/**
 * Opens Postgres for the application: a bounded pool whose every wait is bounded. Connects on first use, so a
 * database that is down is told by the first query (AppError `store-unavailable` from the stores). All that is done
 * on one connection (a query, or a transaction) has 3.5 seconds, waiting for the connection included.
 */
export function openPostgres(options: PostgresOptions): OpenDatabase {
  const limits = {
    statement_timeout: STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT,
    maxLifetimeSeconds: CONNECTION_LIFETIME,
  };
  return open(options, limits, BOUNDS);
}

/** Opens Postgres as the owner, for migrations: one connection, and statements may take as long as they need. */
export function openPostgresAsOwner(options: Omit<PostgresOptions, 'poolSize'>): OpenDatabase {
  return open({ ...options, poolSize: 1 }, {}, { waiting: Number.POSITIVE_INFINITY, patience: undefined });
}
