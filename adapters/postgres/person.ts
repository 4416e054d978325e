import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** The row of a person, to insert from: nothing is kept for somebody who is not there. */
export function person(db: Kysely<Database>, tenantId: string, accountId: string) {
  return db
    .selectFrom('account')
    .where('account.tenant_id', '=', tenantId)
    .where('account.id', '=', accountId);
}

/**
 * The same when the person has a second step. Locked until what is inserted is kept: a reset at the same moment
 * either comes first, and nothing is kept, or removes it with the rest.
 */
export function enrolledPerson(db: Kysely<Database>, tenantId: string, accountId: string) {
  return person(db, tenantId, accountId).where('account.enrolled_at', 'is not', null).forShare();
}
