import { type Kysely, sql } from 'kysely';
import type { Suspender } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { type AccountStoreParts, emailDigest } from './account-row.ts';
import { toInstant } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import { endPasswordLinks } from './password-links.ts';
import { person } from './person.ts';
import type { Database } from './schema.ts';
import { sealContext } from './seal-context.ts';

const HELD: Suspender = 'former-address';
const BY_PERSON: Suspender = 'person';

/** The address that is to be replaced, locked until another one is; undefined for an account that is to stay as it is. */
function presentEmail(db: Kysely<Database>, tenantId: string, id: string) {
  return person(db, tenantId, id)
    .select(['account.email_sealed', 'account.email_verified'])
    .where('account.disabled_at', 'is', null)
    .where('account.suspended_by', 'is distinct from', HELD)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** What the person who is to be kept out made use of: browsers that are known, and mails to their own address. */
async function forgetWaysIn(db: Kysely<Database>, tenantId: string, id: string, at: number): Promise<void> {
  await db
    .deleteFrom('sign_in_lane')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', id)
    .where('lane', '<>', STRANGERS)
    .execute();
  await endPasswordLinks(db, tenantId, id, at);
}

/** An address that comes back, and the account that closes with it: both or neither. */
export function createRestoredEmail({
  database,
  sealer,
  digester,
}: AccountStoreParts): Pick<AccountStore, 'restoreEmail'> {
  return {
    async restoreEmail(tenantId, id, { email, at }) {
      if (!isUuid(id)) return undefined;
      const context = sealContext.account(tenantId, id, 'email');
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          const before = await presentEmail(transaction, tenantId, id);
          if (before === undefined) return undefined;
          await transaction
            .updateTable('account')
            .set({
              email_sealed: sealer.seal(email, context),
              email_digest: emailDigest(digester, email),
              email_verified: true,
              suspended_by: BY_PERSON,
              // Later than a mark that stood already: a recovery that saw that one is overtaken too.
              suspended_at: sql<Date>`greatest(${toInstant(at)}, suspended_at + interval '1 millisecond')`,
            })
            .where('tenant_id', '=', tenantId)
            .where('id', '=', id)
            .execute();
          await forgetWaysIn(transaction, tenantId, id, at);
          const { email_sealed: sealed, email_verified: proved } = before;
          return { replaced: proved && sealed !== null ? sealer.open(sealed, context) : undefined };
        });
    },
  };
}
