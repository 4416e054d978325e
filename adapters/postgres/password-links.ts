import type { Kysely } from 'kysely';
import type { LinkPurpose } from '#src/recovery/ports.ts';
import { toInstant } from './instant.ts';
import type { Database } from './schema.ts';

/** Of these the newest alone works; all of them were mailed to the address that the account had then. */
export const FOR_PASSWORD: readonly LinkPurpose[] = ['reset', 'invitation'];

/** Ends the links to a password that still work: the mailbox that they went to is the account's no more. */
export async function endPasswordLinks(
  db: Kysely<Database>,
  tenantId: string,
  accountId: string,
  at: number,
): Promise<void> {
  await db
    .updateTable('mail_link')
    .set({ ended_at: toInstant(at) })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('purpose', 'in', FOR_PASSWORD)
    .where('ended_at', 'is', null)
    .execute();
}
