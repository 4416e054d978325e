import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { AppError } from '#src/errors.ts';
import { failClosed } from './fail-closed.ts';
import { migrations as ours } from './migrations/index.ts';
import { grantApplicationRole } from './privileges.ts';
import type { Database } from './schema.ts';

/** One migration on its way: `position` of `total`, counted from 1; `ms` since it began. */
export interface MigrationProgress {
  state: 'started' | 'done';
  name: string;
  position: number;
  total: number;
  ms: number;
}

export interface MigrateOptions {
  onProgress?: ((progress: MigrationProgress) => void) | undefined;
  /** Role that the application signs on with; it gets what it needs and no more. */
  applicationRole?: string | undefined;
  migrations?: Readonly<Record<string, Migration>> | undefined;
}

/** How many migrations ran now, how many had run before, and how long it took in milliseconds. */
export interface MigrationSummary {
  applied: number;
  already: number;
  ms: number;
}

/** Names of the migrations that ran; none when the record is missing or closed to this role. */
async function appliedNames(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ readable: boolean | null }>`
    select has_table_privilege(to_regclass('kysely_migration'), 'select') as readable`.execute(db);
  if (rows[0]?.readable !== true) return [];
  const applied = await db.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return applied.map(({ name }) => name);
}

function plural(count: number): string {
  return count === 1 ? '1 migration' : `${count} migrations`;
}

function requireKnown(applied: readonly string[], known: ReadonlySet<string>): void {
  const unknown = applied.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new AppError(
      'schema-ahead',
      500,
      `the database is ahead of this version by ${plural(unknown.length)}; deploy the newer version`,
    );
  }
}

function pendingNames(applied: readonly string[], migrations: Readonly<Record<string, Migration>>): string[] {
  const done = new Set(applied);
  return Object.keys(migrations)
    .sort()
    .filter((name) => !done.has(name));
}

/**
 * Refuses to serve on another schema than this version's. Throws AppError `schema-behind` or `schema-ahead` with
 * a sentence saying by how much and what to do, `store-unavailable` when the database does not answer.
 */
export async function checkSchema(
  db: Kysely<Database>,
  migrations: Readonly<Record<string, Migration>> = ours,
): Promise<void> {
  const applied = await failClosed(() => appliedNames(db));
  requireKnown(applied, new Set(Object.keys(migrations)));
  const { length } = pendingNames(applied, migrations);
  if (length > 0) {
    throw new AppError(
      'schema-behind',
      500,
      `the database is behind this version by ${plural(length)}; run: npx poortwachter migrate`,
    );
  }
}

/** Runs the next migration in a transaction of its own; false when somebody else ran it meanwhile. */
async function runNext(migrator: Migrator, name: string): Promise<boolean> {
  try {
    return await failClosed(async () => {
      const { error, results = [] } = await migrator.migrateUp();
      if (error !== undefined) throw error;
      return results.length > 0;
    });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('internal', 500, `migration ${name} failed and left nothing behind`, { cause });
  }
}

/**
 * Brings the schema up to this version, one migration at a time, then settles the application role's
 * privileges; safe to repeat and safe when two processes do it at once. Needs the owner role. Throws AppError
 * `schema-ahead`, `store-unavailable`, or `internal` when a migration fails.
 */
export async function migrate(db: Kysely<Database>, options: MigrateOptions = {}): Promise<MigrationSummary> {
  const { onProgress, applicationRole, migrations = ours } = options;
  const start = performance.now();
  const elapsed = (since: number) => Math.round(performance.now() - since);
  const before = await failClosed(() => appliedNames(db));
  requireKnown(before, new Set(Object.keys(migrations)));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const pending = pendingNames(before, migrations);
  let applied = 0;
  for (const [index, name] of pending.entries()) {
    const step = { name, position: index + 1, total: pending.length };
    const begun = performance.now();
    onProgress?.({ ...step, state: 'started', ms: 0 });
    if (await runNext(migrator, name)) applied += 1;
    onProgress?.({ ...step, state: 'done', ms: elapsed(begun) });
  }
  if (applicationRole !== undefined) await failClosed(() => grantApplicationRole(db, applicationRole));
  return { applied, already: Object.keys(migrations).length - applied, ms: elapsed(start) };
}
