import { type Kysely, sql } from 'kysely';
import { toInstant } from './instant.ts';
import type { person } from './person.ts';
import type { Database } from './schema.ts';

/** Puts a moment in the enrolment of whom `whose` finds; a row is made where there is none. */
export async function markEnrolment(
  db: Kysely<Database>,
  whose: ReturnType<typeof person>,
  mark: 'asked_at' | 'finished_at',
  at: number,
): Promise<void> {
  await db
    .insertInto('enrolment')
    .columns(['tenant_id', 'account_id', mark])
    .expression(whose.select(['tenant_id', 'id', sql.val(toInstant(at)).as(mark)]))
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'account_id'])
        .doUpdateSet(({ ref }) => ({ [mark]: ref(`excluded.${mark}`) })),
    )
    .execute();
}
