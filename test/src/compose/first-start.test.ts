import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '#config/load.ts';
import { systemClock } from '#src/clock.ts';
import { openDurable } from '#src/compose/durable.ts';
import { createLog } from '#src/log.ts';
import { COOKIE_KEYS, DIGEST_KEYS, ensureKeys, signingKeysOf } from '#src/provider/keys.ts';
import type { KeyStore } from '#src/provider/ports.ts';
import { validSettings } from '../../config/valid-settings.ts';
import { createTestDatabase } from '../../support/postgres.ts';

const PROCESSES = 5;

/** The same store, counting the keys that somebody made for it. */
function counting(keys: KeyStore, count: () => void): KeyStore {
  return {
    list: (owner) => keys.list(owner),
    wipe: (owner, ids, at) => keys.wipe(owner, ids, at),
    change: (owner, change) => {
      if (change.add !== undefined) count();
      return keys.change(owner, change);
    },
  };
}

test('of five that start at once for the first time, one makes the keys and all have the same', async (t) => {
  const { url } = await createTestDatabase(t);
  const loaded = parseSettings({ ...validSettings, database: { url, poolSize: 1 } });
  assert.ok(loaded.ok);
  const log = createLog({ level: 'silent', format: 'json' });
  let made = 0;
  const start = async () => {
    const durable = await openDurable(loaded.config, { clock: systemClock, log });
    t.after(() => durable[Symbol.asyncDispose]());
    const { id } = await durable.tenants.ensure('default', loaded.config.issuer);
    const parts = { ...durable, clock: systemClock, keys: counting(durable.keys, () => (made += 1)) };
    const owners = [signingKeysOf(id), COOKIE_KEYS, DIGEST_KEYS];
    const kept = [];
    for (const owner of owners) kept.push(...(await ensureKeys(parts, owner)).map((key) => key.id));
    return kept;
  };
  const all = await Promise.all(Array.from({ length: PROCESSES }, start));
  assert.equal(all[0]?.length, 5, 'three that sign, one for cookies, one for digests');
  for (const one of all) assert.deepEqual(one, all[0]);
  // The digest key is made while the stores are opened.
  assert.equal(made, 4);
});
