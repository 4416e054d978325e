import { access, chmod, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, type LogConfig, PGliteDialect } from 'kysely';
import { AppError } from '#src/errors.ts';
import type { OpenDatabase } from './connect.ts';
import { lockDataDir } from './data-lock.ts';
import { ping } from './ping.ts';
import type { Database } from './schema.ts';

export interface EmbeddedOptions {
  /** Folder of the embedded stores; undefined keeps everything in memory. */
  dataDir: string | undefined;
  /** In memory only: starts as a copy of a database that PGlite dumped. */
  copyOf?: Blob | undefined;
  log?: LogConfig | undefined;
}

const INT8 = 20;

async function openPglite(databaseDir: string | undefined, copyOf: Blob | undefined) {
  // Loaded here so that a process on a Postgres server never loads 20 MB of WebAssembly.
  const { PGlite } = await import('@electric-sql/pglite');
  return PGlite.create({
    ...(databaseDir && { dataDir: databaseDir }),
    ...(copyOf && { loadDataDir: copyOf }),
    parsers: { [INT8]: Number },
  });
}

/** PGlite makes its files readable to all; the folder around them is not. */
async function prepareFolder(dataDir: string): Promise<string> {
  const databaseDir = join(dataDir, 'postgres');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK | constants.X_OK);
    await mkdir(databaseDir, { recursive: true, mode: 0o700 });
    await chmod(databaseDir, 0o700);
    await access(databaseDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new AppError('data-not-writable', 500, `the data folder ${dataDir} can not be written`, { cause });
  }
  return databaseDir;
}

function toOpenDatabase(
  pglite: Awaited<ReturnType<typeof openPglite>>,
  log: LogConfig | undefined,
  release: () => Promise<void>,
): OpenDatabase {
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }), ...(log && { log }) });
  return {
    db,
    forTenant: () => db,
    kind: 'embedded',
    pooled: () => false,
    ping: () => ping(db),
    async [Symbol.asyncDispose]() {
      try {
        await db.destroy();
        // Kysely closes it only when a query went through Kysely.
        if (!pglite.closed) await pglite.close();
      } finally {
        await release();
      }
    },
  };
}

/**
 * Opens the embedded database, for one process: PGlite in `<dataDir>/postgres`, or in memory. Throws AppError
 * `data-in-use` when another process has the folder, `data-not-writable` when it can't be written.
 */
export async function openEmbedded({ dataDir, copyOf, log }: EmbeddedOptions): Promise<OpenDatabase> {
  if (dataDir === undefined) {
    return toOpenDatabase(await openPglite(undefined, copyOf), log, async () => {});
  }
  const databaseDir = await prepareFolder(dataDir);
  const release = await lockDataDir(dataDir);
  try {
    return toOpenDatabase(await openPglite(databaseDir, undefined), log, release);
  } catch (error) {
    await release();
    throw error;
  }
}
