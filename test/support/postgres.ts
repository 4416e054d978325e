import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, type LogConfig, PGliteDialect } from 'kysely';
import pg from 'pg';
import { type OpenDatabase, openPostgres, openPostgresAsOwner } from '#adapters/postgres/connect.ts';
import { openEmbedded } from '#adapters/postgres/embedded.ts';
import { migrate } from '#adapters/postgres/migrate.ts';
import type { Database } from '#adapters/postgres/schema.ts';

/** Whatever runs a function when it is over: a test's context, or `endOfSuite()`. */
export interface Ending {
  after(end: () => Promise<void>): void;
}

/** The end of the suite that calls this in its body, for what its `before` opens. */
export function endOfSuite(): Ending {
  const ends: (() => Promise<void>)[] = [];
  after(async () => {
    for (const end of ends) await end();
  });
  return { after: (end) => ends.push(end) };
}

/** A database of one test: made, migrated, dropped afterwards. */
export interface TestDatabase {
  /** Address of the application role: what DATABASE_URL is in production. */
  url: string;
  /** Address of the owner: what DATABASE_MIGRATION_URL is in production. */
  migrationUrl: string;
  applicationRole: string;
  application: OpenDatabase;
  owner: OpenDatabase;
}

const OWNER = 'poortwachter_test_owner';
const APPLICATION = 'poortwachter_test_application';
const POOL_SIZE = 5;
/** Any number that all test processes agree on. */
const TEMPLATE_LOCK = 7_310_252;

function adminUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) {
    throw new Error('TEST_DATABASE_URL is not set: run with --test-global-setup=./test/support/services.ts');
  }
  return url;
}

/** The same in every process of a run, and not to be guessed without the server's own password. */
function passwordOf(role: string): string {
  return createHash('sha256').update(`${adminUrl()} ${role}`).digest('hex');
}

function urlFor(database: string, role?: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  if (role !== undefined) {
    url.username = role;
    url.password = passwordOf(role);
  }
  return url.href;
}

/** Changes with every file that decides what a fresh database looks like. */
function schemaHash(): string {
  const room = new URL('../../adapters/postgres/', import.meta.url);
  const index = readFileSync(new URL('migrations/index.ts', room), 'utf8');
  const files = [...index.matchAll(/from '\.\/(.+?)'/g)].map((match) => `migrations/${match[1]}`);
  const hash = createHash('sha256').update(index);
  for (const file of [...files, 'application-privileges.ts', 'privileges.ts', 'migrate.ts']) {
    hash.update(readFileSync(new URL(file, room)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function ensureRole(admin: pg.Client, role: string): Promise<void> {
  const { rowCount } = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
  await admin.query(
    `${rowCount === 0 ? 'create' : 'alter'} role ${role} login password '${passwordOf(role)}'`,
  );
}

async function makeTemplate(admin: pg.Client, template: string): Promise<void> {
  await admin.query(`drop database if exists ${template}`);
  await admin.query(`create database ${template} owner ${OWNER}`);
  await using owner = openPostgresAsOwner({ url: urlFor(template, OWNER) });
  await migrate(owner.db, { applicationRole: APPLICATION });
}

/** A migrated database to copy: copying takes a tenth of migrating. Made by whichever process comes first. */
async function ensureTemplate(): Promise<string> {
  const template = `poortwachter_template_${schemaHash()}`;
  await asAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await ensureRole(admin, OWNER);
    await ensureRole(admin, APPLICATION);
    const found = await admin.query('select 1 from pg_database where datname = $1 and datistemplate', [
      template,
    ]);
    if (found.rowCount !== 0) return;
    await makeTemplate(admin, template);
    await admin.query(`alter database ${template} with is_template true allow_connections false`);
  });
  return template;
}

let template: Promise<string> | undefined;

async function openTestDatabase(t: Ending, source: string, log?: LogConfig): Promise<TestDatabase> {
  const name = `poortwachter_test_${randomBytes(6).toString('hex')}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${source} owner ${OWNER}`));
  const [url, migrationUrl] = [urlFor(name, APPLICATION), urlFor(name, OWNER)];
  const application = openPostgres({ url, poolSize: POOL_SIZE, log });
  const owner = openPostgresAsOwner({ url: migrationUrl, log });
  t.after(async () => {
    await application[Symbol.asyncDispose]();
    await owner[Symbol.asyncDispose]();
    await asAdmin((admin) => admin.query(`drop database ${name} with (force)`));
  });
  return { url, migrationUrl, applicationRole: APPLICATION, application, owner };
}

/** A migrated Postgres database with an owner and an application role. `log` hears the queries of both. */
export async function createTestDatabase(
  t: Ending,
  options: { log?: LogConfig } = {},
): Promise<TestDatabase> {
  template ??= ensureTemplate();
  return openTestDatabase(t, await template, options.log);
}

/** The same before any migration ran. */
export async function createEmptyTestDatabase(t: Ending): Promise<TestDatabase> {
  template ??= ensureTemplate();
  await template;
  return openTestDatabase(t, 'template0');
}

/** Ends every connection to the database of this address, as a fail-over would. */
export async function endConnections(url: string): Promise<void> {
  const database = new URL(url).pathname.slice(1);
  await asAdmin((admin) =>
    admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]),
  );
}

async function dumpMigratedPglite(): Promise<Blob> {
  const pglite = await PGlite.create();
  await using db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }) });
  await migrate(db);
  return pglite.dumpDataDir('none');
}

/** A migrated PGlite to copy, shared by the processes of a run: the first start takes seconds, a copy a third. */
async function loadMigratedPglite(): Promise<Blob> {
  const cache = process.env.TEST_CACHE_DIR;
  if (!cache) return dumpMigratedPglite();
  const path = join(cache, `pglite-${schemaHash()}.tar`);
  if (!existsSync(path)) {
    const dump = await dumpMigratedPglite();
    const own = `${path}.${process.pid}`;
    await writeFile(own, Buffer.from(await dump.arrayBuffer()), { mode: 0o600 });
    await rename(own, path);
  }
  return new Blob([await readFile(path)]);
}

let migratedPglite: Promise<Blob> | undefined;

/** A migrated PGlite in memory, closed afterwards. */
export async function createTestPglite(t: Ending): Promise<OpenDatabase> {
  migratedPglite ??= loadMigratedPglite();
  const database = await openEmbedded({ dataDir: undefined, copyOf: await migratedPglite });
  t.after(() => database[Symbol.asyncDispose]());
  return database;
}
