import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import type { TenantDatabase } from '#adapters/postgres/connect.ts';
import { createSealedStore } from '#adapters/postgres/sealed-store.ts';
import { listedKeys } from '#config/master-keys.ts';
import type { Config } from '#config/settings.ts';
import { createReseal, type Reseal } from '#src/secret/reseal.ts';

/** Seals under the master key; opens under it and the previous ones. */
export function composeSealer({ masterKey, previousMasterKeys }: Config) {
  const current = masterKeyFrom(masterKey.reveal());
  const previous = listedKeys(previousMasterKeys?.reveal() ?? '').map(masterKeyFrom);
  return { sealer: createSealer({ current, previous }), currentKeyId: current.id };
}

/** Seals anew whatever a database holds. */
export function composeReseal(config: Config, database: TenantDatabase): Reseal {
  return createReseal({ ...composeSealer(config), store: createSealedStore({ database }) });
}
