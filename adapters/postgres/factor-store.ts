import type { FactorStore } from '#src/sign-in/ports.ts';
import { createFactorChanges } from './factor-changes.ts';
import { asSelection, COLUMNS, type FactorStoreParts, toFactor, toRow, unlessOwned } from './factor-row.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant } from './instant.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import { enrolledPerson } from './person.ts';
import { sealContext } from './seal-context.ts';

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
        .onConflict(unlessOwned)
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}

function createUsing({
  database,
  sealer,
}: FactorStoreParts): Pick<FactorStore, 'list' | 'use' | 'countAccounts'> {
  return {
    async list(tenantId, accountId) {
      if (!isUuid(accountId)) return [];
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('factor')
        .select(COLUMNS)
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .orderBy('preferred_at', (order) => order.desc().nullsLast())
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
  return failClosedStore<FactorStore>({
    ...createAdding(parts),
    ...createUsing(parts),
    ...createFactorChanges(parts),
  });
}
