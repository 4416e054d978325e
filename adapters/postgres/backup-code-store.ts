import { sql } from 'kysely';
import { BACKUP_CODE_TRIES, type BackupCode, type BackupCodeStore } from '#src/sign-in/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import { enrolledPerson } from './person.ts';

function createReplacing(database: TenantDatabase) {
  return {
    /** The person had none yet. */
    async putFirst(tenantId: string, accountId: string, { id, hash, createdAt }: BackupCode) {
      const db = database.forTenant(tenantId);
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('backup_code')
        .columns(['tenant_id', 'account_id', 'id', 'hash', 'created_at'])
        .expression(
          enrolledPerson(db, tenantId, accountId).select([
            'account.tenant_id',
            'account.id as account_id',
            sql.val(id).as('id'),
            sql.val(hash).as('hash'),
            sql.val(toInstant(createdAt)).as('created_at'),
          ]),
        )
        .onConflict((conflict) => conflict.columns(['tenant_id', 'account_id']).doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },

    async swap(tenantId: string, accountId: string, { id, hash, createdAt }: BackupCode, expected: string) {
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('backup_code')
        .set({ id, hash, tries: 0, created_at: toInstant(createdAt), used_at: null })
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('id', '=', expected)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

/** Durable store of backup codes: one row for each person, of which every change is one statement. */
export function createBackupCodeStore({ database }: { database: TenantDatabase }): BackupCodeStore {
  const { putFirst, swap } = createReplacing(database);
  const unused = (tenantId: string, accountId: string, id: string) =>
    database
      .forTenant(tenantId)
      .updateTable('backup_code')
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .where('used_at', 'is', null);
  return failClosedStore<BackupCodeStore>({
    async find(tenantId, accountId) {
      if (!isUuid(accountId)) return undefined;
      const row = await database
        .forTenant(tenantId)
        .selectFrom('backup_code')
        .select(['id', 'hash', 'created_at'])
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('used_at', 'is', null)
        .where('tries', '<', BACKUP_CODE_TRIES)
        .executeTakeFirst();
      return row && { id: row.id, hash: row.hash, createdAt: toMillis(row.created_at) };
    },

    async replace(tenantId, accountId, next, expected) {
      if (!isUuid(accountId)) return false;
      if (expected === undefined) return putFirst(tenantId, accountId, next);
      return isUuid(expected) && swap(tenantId, accountId, next, expected);
    },

    async countTry(tenantId, accountId, id) {
      if (!isUuid(accountId) || !isUuid(id)) return false;
      const { numUpdatedRows } = await unused(tenantId, accountId, id)
        .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
        .where('tries', '<', BACKUP_CODE_TRIES)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async use(tenantId, accountId, id, at) {
      if (!isUuid(accountId) || !isUuid(id)) return false;
      // Its own try was counted before, so the last one that is right still finds it.
      const { numUpdatedRows } = await unused(tenantId, accountId, id)
        .set({ used_at: toInstant(at) })
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  });
}
