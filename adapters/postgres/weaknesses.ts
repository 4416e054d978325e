import { sql } from 'kysely';
import type { OpenDatabase } from './connect.ts';
import { failClosed } from './fail-closed.ts';

/** Tables with rows of tenants whose wall does not stand in the way of this role. */
async function openTables({ db }: OpenDatabase): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and not row_security_active(c.oid)
    order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

/**
 * What an operator should know about how this process signs on to the database: sentences for the log, none when all
 * is well. Throws AppError `store-unavailable` when the database does not answer.
 */
export async function findWeaknesses(database: OpenDatabase): Promise<string[]> {
  if (database.kind === 'embedded') return [];
  const open = await failClosed(() => openTables(database));
  const bypassed =
    'the database role of DATABASE_URL passes the wall between tenants (it owns the tables or is a superuser): ' +
    `give the server a role of its own and run migrate; open to it: ${open.join(', ')}`;
  const pooled =
    'a pooler stands between this process and Postgres: every query takes a transaction of its own, ' +
    'so that no tenant is met on a shared connection; connecting directly is faster';
  return [...(open.length > 0 ? [bypassed] : []), ...(database.pooled() ? [pooled] : [])];
}
