import { type Kysely, sql } from 'kysely';
import type { EnrolmentStore, SecurityQuestion } from '#src/enrolment/ports.ts';
import type { Digester, Sealer } from '#src/secret/ports.ts';
import { emailDigest } from './account-row.ts';
import type { TenantDatabase } from './connect.ts';
import { markEnrolment } from './enrolment-mark.ts';
import { toInstant } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import { person } from './person.ts';
import type { Database } from './schema.ts';
import { sealContext } from './seal-context.ts';

export interface FirstSignInParts {
  database: TenantDatabase;
  sealer: Sealer;
  digester: Digester;
}

interface Whose {
  tenantId: string;
  accountId: string;
}

/** An address that was proved stays so in whatever spelling; another one has to be proved. */
async function keepEmail(
  db: Kysely<Database>,
  { sealer, digester }: FirstSignInParts,
  { tenantId, accountId }: Whose,
  email: string,
): Promise<void> {
  const digest = emailDigest(digester, email);
  await db
    .updateTable('account')
    .set({
      email_sealed: sealer.seal(email, sealContext.account(tenantId, accountId, 'email')),
      email_digest: digest,
      email_verified: sql<boolean>`email_verified and email_digest = ${digest}`,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', accountId)
    .execute();
}

async function keepQuestion(
  db: Kysely<Database>,
  { tenantId, accountId }: Whose,
  question: SecurityQuestion,
  at: number,
): Promise<void> {
  const row = person(db, tenantId, accountId).select([
    'tenant_id',
    'id',
    sql.val(question.key).as('question_key'),
    sql.val(question.text).as('question_text'),
    sql.val(question.answerHash).as('answer_hash'),
    sql.val(toInstant(at)).as('set_at'),
  ]);
  await db
    .insertInto('security_question')
    .columns(['tenant_id', 'account_id', 'question_key', 'question_text', 'answer_hash', 'set_at'])
    .expression(row)
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'account_id']).doUpdateSet(({ ref }) => ({
        question_key: ref('excluded.question_key'),
        question_text: ref('excluded.question_text'),
        answer_hash: ref('excluded.answer_hash'),
        set_at: ref('excluded.set_at'),
      })),
    )
    .execute();
}

/** What the page `Eerste inlog` asks (R15), and what is done with it later. */
export function createFirstSignIn(
  parts: FirstSignInParts,
): Pick<EnrolmentStore, 'saveFirstSignIn' | 'saveQuestion' | 'findQuestion' | 'proveEmail'> {
  const { database, digester } = parts;
  return {
    async saveFirstSignIn(tenantId, accountId, { question, email }, at) {
      if (!isUuid(accountId)) return;
      const whose = { tenantId, accountId };
      await database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          if (email !== undefined) await keepEmail(transaction, parts, whose, email);
          if (question !== undefined) await keepQuestion(transaction, whose, question, at);
          await markEnrolment(transaction, person(transaction, tenantId, accountId), 'asked_at', at);
        });
    },

    async saveQuestion(tenantId, accountId, question, at) {
      if (!isUuid(accountId)) return;
      await keepQuestion(database.forTenant(tenantId), { tenantId, accountId }, question, at);
    },

    async findQuestion(tenantId, accountId) {
      if (!isUuid(accountId)) return undefined;
      const row = await database
        .forTenant(tenantId)
        .selectFrom('security_question')
        .select(['question_key', 'question_text', 'answer_hash'])
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      return row && { key: row.question_key, text: row.question_text, answerHash: row.answer_hash };
    },

    async proveEmail(tenantId, accountId, email) {
      if (!isUuid(accountId)) return false;
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('account')
        .set({ email_verified: true })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', accountId)
        .where('email_digest', '=', emailDigest(digester, email))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
