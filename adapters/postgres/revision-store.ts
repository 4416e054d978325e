import { type Kysely, sql } from 'kysely';
import type { RevisionName, RevisionStore } from '#src/revision/ports.ts';
import { failClosedStore } from './fail-closed.ts';
import type { Database } from './schema.ts';

/** Counts a change, in the transaction that makes it: whoever reads the new count finds the change too. */
export async function bumpRevision(db: Kysely<Database>, name: RevisionName): Promise<void> {
  await db.updateTable('revision').set({ value: sql`value + 1` }).where('name', '=', name).execute();
}

/** How often what processes hold in memory has changed. */
export function createRevisionStore({ db }: { db: Kysely<Database> }): RevisionStore {
  return failClosedStore<RevisionStore>({
    async read() {
      const rows = await db.selectFrom('revision').select(['name', 'value']).execute();
      const countOf = (name: RevisionName) => rows.find((row) => row.name === name)?.value ?? 0;
      return { keys: countOf('keys'), tenants: countOf('tenants') };
    },
  });
}
