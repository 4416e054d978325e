import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * When the password was last set anew by a link in a mail: a phone number that is newer yet proves nothing behind it. And
 * which session it was last set anew in, by who was signed in.
 */
async function extendAccount(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('account')
    .addColumn('recovered_at', 'timestamptz')
    .addColumn('kept_session', 'text')
    .execute();
}

/** Which method a person wants to be asked for first, and until when a new number is no help in a recovery. */
async function extendFactor(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('factor')
    .addColumn('preferred_at', 'timestamptz')
    .addColumn('cools_until', 'timestamptz')
    .execute();
}

/** By which name a person knows a browser that is remembered. */
async function extendLane(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('sign_in_lane').addColumn('agent', 'text').execute();
}

/** The address that a link from a former address brings back. */
async function extendMailLink(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('mail_link').addColumn('former_email_sealed', 'text').execute();
}

/** What people do with their own account. Frozen. */
export const ownAccount: Migration = {
  async up(db) {
    await extendAccount(db);
    await extendFactor(db);
    await extendLane(db);
    await extendMailLink(db);
  },
};
