import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What is counted stands in the index, and in its order: nothing is read beside it, and nothing is sorted. The one before
 * goes last: its lock stops readers too.
 */
async function indexByKind(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('message_by_kind')
    .on('message')
    .columns(['kind', 'state', 'created_at'])
    .where(sql<boolean>`state in ('waiting', 'dead')`)
    .execute();
  await db.schema.dropIndex('message_open').execute();
}

/**
 * The door that counts (0004), now by kind. It has a name of its own: a process of the version before, that still asks
 * for the one number of all kinds, then tells none, and no wrong one.
 */
async function replaceDoor(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db);
  // The temporary schema comes first unless it is named: a table of the caller's there would be met by the owner.
  const path = sql`set search_path to ${sql.id(rows[0]?.name ?? 'public')}, pg_temp`;
  await sql`drop function message_depth()`.execute(db);
  await sql`
    create function message_depths() returns table (kind text, waiting bigint, dead bigint, oldest timestamptz)
    language sql stable security definer ${path} as $$
      select message.kind, count(*) filter (where message.state = 'waiting'),
        count(*) filter (where message.state = 'dead'),
        min(message.created_at) filter (where message.state = 'waiting')
      from message where message.state in ('waiting', 'dead') group by message.kind
    $$`.execute(db);
  await sql`revoke execute on function message_depths() from public`.execute(db);
}

/** How full the queue is, by kind of item. Frozen. */
export const queueByKind: Migration = {
  async up(db) {
    await indexByKind(db);
    await replaceDoor(db);
  },
};
