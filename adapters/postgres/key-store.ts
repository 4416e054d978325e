import type { Kysely } from 'kysely';
import type { KeyStore, StoredKey } from '#src/provider/ports.ts';
import type { Sealer } from '#src/secret/ports.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis } from './instant.ts';
import type { Database } from './schema.ts';

function contextOf(key: Pick<StoredKey, 'id' | 'purpose' | 'tenantId'>): string {
  return `key:${key.purpose}:${key.tenantId ?? 'installation'}:${key.id}`;
}

/**
 * Where signing, cookie and digest keys are kept, sealed and bound to their row. It needs no digester: the
 * digest key itself lives here.
 */
export function createKeyStore({ db, sealer }: { db: Kysely<Database>; sealer: Sealer }): KeyStore {
  return failClosedStore<KeyStore>({
    async list(purpose, tenantId) {
      const keys = db
        .selectFrom('key')
        .select(['id', 'kind', 'secret_sealed', 'created_at'])
        .where('purpose', '=', purpose)
        .where('status', '<>', 'withdrawn')
        .orderBy('created_at')
        .orderBy('id');
      const rows = await (tenantId === undefined
        ? keys.where('tenant_id', 'is', null)
        : keys.where('tenant_id', '=', tenantId)
      ).execute();
      return rows.map((row) => ({
        id: row.id,
        purpose,
        tenantId,
        kind: row.kind,
        secret: sealer.open(row.secret_sealed, contextOf({ id: row.id, purpose, tenantId })),
        createdAt: toMillis(row.created_at),
      }));
    },

    async addIfMissing(key) {
      await db
        .insertInto('key')
        .values({
          id: key.id,
          purpose: key.purpose,
          tenant_id: key.tenantId ?? null,
          kind: key.kind,
          status: 'current',
          secret_sealed: sealer.seal(key.secret, contextOf(key)),
          created_at: toInstant(key.createdAt),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  });
}
