import { type Kysely, sql } from 'kysely';
import { failClosed } from './fail-closed.ts';
import type { Database } from './schema.ts';

/** Answers when the database does, else throws AppError `store-unavailable`. */
export async function ping(db: Kysely<Database>): Promise<void> {
  await failClosed(() => sql`select 1`.execute(db));
}
