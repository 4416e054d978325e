import { type Kysely, sql } from 'kysely';
import type { Database } from '#adapters/postgres/schema.ts';

/** Whether some statement waits for a row that another transaction holds. */
export async function someoneWaits(db: Kysely<Database>): Promise<boolean> {
  // Whoever waits for a row waits for the other transaction's end, and holds a lock on the table meanwhile.
  const { rows } = await sql`
    select 1 from pg_locks as waits join pg_locks as holds on holds.pid = waits.pid
    where waits.locktype = 'transactionid' and not waits.granted
      and holds.database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0;
}
