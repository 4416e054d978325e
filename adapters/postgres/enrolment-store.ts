import { type Kysely, sql } from 'kysely';
import { type EnrolmentStore, NOTHING_KNOWN } from '#src/enrolment/ports.ts';
import { BACKUP_CODE_TRIES } from '#src/sign-in/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { markEnrolment } from './enrolment-mark.ts';
import { failClosedStore } from './fail-closed.ts';
import { createFirstSignIn, type FirstSignInParts } from './first-sign-in.ts';
import { toOptionalMillis } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import { enrolledPerson, person } from './person.ts';
import type { Database } from './schema.ts';

function recordQuery(db: Kysely<Database>, tenantId: string, accountId: string) {
  return person(db, tenantId, accountId)
    .leftJoin('enrolment', (join) =>
      join
        .onRef('enrolment.tenant_id', '=', 'account.tenant_id')
        .onRef('enrolment.account_id', '=', 'account.id'),
    )
    .leftJoin('backup_code', (join) =>
      join
        .onRef('backup_code.tenant_id', '=', 'account.tenant_id')
        .onRef('backup_code.account_id', '=', 'account.id'),
    )
    .select([
      'enrolment.skipped',
      'enrolment.finished_at',
      'enrolment.asked_at',
      'backup_code.id as backup_code',
      'backup_code.tries',
      'backup_code.used_at',
    ]);
}

function createCourse(database: TenantDatabase): Pick<EnrolmentStore, 'load' | 'skip' | 'finish'> {
  return {
    async load(tenantId, accountId) {
      if (!isUuid(accountId)) return NOTHING_KNOWN;
      const row = await recordQuery(database.forTenant(tenantId), tenantId, accountId).executeTakeFirst();
      if (row === undefined) return NOTHING_KNOWN;
      return {
        skipped: row.skipped ?? [],
        finishedAt: toOptionalMillis(row.finished_at),
        backupCode: row.backup_code ?? undefined,
        backupCodeWorks: row.tries !== null && row.tries < BACKUP_CODE_TRIES && row.used_at === null,
        askedQuestion: row.asked_at !== null,
      };
    },

    async skip(tenantId, accountId, page) {
      if (!isUuid(accountId)) return;
      const db = database.forTenant(tenantId);
      const skipped = sql<string[]>`array[${page}]::text[]`.as('skipped');
      await db
        .insertInto('enrolment')
        .columns(['tenant_id', 'account_id', 'skipped'])
        .expression(person(db, tenantId, accountId).select(['tenant_id', 'id', skipped]))
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'account_id'])
            .doUpdateSet({ skipped: sql`enrolment.skipped || excluded.skipped` })
            .where(sql<boolean>`not enrolment.skipped @> excluded.skipped`),
        )
        .execute();
    },

    async finish(tenantId, accountId, at) {
      if (!isUuid(accountId)) return;
      const db = database.forTenant(tenantId);
      await markEnrolment(db, enrolledPerson(db, tenantId, accountId), 'finished_at', at);
    },
  };
}

/** The account comes first: its lock keeps off whoever adds something at the same moment. */
async function forgetSecondStep(db: Kysely<Database>, tenantId: string, accountId: string): Promise<void> {
  await db
    .updateTable('account')
    .set({ enrolled_at: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .execute();
  for (const table of ['factor', 'backup_code'] as const) {
    await db
      .deleteFrom(table)
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', accountId)
      .execute();
  }
  await db
    .updateTable('enrolment')
    .set({ skipped: [], finished_at: null })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .execute();
}

/** Durable store of the course of first sign-ins: what was skipped, asked and done. The e-mail address is sealed. */
export function createEnrolmentStore(parts: FirstSignInParts): EnrolmentStore {
  const { database } = parts;
  return failClosedStore<EnrolmentStore>({
    ...createCourse(database),
    ...createFirstSignIn(parts),
    async resetSecondStep(tenantId, accountId) {
      if (!isUuid(accountId)) return;
      await database
        .forTenant(tenantId)
        .transaction()
        .execute((transaction) => forgetSecondStep(transaction, tenantId, accountId));
    },
  });
}
