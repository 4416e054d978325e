import { type Kysely, type RawBuilder, sql } from 'kysely';
import { AppError } from '#src/errors.ts';
import {
  applicationFunctions,
  applicationPrivileges,
  type TablePrivileges,
} from './application-privileges.ts';
import type { Database } from './schema.ts';

function verbsOf(privileges: TablePrivileges): RawBuilder<unknown>[] {
  const columns = sql.join(privileges.update.map((column) => sql.id(column)));
  return [
    ...(privileges.select ? [sql`select`] : []),
    ...(privileges.insert ? [sql`insert`] : []),
    ...(privileges.update.length > 0 ? [sql`update (${columns})`] : []),
    ...(privileges.delete ? [sql`delete`] : []),
  ];
}

interface Standing {
  owner: string;
  database: string;
  schema: string;
}

async function readStanding(db: Kysely<Database>): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select current_user as owner, current_database() as database, current_schema() as schema`.execute(db);
  const [standing] = rows;
  if (standing === undefined) throw new AppError('internal', 500, 'the database does not say who we are');
  return standing;
}

async function requireRole(db: Kysely<Database>, role: string): Promise<void> {
  const { rows } = await sql`select 1 from pg_roles where rolname = ${role}`.execute(db);
  if (rows.length === 0) {
    throw new AppError('internal', 500, `there is no role ${role} in this database server; create it first`);
  }
}

/** Servers upgraded from before Postgres 15 let everybody create tables, which only their superuser can end. */
async function requireNoDdl(db: Kysely<Database>, role: string, schema: string): Promise<void> {
  const { rows } = await sql<{ may: boolean }>`
    select has_schema_privilege(${role}, ${schema}, 'create') as may`.execute(db);
  if (rows[0]?.may !== false) {
    throw new AppError(
      'internal',
      500,
      `role ${role} may create tables in schema ${schema}; ` +
        `let a superuser run: revoke create on schema ${schema} from public, ${role}`,
    );
  }
}

/**
 * Gives the application role exactly what `applicationPrivileges` lists and takes everything else away, in one
 * transaction: a running application never meets the moment in between. Does nothing when the role is the owner.
 */
export async function grantApplicationRole(db: Kysely<Database>, role: string): Promise<void> {
  const { owner, database, schema } = await readStanding(db);
  if (role === owner) return;
  await requireRole(db, role);
  await db.transaction().execute(async (transaction) => {
    const run = (statement: RawBuilder<unknown>) => statement.execute(transaction);
    const [grantee, inSchema] = [sql.id(role), sql.id(schema)];
    await run(sql`revoke create on schema ${inSchema} from public, ${grantee}`);
    await run(sql`revoke create, temporary on database ${sql.id(database)} from public, ${grantee}`);
    await run(sql`grant usage on schema ${inSchema} to ${grantee}`);
    await run(sql`revoke all on all tables in schema ${inSchema} from public, ${grantee}`);
    for (const [table, privileges] of Object.entries(applicationPrivileges)) {
      await run(sql`grant ${sql.join(verbsOf(privileges))} on ${sql.id(schema, table)} to ${grantee}`);
    }
    for (const name of applicationFunctions) {
      await run(sql`revoke all on function ${sql.id(schema, name)} from public`);
      await run(sql`grant execute on function ${sql.id(schema, name)} to ${grantee}`);
    }
  });
  await requireNoDdl(db, role, schema);
}
