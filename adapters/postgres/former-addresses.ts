import type { MailLinkStore } from '#src/recovery/ports.ts';
import { toMillis } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import type { MailLinkStoreParts } from './mail-link-store.ts';
import { sealContext } from './seal-context.ts';

/** Addresses that links keep: those of links that ended are wiped, those of links that are too old stay a while. */
export function createFormerAddresses({
  database,
  sealer,
}: MailLinkStoreParts): Pick<MailLinkStore, 'formerAddresses'> {
  return {
    async formerAddresses(tenantId, accountId) {
      if (!isUuid(accountId)) return [];
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('mail_link')
        .select(['id', 'former_email_sealed', 'created_at', 'expires_at'])
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('former_email_sealed', 'is not', null)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.flatMap(({ id, former_email_sealed: sealed, created_at, expires_at }) =>
        sealed === null
          ? []
          : {
              email: sealer.open(sealed, sealContext.formerEmail(tenantId, id)),
              replacedAt: toMillis(created_at),
              comesBackUntil: toMillis(expires_at),
            },
      );
    },
  };
}
