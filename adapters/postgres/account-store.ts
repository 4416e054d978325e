import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Suspender } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { createAccountChanges } from './account-changes.ts';
import { createAccountLookups } from './account-lookups.ts';
import { ACCOUNT_COLUMNS, type AccountStoreParts, toAccount, toAccountRow } from './account-row.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import { createPasswordChange } from './password-change.ts';
import { createRestoredEmail } from './restored-email.ts';

type Marks = Pick<AccountStore, 'setDisabled' | 'setSuspended'>;

function createMarks(database: TenantDatabase): Marks {
  const account = (tenantId: string, id: string) =>
    database
      .forTenant(tenantId)
      .updateTable('account')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id);
  return {
    async setDisabled(tenantId, id, disabledAt) {
      if (!isUuid(id)) return false;
      const { numUpdatedRows } = await account(tenantId, id)
        .set({ disabled_at: disabledAt === undefined ? null : toInstant(disabledAt) })
        .where('disabled_at', disabledAt === undefined ? 'is not' : 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async setSuspended(tenantId, id, suspended) {
      if (!isUuid(id)) return false;
      const strongest: Suspender = 'former-address';
      const marks =
        suspended === undefined
          ? { suspended_at: null, suspended_by: null }
          : {
              suspended_at: sql<Date>`coalesce(suspended_at, ${toInstant(suspended.at)})`,
              // Whoever has the address now can't turn this mark into one that their own recovery lifts.
              suspended_by: sql<Suspender>`case when suspended_by = ${strongest} then suspended_by else ${suspended.by} end`,
            };
      const { numUpdatedRows } = await account(tenantId, id).set(marks).executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

type Changes = Pick<AccountStore, 'create' | 'replacePasswordHash'>;

function createChanges(parts: AccountStoreParts): Changes {
  const { database, sealer } = parts;
  return {
    async create(account) {
      const row = await database
        .forTenant(account.tenantId)
        .insertInto('account')
        .values(toAccountRow(account, randomUUID(), parts))
        .onConflict((conflict) => conflict.columns(['tenant_id', 'login_name_canonical']).doNothing())
        .returning(ACCOUNT_COLUMNS)
        .executeTakeFirst();
      if (row === undefined) return { kind: 'login-name-taken' };
      return { kind: 'created', account: toAccount(row, sealer) };
    },

    async replacePasswordHash(tenantId, id, previous, next) {
      if (!isUuid(id)) return false;
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('account')
        .set({ password_hash: next })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('password_hash', '=', previous)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

/** Durable store of accounts. E-mail address and phone number are sealed, each bound to its row. */
export function createAccountStore(parts: AccountStoreParts): AccountStore {
  return failClosedStore<AccountStore>({
    ...createAccountLookups(parts),
    ...createMarks(parts.database),
    ...createChanges(parts),
    ...createPasswordChange(parts),
    ...createAccountChanges(parts),
    ...createRestoredEmail(parts),
  });
}
