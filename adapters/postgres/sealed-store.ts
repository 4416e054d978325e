import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { StoredKey } from '#src/provider/ports.ts';
import type { SealedPlace, SealedStore, SealedValue } from '#src/secret/reseal.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { asOwner } from './as-owner.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import type { Database } from './schema.ts';
import { sealContext } from './seal-context.ts';

interface Row {
  id: string;
  sealed: string;
  /** Of keys only. */
  purpose: StoredKey['purpose'] | null;
}

interface Column {
  table: string;
  column: string;
  id: 'id' | 'client_id';
  type: 'uuid' | 'text';
  contextOf(tenantId: TenantId, row: Row): string;
}

/** Every sealed column of a tenant's tables. A test compares this with the schema. */
const columns: readonly Column[] = [
  {
    ...{ table: 'account', column: 'email_sealed', id: 'id', type: 'uuid' },
    contextOf: (tenantId, { id }) => sealContext.account(tenantId, id, 'email'),
  },
  {
    ...{ table: 'account', column: 'phone_sealed', id: 'id', type: 'uuid' },
    contextOf: (tenantId, { id }) => sealContext.account(tenantId, id, 'phone'),
  },
  {
    ...{ table: 'factor', column: 'data_sealed', id: 'id', type: 'uuid' },
    contextOf: (tenantId, { id }) => sealContext.factor(tenantId, id),
  },
  {
    ...{ table: 'mail_link', column: 'former_email_sealed', id: 'id', type: 'uuid' },
    contextOf: (tenantId, { id }) => sealContext.formerEmail(tenantId, id),
  },
  {
    ...{ table: 'message', column: 'payload_sealed', id: 'id', type: 'uuid' },
    contextOf: (tenantId, { id }) => sealContext.message(tenantId, id),
  },
  {
    ...{ table: 'client', column: 'secret_sealed', id: 'client_id', type: 'text' },
    contextOf: (tenantId, { id }) => sealContext.clientSecret(tenantId, id),
  },
  {
    ...{ table: 'key', column: 'secret_sealed', id: 'id', type: 'text' },
    contextOf: (tenantId, row) => keyContext(row, tenantId),
  },
];

function keyContext({ id, purpose }: Row, tenantId: TenantId | undefined): string {
  return purpose === null ? '' : sealContext.key({ id, purpose, tenantId });
}

function columnOf({ table, column }: SealedPlace): Column {
  const found = columns.find((one) => one.table === table && one.column === column);
  if (found === undefined) throw new Error(`${table}.${column} is not a sealed column`);
  return found;
}

/** Names and conditions of a place. Ids compare by bytes, as their index does. */
function partsOf(place: SealedPlace) {
  const { id, type, table, column } = columnOf(place);
  return {
    table: sql.table(table),
    column: sql.ref(column),
    id: sql.ref(id),
    type: sql.raw(type),
    owned: place.of === undefined ? sql`tenant_id is null` : sql`tenant_id = ${place.of}`,
    order: type === 'text' ? sql`${sql.ref(id)} collate "C"` : sql.ref(id),
    purpose: table === 'key' ? sql.ref('purpose') : sql`null`,
  };
}

function pageQuery(
  place: SealedPlace,
  { keyId, after, limit }: Parameters<SealedStore['page']>[1],
): RawBuilder<Row> {
  const { table, column, id, type, owned, order, purpose } = partsOf(place);
  const behind = after === undefined ? sql`true` : sql`${order} > ${after}::${type}`;
  return sql<Row>`select ${id} as id, ${column} as sealed, ${purpose} as purpose from ${table}
    where ${owned} and ${behind} and ${column} not like ${`v1.${keyId}.%`} order by ${order} limit ${limit}`;
}

/** Every sealed text of the database, tenant by tenant. Needs the owner role: others may not change most of them. */
export function createSealedStore({ database }: { database: TenantDatabase }): SealedStore {
  const rowsOf = ({ of }: SealedPlace): Kysely<Database> =>
    of === undefined ? database.db : database.forTenant(of);
  return failClosedStore<SealedStore>({
    async places() {
      const tenants = await database.db.selectFrom('tenant').select('id').orderBy('id').execute();
      const ofTenants = columns.flatMap(({ table, column }) =>
        tenants.map(({ id }) => ({ table, column, of: id })),
      );
      return [...ofTenants, { table: 'key', column: 'secret_sealed', of: undefined }];
    },

    async countByKey(place) {
      const { table, column, owned } = partsOf(place);
      const { rows } = await sql<{ key_id: string | null; texts: number }>`
        select substring(${column} from '^v1[.]([0-9a-f]{8})[.]') as key_id, count(*) as texts from ${table}
        where ${owned} and ${column} is not null group by 1 order by 1`.execute(rowsOf(place));
      return new Map(rows.map(({ key_id, texts }) => [key_id ?? 'malformed', texts]));
    },

    async page(place, options) {
      const { contextOf } = columnOf(place);
      const { rows } = await pageQuery(place, options).execute(rowsOf(place));
      return rows.map((row): SealedValue => {
        const context = place.of === undefined ? keyContext(row, undefined) : contextOf(place.of, row);
        return { id: row.id, sealed: row.sealed, context };
      });
    },

    async replace(place, values) {
      const { table, column, id, type, owned } = partsOf(place);
      const [ids, before, anew] = [
        values.map((value) => value.id),
        values.map((value) => value.sealed),
        values.map((value) => value.anew),
      ];
      const statement = sql`update ${table} set ${column} = made.anew
        from unnest(${ids}::${type}[], ${before}::text[], ${anew}::text[]) as made (made_id, before, anew)
        where ${owned} and ${id} = made.made_id and ${column} = made.before`;
      const { numAffectedRows } = await asOwner('change what is sealed', () =>
        statement.execute(rowsOf(place)),
      );
      return Number(numAffectedRows ?? 0n);
    },
  });
}
