import { type Selectable, sql } from 'kysely';
import type { Sealer } from '#src/secret/ports.ts';
import type { Factor, FactorStore, NewFactor } from '#src/sign-in/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import { enrolledPerson } from './person.ts';
import type { FactorTable } from './schema.ts';
import { sealContext } from './seal-context.ts';

interface FactorStoreParts {
  database: TenantDatabase;
  sealer: Sealer;
}

const COLUMNS = [
  'id',
  'tenant_id',
  'account_id',
  'kind',
  'label',
  'data_sealed',
  'identity',
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
    identity: row.identity ?? undefined,
    lastCounter: row.last_counter ?? undefined,
    createdAt: toMillis(row.created_at),
    lastUsedAt: toOptionalMillis(row.last_used_at),
  };
}

/** A proved set-up counts as a use. */
function toRow(factor: NewFactor, at: number, sealer: Sealer): FactorRow {
  return {
    id: factor.id,
    tenant_id: factor.tenantId,
    account_id: factor.accountId,
    kind: factor.kind,
    label: factor.label,
    data_sealed: sealer.seal(factor.data, sealContext.factor(factor.tenantId, factor.id)),
    identity: factor.identity ?? null,
    last_counter: factor.lastCounter ?? null,
    created_at: toInstant(at),
    last_used_at: toInstant(at),
  };
}

/** The row as what a select gives, so that it is inserted only when the select finds something. */
function asSelection(row: FactorRow) {
  return COLUMNS.map((column) => sql.val(row[column]).as(column));
}

function createAdding({ database, sealer }: FactorStoreParts): Pick<FactorStore, 'addFirst' | 'add'> {
  return {
    async addFirst(factor, at) {
      const { tenantId, accountId } = factor;
      if (!isUuid(accountId)) return false;
      const { numInsertedOrUpdatedRows } = await database
        .forTenant(tenantId)
        // The row's own lock makes the second of two browsers wait here, and find it enrolled.
        .with('enrolled', (db) =>
          db
            .updateTable('account')
            .set({ enrolled_at: toInstant(at) })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', accountId)
            .where('enrolled_at', 'is', null)
            .returning('id'),
        )
        .insertInto('factor')
        .columns(COLUMNS)
        .expression((from) => from.selectFrom('enrolled').select(asSelection(toRow(factor, at, sealer))))
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },

    async add(factor, at) {
      const { tenantId, accountId } = factor;
      if (!isUuid(accountId)) return false;
      const db = database.forTenant(tenantId);
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('factor')
        .columns(COLUMNS)
        .expression(enrolledPerson(db, tenantId, accountId).select(asSelection(toRow(factor, at, sealer))))
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'kind', 'identity', 'account_id'])
            .where('identity', 'is not', null)
            .doNothing(),
        )
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}

function createUsing({ database, sealer }: FactorStoreParts): Omit<FactorStore, 'addFirst' | 'add'> {
  return {
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

    async use(tenantId, factorId, { counter, data }, at) {
      if (!isUuid(factorId)) return false;
      const used = database
        .forTenant(tenantId)
        .updateTable('factor')
        .set({
          last_used_at: toInstant(at),
          ...(counter !== undefined && { last_counter: counter }),
          ...(data !== undefined && {
            data_sealed: sealer.seal(data, sealContext.factor(tenantId, factorId)),
          }),
        })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', factorId);
      const { numUpdatedRows } = await (counter === undefined
        ? used
        : used.where(({ eb, or }) => or([eb('last_counter', 'is', null), eb('last_counter', '<', counter)]))
      ).executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async countAccounts(tenantId, kind, identity) {
      if (!isStorableText(kind) || !isStorableText(identity)) return 0;
      // The index lets an account have an identity once.
      const { count } = await database
        .forTenant(tenantId)
        .selectFrom('factor')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind)
        .where('identity', '=', identity)
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}

/** Durable store of proved second-step methods; their data is sealed, bound to its row. */
export function createFactorStore(parts: FactorStoreParts): FactorStore {
  return failClosedStore<FactorStore>({ ...createAdding(parts), ...createUsing(parts) });
}
