import { createDigester } from '#adapters/crypto/digester.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createAuditStore } from '#adapters/postgres/audit-store.ts';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createSealedStore } from '#adapters/postgres/sealed-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { listedKeys } from '#config/master-keys.ts';
import type { Config } from '#config/settings.ts';
import { createAuditTrail } from '#src/audit/trail.ts';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import { createOperatorEvents } from '#src/operator-events.ts';
import { ensureDigestKey } from '#src/provider/keys.ts';
import { newReference } from '#src/reference.ts';
import { createReseal, type Reseal } from '#src/secret/reseal.ts';
import { establishTenant } from '#src/tenant/establish-tenant.ts';

/** Seals under the master key; opens under it and the previous ones. */
export function composeSealer({ masterKey, previousMasterKeys }: Config) {
  const current = masterKeyFrom(masterKey.reveal());
  const previous = listedKeys(previousMasterKeys?.reveal() ?? '').map(masterKeyFrom);
  return { sealer: createSealer({ current, previous }), currentKeyId: current.id };
}

export interface ResealHouse {
  config: Config;
  database: OpenDatabase;
  clock: Clock;
  log: Log;
}

/** Seals anew whatever a database holds; the log of the configuration's tenant tells of it. */
export function composeReseal({ config, database, clock, log }: ResealHouse): Reseal {
  const { sealer, currentKeyId } = composeSealer(config);
  return createReseal({
    ...{ sealer, currentKeyId, store: createSealedStore({ database }) },
    async recorded({ operator, reason }, found) {
      const keys = createKeyStore({ database, sealer });
      const digester = createDigester(await ensureDigestKey({ keys, clock, firstStart: (work) => work() }));
      const { tenant: settings, issuer } = config;
      const tenants = createTenantStore(database);
      const { id: tenantId } = await establishTenant(tenants, { settings, issuer, mayMove: false });
      const store = createAuditStore({ database });
      await using trail = createAuditTrail({ store, digester, clock, log });
      const reference = newReference();
      createOperatorEvents(log, trail).keysResealed({ tenantId, operator, reason, reference }, found);
      await trail.settled(reference);
    },
  });
}
