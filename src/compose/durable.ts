import { createDigester } from '#adapters/crypto/digester.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createBackupCodeStore } from '#adapters/postgres/backup-code-store.ts';
import { createClientStore } from '#adapters/postgres/client-store.ts';
import { type OpenDatabase, openPostgres } from '#adapters/postgres/connect.ts';
import { openEmbedded } from '#adapters/postgres/embedded.ts';
import { createEnrolmentStore } from '#adapters/postgres/enrolment-store.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { createFirstStartLock } from '#adapters/postgres/first-start-lock.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createLaneStore } from '#adapters/postgres/lane-store.ts';
import { createMailLinkStore } from '#adapters/postgres/mail-link-store.ts';
import { checkSchema, type MigrationProgress, migrate } from '#adapters/postgres/migrate.ts';
import { createQueueStore } from '#adapters/postgres/queue-store.ts';
import { createRevisionStore } from '#adapters/postgres/revision-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { findWeaknesses } from '#adapters/postgres/weaknesses.ts';
import type { Config } from '#config/settings.ts';
import { createVerifyAudit } from '#src/audit/verify.ts';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import { ensureDigestKey } from '#src/provider/keys.ts';
import type { FirstStartLock } from '#src/secret/ports.ts';
import { composeRetain, openAuditStores } from './audit.ts';
import { composeReseal, composeSealer } from './sealer.ts';

export interface DurableOptions {
  clock: Clock;
  log: Log;
  /** Brings the schema up to date first (the trial); otherwise a schema that is behind stops the start. */
  migrateFirst?: { onProgress?: (progress: MigrationProgress) => void } | undefined;
}

async function open(config: Config, log: Log): Promise<OpenDatabase> {
  const { store, url, poolSize } = config.database;
  if (store === 'embedded') return openEmbedded({ dataDir: config.dataDir });
  if (url === undefined) throw new Error('the configuration was accepted without a database address');
  const onConnectionLost = (err: Error) => log.warn({ err }, 'database connection lost');
  return openPostgres({ url: url.reveal(), poolSize, onConnectionLost });
}

/** One process has embedded stores to itself. */
function firstStartLock({ database: { store, url } }: Config): FirstStartLock {
  return store === 'embedded' || url === undefined
    ? (work) => work()
    : createFirstStartLock({ url: url.reveal() });
}

/** Everything kept for good: Postgres, or its embedded twin, and the stores on it. Owns the connection. */
export async function openDurable(config: Config, { clock, log, migrateFirst }: DurableOptions) {
  const database = await open(config, log);
  try {
    const { db } = database;
    if (migrateFirst !== undefined) await migrate(db, { onProgress: migrateFirst.onProgress });
    await checkSchema(db);
    for (const weakness of await findWeaknesses(database)) log.warn(weakness);
    const { sealer } = composeSealer(config);
    const keys = createKeyStore({ database, sealer });
    const firstStart = firstStartLock(config);
    const digester = createDigester(await ensureDigestKey({ keys, clock, firstStart }));
    const tenants = createTenantStore({ db });
    const audit = openAuditStores(database);
    return {
      kind: database.kind,
      firstStart,
      sealer,
      digester,
      keys,
      accounts: createAccountStore({ database, sealer, digester }),
      factors: createFactorStore({ database, sealer }),
      backupCodes: createBackupCodeStore({ database }),
      enrolments: createEnrolmentStore({ database, sealer, digester }),
      clients: createClientStore({ database, sealer }),
      lanes: createLaneStore({ database }),
      links: createMailLinkStore({ database, sealer }),
      queue: createQueueStore({ database, sealer }),
      tenants,
      audit,
      revisions: createRevisionStore({ db }),
      /** On a server this needs the owner role, which the process does not have. */
      reseal: composeReseal({ config, database, clock, log }),
      verifyAudit: createVerifyAudit({ seals: audit.seals, digester }),
      /** Needs the owner role likewise. */
      retain: composeRetain({ config, stores: audit, tenants, digester, clock, log }),
      ping: () => database.ping(),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await database[Symbol.asyncDispose]();
    throw failure;
  }
}

export type Durable = Awaited<ReturnType<typeof openDurable>>;
