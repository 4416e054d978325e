import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type LogConfig,
  type TransactionSettings,
} from 'kysely';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { Database } from './schema.ts';

/** What a connection is set to while it works for no tenant: the wall shows it no row of any. */
const NOBODY = '';

/** Tenants whose query builder is kept; one takes about 2 kB and is made again in microseconds. */
const KEPT = 500;

const setTenant = (tenantId: string) =>
  CompiledQuery.raw("select set_config('poortwachter.tenant', $1, false)", [tenantId]);

/** A connection while one tenant has it. A wrapper of its own: Kysely hangs its logging on the object it is given. */
function lend(real: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: (query) => real.executeQuery(query),
    streamQuery: (query, chunkSize) => real.streamQuery(query, chunkSize),
  };
}

/** What all drivers of one pool share: the real one, and which tenant each connection was last set to. */
interface Shared {
  base: Driver;
  /** Readies the real driver once, whoever asks first. */
  ready(): Promise<void>;
  settled: WeakMap<DatabaseConnection, string>;
}

/**
 * Hands out connections that work for one tenant. The setting stays on the connection (the price is one short query
 * when a connection passes from one tenant to another, and none as long as it stays), so reads need no transaction.
 */
class TenantDriver implements Driver {
  readonly #shared: Shared;
  readonly #tenantId: string;
  readonly #lent = new WeakMap<DatabaseConnection, DatabaseConnection>();

  constructor(shared: Shared, tenantId: string) {
    this.#shared = shared;
    this.#tenantId = tenantId;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const { base, ready, settled } = this.#shared;
    await ready();
    const real = await base.acquireConnection();
    if (settled.get(real) !== this.#tenantId) {
      // Forgotten first: a setting that failed half-way leaves a connection that belongs to nobody we know.
      settled.delete(real);
      try {
        await real.executeQuery(setTenant(this.#tenantId));
      } catch (failure) {
        await base.releaseConnection(real);
        throw failure;
      }
      settled.set(real, this.#tenantId);
    }
    const lent = lend(real);
    this.#lent.set(lent, real);
    return lent;
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#shared.base.beginTransaction(this.#realOf(connection), settings);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#shared.base.commitTransaction(this.#realOf(connection));
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#shared.base.rollbackTransaction(this.#realOf(connection));
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#shared.base.releaseConnection(this.#realOf(connection));
  }

  async destroy(): Promise<void> {}

  #realOf(connection: DatabaseConnection): DatabaseConnection {
    return this.#lent.get(connection) ?? connection;
  }
}

/** A pool's query builders: one for what belongs to no tenant, and one for each tenant. */
export interface TenantConnections {
  db: Kysely<Database>;
  forTenant(tenantId: TenantId): Kysely<Database>;
  destroy(): Promise<void>;
}

/** Splits one pool among tenants. Every query goes out on a connection that is set to its tenant, or to none. */
export function openTenantConnections(dialect: Dialect, log: LogConfig | undefined): TenantConnections {
  const base = dialect.createDriver();
  let opening: Promise<void> | undefined;
  const ready = () => {
    opening ??= base.init();
    return opening;
  };
  const shared: Shared = { base, ready, settled: new WeakMap() };
  const open = (tenantId: string) =>
    new Kysely<Database>({
      dialect: {
        createAdapter: () => dialect.createAdapter(),
        createDriver: () => new TenantDriver(shared, tenantId),
        createIntrospector: (db) => dialect.createIntrospector(db),
        createQueryCompiler: () => dialect.createQueryCompiler(),
      },
      ...(log && { log }),
    });
  const kept = new Map<TenantId, Kysely<Database>>();
  return {
    db: open(NOBODY),
    forTenant(tenantId) {
      const builder = kept.get(tenantId) ?? open(tenantId);
      // Last in line again: what is dropped is what was not used for longest.
      kept.delete(tenantId);
      kept.set(tenantId, builder);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      return builder;
    },
    destroy: () => base.destroy(),
  };
}
