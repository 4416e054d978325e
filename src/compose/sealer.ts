import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { listedKeys } from '#config/master-keys.ts';
import type { Config } from '#config/settings.ts';

/** Seals under the master key; opens under it and the previous ones. */
export function composeSealer({ masterKey, previousMasterKeys }: Config) {
  const current = masterKeyFrom(masterKey.reveal());
  const previous = listedKeys(previousMasterKeys?.reveal() ?? '').map(masterKeyFrom);
  return { sealer: createSealer({ current, previous }), currentKeyId: current.id };
}
