import type { AccountStore } from '#src/account/ports.ts';
import { type AccountStoreParts, emailDigest } from './account-row.ts';
import { isUuid } from './lookup-value.ts';
import { endPasswordLinks } from './password-links.ts';
import { sealContext } from './seal-context.ts';

/** What a person changes about their own account, beside the password. */
export function createAccountChanges({
  database,
  sealer,
  digester,
}: AccountStoreParts): Pick<AccountStore, 'changeLocale' | 'changeEmail'> {
  return {
    async changeLocale(tenantId, id, locale) {
      if (!isUuid(id)) return false;
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('account')
        .set({ locale })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async changeEmail(tenantId, id, { email, expected, at }) {
      if (!isUuid(id)) return false;
      const former = expected === undefined ? null : emailDigest(digester, expected);
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable('account')
            .set({
              email_sealed: sealer.seal(email, sealContext.account(tenantId, id, 'email')),
              email_digest: emailDigest(digester, email),
              email_verified: true,
            })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .where('disabled_at', 'is', null)
            .where('suspended_at', 'is', null)
            .where('email_digest', 'is not distinct from', former)
            .executeTakeFirst();
          if (numUpdatedRows === 0n) return false;
          await endPasswordLinks(transaction, tenantId, id, at);
          return true;
        });
    },
  };
}
