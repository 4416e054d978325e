import type { KeyStore, StoredKey } from '#src/provider/ports.ts';
import type { Sealer } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis } from './instant.ts';

function contextOf(key: Pick<StoredKey, 'id' | 'purpose' | 'tenantId'>): string {
  return `key:${key.purpose}:${key.tenantId ?? 'installation'}:${key.id}`;
}

/**
 * Where signing, cookie and digest keys are kept, sealed and bound to their row. It needs no digester: the
 * digest key itself lives here.
 */
export function createKeyStore({ database, sealer }: { database: TenantDatabase; sealer: Sealer }): KeyStore {
  const rowsOf = (tenantId: TenantId | undefined) =>
    tenantId === undefined ? database.db : database.forTenant(tenantId);
  return failClosedStore<KeyStore>({
    async list(purpose, tenantId) {
      const keys = rowsOf(tenantId)
        .selectFrom('key')
        .select(['id', 'kind', 'secret_sealed', 'created_at'])
        .where('purpose', '=', purpose)
        .where('withdrawn_at', 'is', null)
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
        secret: sealer.open(row.secret_sealed ?? '', contextOf({ id: row.id, purpose, tenantId })),
        createdAt: toMillis(row.created_at),
      }));
    },

    async addIfMissing(key) {
      await rowsOf(key.tenantId)
        .insertInto('key')
        .values({
          id: key.id,
          purpose: key.purpose,
          tenant_id: key.tenantId ?? null,
          kind: key.kind,
          current_from: toInstant(key.createdAt),
          succeeds: null,
          secret_sealed: sealer.seal(key.secret, contextOf(key)),
          created_at: toInstant(key.createdAt),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  });
}
