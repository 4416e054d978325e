import type { Kysely } from 'kysely';
import type { FactorStore } from '#src/sign-in/ports.ts';
import { asSelection, COLUMNS, type FactorStoreParts, toRow, unlessOwned } from './factor-row.ts';
import { toInstant } from './instant.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import { enrolledPerson, person } from './person.ts';
import type { Database } from './schema.ts';

interface Whose {
  tenantId: string;
  accountId: string;
}

/** One factor of a person. */
function own(db: Kysely<Database>, { tenantId, accountId }: Whose, factorId: string) {
  return db
    .updateTable('factor')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('id', '=', factorId);
}

/** Puts changes of one person's methods in line, and behind a reset that is under way. */
async function lockPerson(db: Kysely<Database>, { tenantId, accountId }: Whose): Promise<void> {
  await person(db, tenantId, accountId).select('account.id').forNoKeyUpdate().executeTakeFirst();
}

async function removeOne(db: Kysely<Database>, { tenantId, accountId }: Whose, factorId: string) {
  const { numDeletedRows } = await db
    .deleteFrom('factor')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('id', '=', factorId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Names and order. */
function createWishes({ database }: FactorStoreParts): Pick<FactorStore, 'rename' | 'prefer'> {
  return {
    async rename(tenantId, accountId, factorId, label) {
      if (!isUuid(accountId) || !isUuid(factorId) || !isStorableText(label)) return false;
      const { numUpdatedRows } = await own(database.forTenant(tenantId), { tenantId, accountId }, factorId)
        .set({ label })
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async prefer(tenantId, accountId, factorId, at) {
      if (!isUuid(accountId) || (factorId !== undefined && !isUuid(factorId))) return false;
      const whose = { tenantId, accountId };
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          await lockPerson(transaction, whose);
          if (factorId !== undefined) {
            const { numUpdatedRows } = await own(transaction, whose, factorId)
              .set({ preferred_at: toInstant(at) })
              .executeTakeFirst();
            if (numUpdatedRows === 0n) return false;
          }
          const others = transaction
            .updateTable('factor')
            .set({ preferred_at: null })
            .where('tenant_id', '=', tenantId)
            .where('account_id', '=', accountId)
            .where('preferred_at', 'is not', null);
          await (factorId === undefined ? others : others.where('id', '<>', factorId)).execute();
          return true;
        });
    },
  };
}

/** Changes of what a person can prove; each one transaction. */
function createExchanges({ database, sealer }: FactorStoreParts): Pick<FactorStore, 'remove' | 'replace'> {
  return {
    async remove(tenantId, accountId, factorId, keep) {
      if (!isUuid(accountId) || !isUuid(factorId)) return 'gone';
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          await lockPerson(transaction, { tenantId, accountId });
          const rows = await transaction
            .selectFrom('factor')
            .select(['id', 'kind'])
            .where('tenant_id', '=', tenantId)
            .where('account_id', '=', accountId)
            .execute();
          if (!rows.some(({ id }) => id === factorId)) return 'gone';
          const left = rows.filter(({ id }) => id !== factorId);
          const isKept = keep.every((kinds) => left.some(({ kind }) => kinds.includes(kind)));
          if (left.length === 0 || !isKept) return 'last';
          await removeOne(transaction, { tenantId, accountId }, factorId);
          return 'removed';
        });
    },

    async replace(formerId, factor, at) {
      const { tenantId, accountId } = factor;
      if (!isUuid(accountId) || !isUuid(formerId)) return 'gone';
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          await lockPerson(transaction, { tenantId, accountId });
          // First the new one: a transaction that ends well leaves both or the new one, never none.
          const { numInsertedOrUpdatedRows } = await transaction
            .insertInto('factor')
            .columns(COLUMNS)
            .expression(
              enrolledPerson(transaction, tenantId, accountId)
                .where(({ exists, selectFrom }) =>
                  exists(
                    selectFrom('factor as former')
                      .select('former.id')
                      .where('former.tenant_id', '=', tenantId)
                      .where('former.account_id', '=', accountId)
                      .where('former.id', '=', formerId),
                  ),
                )
                .select(asSelection(toRow(factor, at, sealer))),
            )
            .onConflict(unlessOwned)
            .executeTakeFirstOrThrow();
          if (numInsertedOrUpdatedRows === 1n) {
            await removeOne(transaction, { tenantId, accountId }, formerId);
            return 'replaced';
          }
          const former = await transaction
            .selectFrom('factor')
            .select('id')
            .where('tenant_id', '=', tenantId)
            .where('account_id', '=', accountId)
            .where('id', '=', formerId)
            .executeTakeFirst();
          return former === undefined ? 'gone' : 'taken';
        });
    },
  };
}

/** What a person changes about the methods they have. */
export function createFactorChanges(
  parts: FactorStoreParts,
): Pick<FactorStore, 'rename' | 'prefer' | 'remove' | 'replace'> {
  return { ...createWishes(parts), ...createExchanges(parts) };
}
