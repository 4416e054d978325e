import type { Selectable } from 'kysely';
import type { ClientMetadata, ClientStore } from '#src/provider/ports.ts';
import type { Sealer } from '#src/secret/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { isStorableText } from './lookup-value.ts';
import type { ClientTable } from './schema.ts';
import { sealContext } from './seal-context.ts';

const COLUMNS = ['tenant_id', 'client_id', 'metadata', 'secret_sealed'] as const;

type ClientRow = Pick<Selectable<ClientTable>, (typeof COLUMNS)[number]>;

function toClient(row: ClientRow, sealer: Sealer): ClientMetadata {
  const client: ClientMetadata = { ...row.metadata, client_id: row.client_id };
  if (row.secret_sealed !== null) {
    client.client_secret = sealer.open(
      row.secret_sealed,
      sealContext.clientSecret(row.tenant_id, row.client_id),
    );
  }
  return client;
}

/**
 * Durable store of the relying parties that operators register. The client_secret leaves the metadata for a
 * sealed column of its own.
 */
export function createClientStore({
  database,
  sealer,
}: {
  database: TenantDatabase;
  sealer: Sealer;
}): ClientStore {
  const clients = (tenantId: string) =>
    database.forTenant(tenantId).selectFrom('client').select(COLUMNS).where('tenant_id', '=', tenantId);
  return failClosedStore<ClientStore>({
    async find(tenantId, clientId) {
      // Anybody may name a client on the authorization endpoint.
      if (!isStorableText(clientId)) return undefined;
      const row = await clients(tenantId).where('client_id', '=', clientId).executeTakeFirst();
      return row && toClient(row, sealer);
    },

    async add(tenantId, client) {
      const { client_id: clientId, client_secret: secret, ...metadata } = client;
      if (secret !== undefined && typeof secret !== 'string') {
        throw new TypeError('client_secret must be a string');
      }
      const added = await database
        .forTenant(tenantId)
        .insertInto('client')
        .values({
          tenant_id: tenantId,
          client_id: clientId,
          metadata: JSON.stringify(metadata),
          secret_sealed:
            secret === undefined ? null : sealer.seal(secret, sealContext.clientSecret(tenantId, clientId)),
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'client_id']).doNothing())
        .returning('client_id')
        .executeTakeFirst();
      return added !== undefined;
    },

    async list(tenantId) {
      const rows = await clients(tenantId).orderBy('client_id').execute();
      return rows.map((row) => toClient(row, sealer));
    },

    async remove(tenantId, clientId) {
      if (!isStorableText(clientId)) return false;
      const { numDeletedRows } = await database
        .forTenant(tenantId)
        .deleteFrom('client')
        .where('tenant_id', '=', tenantId)
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },
  });
}
