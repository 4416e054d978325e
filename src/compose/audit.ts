import { createAuditRetention } from '#adapters/postgres/audit-retention.ts';
import { createAuditSeals } from '#adapters/postgres/audit-seals.ts';
import { createAuditStore } from '#adapters/postgres/audit-store.ts';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import type { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import type { Config } from '#config/settings.ts';
import type { AuditSealStore, AuditStore, AuditTrail } from '#src/audit/ports.ts';
import { createRetainAudit, type RetainAudit, type RetainedPlace } from '#src/audit/retain.ts';
import { retentionProof } from '#src/audit/seal.ts';
import { type AuditSealer, openAuditSealer, sealTenant } from '#src/audit/sealer.ts';
import { createAuditTrail } from '#src/audit/trail.ts';
import type { Clock } from '#src/clock.ts';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import { createOperatorEvents } from '#src/operator-events.ts';
import { newReference } from '#src/reference.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantStore } from '#src/tenant/ports.ts';

/** Where the audit log is kept. */
export interface AuditStores {
  events: AuditStore;
  seals: AuditSealStore;
  retention: ReturnType<typeof createAuditRetention>;
}

/** The stores of the audit log on one database. Retention needs the owner's role. */
export function openAuditStores(database: OpenDatabase): AuditStores {
  return {
    events: createAuditStore({ database }),
    seals: createAuditSeals({ database }),
    retention: createAuditRetention({ database }),
  };
}

export interface AuditParts {
  stores: Pick<AuditStores, 'events' | 'seals'>;
  digester: Digester;
  clock: Clock;
  log: Log;
}

/** What writes the audit log. */
export interface Audit extends AsyncDisposable {
  trail: AuditTrail;
}

/** The audit log of a command: written, and sealed by whichever process serves. Disposing waits until all is written. */
export function composeTrail({ stores, digester, clock, log }: AuditParts): Audit {
  const trail = createAuditTrail({ store: stores.events, digester, clock, log });
  return {
    trail,
    [Symbol.asyncDispose]: () => trail[Symbol.asyncDispose](),
  };
}

/** The longest that a timer can be set to. */
const NEVER = 2 ** 31 - 1;

/** The audit log of a serving process, which seals too. Disposing writes what there is, and seals it. */
export function composeAudit(parts: AuditParts & { seals: boolean }): Audit & { sealer: AuditSealer } {
  const { stores, digester, clock, log } = parts;
  const audit = composeTrail(parts);
  const everyMs = parts.seals ? undefined : NEVER;
  const sealer = openAuditSealer({ seals: stores.seals, digester, clock, log, everyMs });
  return {
    ...audit,
    sealer,
    async [Symbol.asyncDispose]() {
      await audit[Symbol.asyncDispose]();
      await sealer[Symbol.asyncDispose]();
    },
  };
}

const PAGE = 100;

/** Every tenant, with the settings that say how long it keeps what. */
async function listPlaces(tenants: TenantStore, { tenant: configured }: Config): Promise<RetainedPlace[]> {
  const places: RetainedPlace[] = [];
  let after: string | undefined;
  do {
    const page = await tenants.list({ limit: PAGE, after });
    for (const { id, key, issuer, source } of page.tenants) {
      const own = source.from === 'row' ? source.settings : undefined;
      const settings = key === configured.key ? configured : own;
      places.push({ key, tenant: settings && { id, key, issuer, settings } });
    }
    after = page.next;
  } while (after !== undefined);
  return places;
}

async function placesOf(
  tenants: TenantStore,
  config: Config,
  key: string | undefined,
): Promise<RetainedPlace[]> {
  const places = await listPlaces(tenants, config);
  if (key === undefined) return places;
  const meant = places.filter((place) => place.key === key);
  if (meant.length === 0)
    throw new AppError('not-found', 404, `there is no tenant ${key}; \`tenant list\` shows all`);
  return meant;
}

export interface RetainAuditParts {
  config: Config;
  stores: AuditStores;
  tenants: ReturnType<typeof createTenantStore>;
  digester: Digester;
  clock: Clock;
  log: Log;
}

/** Forgets what is older than each tenant keeps. */
export function composeRetain({
  config,
  stores,
  tenants,
  digester,
  clock,
  log,
}: RetainAuditParts): RetainAudit {
  return async (options) => {
    await using trail = createAuditTrail({ store: stores.events, digester, clock, log });
    const events = createOperatorEvents(log, trail);
    const retain = createRetainAudit({
      retention: stores.retention,
      places: (key) => placesOf(tenants, config, key),
      async recorded({ id: tenantId }, { operator, reason }, counts) {
        const reference = newReference();
        const proof = retentionProof(tenantId, counts.seals, digester);
        events.auditRetained({ tenantId, operator, reason, reference }, { ...counts, proof });
        await trail.settled(reference);
      },
      seal: async ({ id }) => {
        await sealTenant({ seals: stores.seals, digester, clock }, id);
      },
      clock,
    });
    return await retain(options);
  };
}
