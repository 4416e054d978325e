import { type Dialect, Kysely, type LogConfig } from 'kysely';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { Database } from './schema.ts';
import { type SharedDriver, TenantDriver } from './tenant-driver.ts';

/** What a connection is set to while it works for no tenant: the wall shows it no row of any. */
const NOBODY = '';

/** Tenants whose query builder is kept; one takes about 2 kB and is made again in microseconds. */
const KEPT = 500;

/** A pool's query builders: one for what belongs to no tenant, and one for each tenant. */
export interface TenantConnections {
  db: Kysely<Database>;
  forTenant(tenantId: TenantId): Kysely<Database>;
  destroy(): Promise<void>;
}

export interface TenantConnectionsOptions {
  /** Whether something in between hands server connections from one client to another. */
  pooled(): boolean;
  log: LogConfig | undefined;
}

/** Splits one pool among tenants. Every query goes out on a connection that is set to its tenant, or to none. */
export function openTenantConnections(
  dialect: Dialect,
  { pooled, log }: TenantConnectionsOptions,
): TenantConnections {
  const base = dialect.createDriver();
  let opening: Promise<void> | undefined;
  const ready = () => {
    opening ??= base.init();
    return opening;
  };
  const shared: SharedDriver = { base, ready, pooled, settled: new WeakMap() };
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
