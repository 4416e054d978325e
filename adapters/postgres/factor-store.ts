import type { Kysely, Selectable } from 'kysely';
import type { Sealer } from '#src/secret/ports.ts';
import type { Factor, FactorStore, NewFactor } from '#src/sign-in/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import type { Database, FactorTable } from './schema.ts';
import { sealContext } from './seal-context.ts';

const COLUMNS = [
  'id',
  'tenant_id',
  'account_id',
  'kind',
  'label',
  'data_sealed',
  'last_counter',
  'created_at',
  'last_used_at',
] as const;

type FactorRow = Pick<Selectable<FactorTable>, (typeof COLUMNS)[number]>;

function toFactor(row: FactorRow, sealer: Sealer): Factor {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    accountId: row.account_id,
    kind: row.kind,
    label: row.label,
    data: sealer.open(row.data_sealed, sealContext.factor(row.tenant_id, row.id)),
    lastCounter: row.last_counter ?? undefined,
    createdAt: toMillis(row.created_at),
    lastUsedAt: toOptionalMillis(row.last_used_at),
  };
}

function toRow(factor: NewFactor, at: number, sealer: Sealer) {
  return {
    id: factor.id,
    tenant_id: factor.tenantId,
    account_id: factor.accountId,
    kind: factor.kind,
    label: factor.label,
    data_sealed: sealer.seal(factor.data, sealContext.factor(factor.tenantId, factor.id)),
    last_counter: factor.lastCounter ?? null,
    created_at: toInstant(at),
  };
}

/** Marks an account as enrolled; false when it was. The row lock makes the second of two browsers wait here. */
async function enrol(
  db: Kysely<Database>,
  tenantId: string,
  accountId: string,
  at: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set({ enrolled_at: toInstant(at) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .where('enrolled_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Durable store of proved second-step methods; their data is sealed, bound to its row. */
export function createFactorStore({
  database,
  sealer,
}: {
  database: TenantDatabase;
  sealer: Sealer;
}): FactorStore {
  return failClosedStore<FactorStore>({
    async list(tenantId, accountId) {
      if (!isUuid(accountId)) return [];
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('factor')
        .select(COLUMNS)
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .orderBy('last_used_at', (order) => order.desc().nullsLast())
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map((row) => toFactor(row, sealer));
    },

    async addFirst(factor, at) {
      const { tenantId, accountId } = factor;
      if (!isUuid(accountId)) return false;
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          if (!(await enrol(transaction, tenantId, accountId, at))) return false;
          await transaction
            .insertInto('factor')
            .values(toRow(factor, at, sealer))
            .execute();
          return true;
        });
    },

    async advance(tenantId, factorId, counter, at) {
      if (!isUuid(factorId)) return false;
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('factor')
        .set({ last_counter: counter, last_used_at: toInstant(at) })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', factorId)
        .where(({ eb, or }) => or([eb('last_counter', 'is', null), eb('last_counter', '<', counter)]))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  });
}
