import type { Server } from 'node:http';
import type Koa from 'koa';
import { type OpenPasswordHasher, openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import type { MigrationProgress } from '#adapters/postgres/migrate.ts';
import { postgresRefusal } from '#adapters/postgres/refusal.ts';
import { redisRefusal } from '#adapters/redis/refusal.ts';
import type { Config } from '#config/settings.ts';
import type { Frames } from '#interactions/frame.ts';
import { createTexts } from '#interactions/i18n.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { Operations } from './cli/operations.ts';
import { type Clock, systemClock } from './clock.ts';
import { composeAudit } from './compose/audit.ts';
import { type Durable, openDurable } from './compose/durable.ts';
import { composeKeys } from './compose/keys.ts';
import { composeMessaging } from './compose/messaging.ts';
import { composeOperations } from './compose/operations.ts';
import { composePeople } from './compose/people.ts';
import { composeQueue } from './compose/queue.ts';
import type { SecondStep } from './compose/second-step.ts';
import { composeSettings } from './compose/settings.ts';
import { openVolatile, type Volatile } from './compose/volatile.ts';
import { composeWeb } from './compose/web.ts';
import type { SprayAlarm } from './lockout/spray-alarm.ts';
import { type Log, openLog } from './log.ts';
import type { MessageOutlet } from './message/ports.ts';
import { impatient, type Patience } from './patience.ts';
import { createLogoutHandler } from './provider/deliver-logout.ts';
import type { Providers } from './provider/providers.ts';
import { LOGOUT_KIND } from './provider/tell-logout.ts';
import type { RequestContext } from './request-context.ts';
import { openRevisionWatch } from './revision/watch.ts';
import { createTenantDirectory } from './tenant/directory.ts';
import { establishTenant } from './tenant/establish-tenant.ts';
import type { Tenant } from './tenant/tenant.ts';
import { createWebServer } from './web-server.ts';

/** What tests and the trial put in place of the defaults. */
export interface Overrides {
  clock?: Clock;
  log?: Log;
  /** Brings the schema up to date first; elsewhere an operator does. */
  migrateFirst?: { onProgress?: (progress: MigrationProgress) => void };
  /** Lets the tenant follow a changed issuer: the trial's address follows its port. */
  issuerMayMove?: boolean;
  /** More pages in front of ours. */
  extend?: (app: Koa<RequestContext>, frames: Frames) => void;
  /** Takes every message in the place of what is configured: the trial's letterbox. */
  outbox?: MessageOutlet;
  /**
   * False: the audit log is not sealed and the queue is not worked off, so that a test sees what a request itself costs,
   * and nothing besides.
   */
  background?: boolean;
  /** Waits for stores that are not there yet; without it the first failure is told. */
  patience?: Patience;
}

/** The stores by the names that operators know, and what of their failures no waiting mends. */
const postgres = { name: 'Postgres', setting: 'database.url (DATABASE_URL)', refusalOf: postgresRefusal };
const redis = { name: 'Redis', setting: 'redis.url (REDIS_URL)', refusalOf: redisRefusal };

/** The whole product, wired. Disposing of it ends its stores and threads. */
export interface Composition {
  /** Answers people and applications. */
  web: Server;
  tenant: Tenant;
  durable: Durable;
  audit: Pick<ReturnType<typeof composeAudit>, 'trail' | 'sealer'>;
  volatile: Volatile;
  hasher: OpenPasswordHasher;
  secondStep: Pick<SecondStep, 'methods' | 'backupCodes' | 'notices'>;
  providers: Pick<Providers, 'stats'>;
  sprayAlarm: Pick<SprayAlarm, 'count'>;
  /** What operators' commands act on, over these very stores. */
  operations: Operations;
  clock: Clock;
  log: Log;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * THE composition root: everything that needs something gets it here, by name. Throws AppError with a sentence for
 * the operator when a store can't be opened, its schema does not fit, or the tenant belongs to another issuer.
 */
export async function compose(config: Config, overrides: Overrides = {}): Promise<Composition> {
  const { clock = systemClock, migrateFirst, extend, background = true } = overrides;
  const log = overrides.log ?? (await openLog(config.log));
  await using owned = new AsyncDisposableStack();
  const patience = overrides.patience ?? impatient;
  // An embedded store is there, or held by somebody who is named: there is nothing to wait for.
  const forDatabase = config.database.store === 'postgres' ? patience : impatient;
  const forVolatile = config.redis.store === 'redis' ? patience : impatient;
  const fromPostgres = <T>(open: () => Promise<T>) => forDatabase.until({ ...postgres, open });
  const durable = owned.use(await fromPostgres(() => openDurable(config, { clock, log, migrateFirst })));
  const { audit: auditStores, digester } = durable;
  const audit = owned.use(composeAudit({ stores: auditStores, digester, clock, log, seals: background }));
  const { trail } = audit;
  const events = createSystemEvents(trail);
  const revisions = owned.use(
    await fromPostgres(() => openRevisionWatch({ revisions: durable.revisions, log })),
  );
  const mayMove = overrides.issuerMayMove === true;
  const { tenant: settings, issuer } = config;
  // Before Redis is waited for: a tenant of another issuer is no matter of time.
  const tenant = await fromPostgres(() => establishTenant(durable.tenants, { settings, issuer, mayMove }));
  const fromRedis = () => openVolatile(config, { clock, log });
  const volatile = owned.use(await forVolatile.until({ ...redis, open: fromRedis }));
  const hasher = owned.use(await openPasswordHasher(config.password));
  const texts = createTexts();
  const { courier, reports } = owned.use(composeMessaging({ config, clock, log, outbox: overrides.outbox }));
  const queue = owned.use(composeQueue({ durable, courier, events, clock, log }));
  const tenants = createTenantDirectory({
    configured: tenant,
    tenants: durable.tenants,
    revisions,
    clock,
    log,
  });
  const used = {
    config,
    durable,
    volatile,
    tenant,
    tenants,
    courier,
    queue,
    hasher,
    texts,
    trail,
    clock,
    log,
  };
  const people = owned.use(composePeople(used));
  const { secondStep, rules, recovery, invite } = people;
  const { methods } = secondStep;
  const { sprayAlarm } = rules;
  const rings = owned.use(composeKeys({ config, durable, revisions, tenant, events, clock, log }));
  const stores = { durable, volatile, rings };
  const ownAccount = composeSettings({ ...used, ...people });
  const { tell } = people;
  const asked = { rules, recovery, settings: ownAccount, tell, methods, reports, texts, trail };
  const { app, providers } = composeWeb({ config, tenant, tenants, ...stores, ...asked, clock, log, extend });
  owned.use(providers);
  const channelOf = async (of: Tenant) => (await providers.of(of)).backChannel;
  queue.handle(LOGOUT_KIND, createLogoutHandler({ tenants, channelOf, events }));
  const web = createWebServer(app.callback(), { log, maxConnections: config.listen.maxConnections });
  const operations = composeOperations({
    config,
    tenant,
    durable,
    sessions: people.sessions,
    throttle: volatile.throttle,
    mail: {
      invite,
      tell: (whose, accountId, what) =>
        secondStep.notices.tell({ tenant: whose, accountId, now: clock.now() }, what),
    },
    sendsMail: courier.channels.includes('email'),
    methods: async () => methods,
    ...{ hasher, audit, clock, log },
  });
  if (background) queue.start();
  const keep = owned.move();
  return {
    ...{ web, tenant, durable, audit, volatile, hasher, secondStep, providers, sprayAlarm, operations },
    ...{ clock, log },
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
