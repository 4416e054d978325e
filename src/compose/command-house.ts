import { createDigester } from '#adapters/crypto/digester.ts';
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { openPostgresAsOwner } from '#adapters/postgres/connect.ts';
import { findLockHolder } from '#adapters/postgres/data-lock.ts';
import { openEmbedded } from '#adapters/postgres/embedded.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { checkSchema, migrate } from '#adapters/postgres/migrate.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import type { Config } from '#config/settings.ts';
import type { CommandHouse, Operations } from '#src/cli/operations.ts';
import { systemClock } from '#src/clock.ts';
import { AppError } from '#src/errors.ts';
import { createLog } from '#src/log.ts';
import { ensureDigestKey } from '#src/provider/keys.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createSystemEvents } from '#src/system-events.ts';
import { establishTenant } from '#src/tenant/establish-tenant.ts';
import { composeRetain, composeTrail, openAuditStores } from './audit.ts';
import { openDurable } from './durable.ts';
import { composeOperations } from './operations.ts';
import type { PersonMail, PersonMailParts } from './person-mail.ts';
import { composeReseal, composeSealer } from './sealer.ts';
import { composeSessions, composeTellLogout } from './sessions.ts';
import { openVolatile, type Volatile } from './volatile.ts';

/** Opens the stores of this configuration for one command; what the log would say goes to nobody. */
async function open(config: Config): Promise<Operations> {
  const clock = systemClock;
  const log = createLog({ level: 'silent', format: 'json' });
  await using owned = new AsyncDisposableStack();
  const durable = owned.use(await openDurable(config, { clock, log }));
  const { tenant: settings, issuer } = config;
  const tenant = await establishTenant(durable.tenants, { settings, issuer, mayMove: false });
  const kept = owned.move();
  const { digester } = durable;
  const audit = kept.use(composeTrail({ stores: durable.audit, digester, clock, log }));
  // Opened by the first command that needs them: listing people asks for neither Redis nor hashing threads.
  const volatile = onDemand(async () => kept.use(await openVolatile(config, { clock, log })));
  const threads = onDemand(async () => kept.use(await openPasswordHasher(config.password)));
  const hasher: PasswordHasher = {
    hash: async (password) => (await threads()).hash(password),
    verify: async (hash, password) => (await threads()).verify(hash, password),
  };
  const sessions = onDemand(async () =>
    composeSessions({
      ...{ config, volatile: await volatile() },
      tell: composeTellLogout({ config, tenant, durable, queue: durable.queue, clock }),
    }),
  );
  // Loaded by the one command that judges a policy: the libraries of all methods are half of everything.
  const methods = onDemand(async () =>
    (await import('./known-methods.ts')).knownMethods({ config, durable, hasher, clock, log }),
  );
  return composeOperations({
    config,
    tenant,
    durable,
    sessions: { endAll: async (...who) => (await sessions()).endAll(...who) },
    throttle: {
      read: async (...which) => (await volatile()).throttle.read(...which),
      settle: async (...which) => (await volatile()).throttle.settle(...which),
    },
    mail: mailOnDemand({ durable, volatile, events: createSystemEvents(audit.trail), clock, log }),
    sendsMail: config.messaging.mail.url !== undefined,
    audit,
    hasher,
    methods,
    clock,
    log,
    owned: kept,
  });
}

interface MailOnDemandParts extends Omit<PersonMailParts, 'throttle'> {
  volatile: () => Promise<Pick<Volatile, 'throttle'>>;
}

/** Loaded by the few commands that send anything: all texts of messages come with it. */
function mailOnDemand({ volatile, ...parts }: MailOnDemandParts): PersonMail {
  const throttle: PersonMailParts['throttle'] = {
    take: async (...which) => (await volatile()).throttle.take(...which),
  };
  const mail = onDemand(async () =>
    (await import('./person-mail.ts')).composePersonMail({ ...parts, throttle }),
  );
  return {
    invite: async (...whom) => (await mail()).invite(...whom),
    tell: async (...whom) => (await mail()).tell(...whom),
  };
}

/** Opens once, at the first call. */
function onDemand<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open();
    return opening;
  };
}

/** The role that the application signs on with: the user of its own address. */
function applicationRole(config: Config): string | undefined {
  const { url } = config.database;
  const user = url === undefined ? '' : new URL(url.reveal()).username;
  return user === '' ? undefined : decodeURIComponent(user);
}

function openForMigration(config: Config) {
  const { store, url, migrationUrl } = config.database;
  if (store === 'embedded') return openEmbedded({ dataDir: config.dataDir });
  const owner = migrationUrl ?? url;
  if (owner === undefined) {
    throw new AppError('store-unavailable', 500, 'DATABASE_MIGRATION_URL or DATABASE_URL is needed');
  }
  return openPostgresAsOwner({ url: owner.reveal() });
}

/** The command line's way to the stores. */
export function createCommandHouse(): CommandHouse {
  return {
    open,
    async migrate(config, onProgress) {
      await using database = await openForMigration(config);
      // Without await the database would be closed under the migrations.
      return await migrate(database.db, { onProgress, applicationRole: applicationRole(config) });
    },
    async reseal(config, options) {
      await using database = await openForMigration(config);
      await checkSchema(database.db);
      const [clock, log] = [systemClock, createLog({ level: 'silent', format: 'json' })];
      return await composeReseal({ config, database, clock, log })(options);
    },
    async retain(config, options) {
      await using database = await openForMigration(config);
      await checkSchema(database.db);
      const [clock, log] = [systemClock, createLog({ level: 'silent', format: 'json' })];
      const { sealer } = composeSealer(config);
      const keys = createKeyStore({ database, sealer });
      // The log was written under this key, so it is there; else there is nothing to forget.
      const digester = createDigester(await ensureDigestKey({ keys, clock, firstStart: (work) => work() }));
      const [stores, tenants] = [openAuditStores(database), createTenantStore(database)];
      return await composeRetain({ config, stores, tenants, digester, clock, log })(options);
    },
    findHolder: findLockHolder,
  };
}
