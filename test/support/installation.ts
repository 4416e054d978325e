import { randomBytes } from 'node:crypto';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { totp } from '#interactions/factors/totp.ts';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { Overrides } from '#src/compose.ts';
import { createLog } from '#src/log.ts';
import { type Running, serve } from '#src/serve.ts';
import { createTestDatabase, type Ending } from './postgres.ts';
import { freePort } from './private-server.ts';
import { testRedisUrl } from './redis.ts';

/** The password of every test account: long, and on no list. */
export const PASSWORD = 'tulp-fiets-Gracht-71';

/** What the sample client of a test installation is registered with. */
export const CLIENT = {
  client_id: 'app',
  client_secret: 'a-test-secret-of-at-least-32-characters',
  redirect_uris: ['http://localhost:9/callback'],
  post_logout_redirect_uris: ['http://localhost:9/signed-out'],
} as const;

export interface NewTestAccount {
  loginName: string;
  password?: string;
  roles?: string[];
  email?: string;
  disabled?: boolean;
  /** Gives the account an app; its set-up data is in the answer. */
  withApp?: boolean;
}

/** A running product on real Postgres and real Redis, for one test or one suite. */
export interface Installation {
  issuer: string;
  /** Where it listens; the issuer is another address when the settings name one. */
  origin: string;
  running: Running;
  /** Every line it logged. */
  logged: string[];
  createAccount(account: NewTestAccount): Promise<{ account: Account; appData: string | undefined }>;
}

export interface InstallationOptions {
  /** Over the settings of a test installation. */
  settings?: Partial<RawSettings>;
  /** Client metadata beside the first-party sample client. */
  clients?: RawSettings['clients'];
  /** More pages in front of ours, as the trial has. */
  extend?: Overrides['extend'];
}

function settingsFor(
  issuer: string,
  port: number,
  databaseUrl: string,
  options: InstallationOptions,
): RawSettings {
  return {
    issuer,
    // One trusted proxy, which is how every test browser gets an address of its own.
    listen: { port, address: 'localhost', trustedHops: 1 },
    management: { port: 0, address: 'localhost' },
    database: { url: databaseUrl, poolSize: 4 },
    redis: { url: testRedisUrl() },
    masterKey: randomBytes(32).toString('base64'),
    log: { level: 'debug' },
    unsafe: { plainHttp: true },
    password: { threads: 2 },
    tenant: {
      name: 'Testorganisatie',
      productName: 'Verzuimtest',
      applicationName: 'Verzuimtest',
      initiateLoginUri: 'http://localhost:9/login',
      helpDesk: { email: 'helpdesk@test.example' },
    },
    clients: [
      {
        ...CLIENT,
        redirect_uris: [...CLIENT.redirect_uris],
        post_logout_redirect_uris: [...CLIENT.post_logout_redirect_uris],
        first_party: true,
      },
      ...(options.clients ?? []),
    ],
    ...options.settings,
  };
}

async function createAccount({ composition }: Running, wanted: NewTestAccount) {
  const { tenant, durable, hasher, clock } = composition;
  const { loginName, password = PASSWORD, roles = [], email, disabled = false, withApp = false } = wanted;
  const loginNameCanonical = canonicalLoginName(loginName);
  if (loginNameCanonical === undefined) throw new Error(`${loginName} is no login name`);
  const result = await durable.accounts.create({
    tenantId: tenant.id,
    loginName,
    loginNameCanonical,
    passwordHash: await hasher.hash(password),
    givenName: 'Test',
    familyName: loginName,
    email,
    emailVerified: email !== undefined,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles,
  });
  if (result.kind !== 'created') throw new Error(`${loginName} is taken`);
  const { account } = result;
  if (disabled) await durable.accounts.setDisabled(tenant.id, account.id, clock.now());
  const { data } = totp.begin();
  if (withApp) {
    const factor = { id: crypto.randomUUID(), tenantId: tenant.id, accountId: account.id, kind: totp.kind };
    await durable.factors.addFirst({ ...factor, label: 'app', data, lastCounter: undefined }, clock.now());
  }
  return { account, appData: withApp ? data : undefined };
}

/** Whom an installation ends with: a test, which also shows its failures, or a suite (`endOfSuite()`). */
export interface InstallationOwner extends Ending {
  diagnostic?: (message: string) => void;
}

/** Starts the product for one test or suite; it ends with it. */
export async function startInstallation(
  t: InstallationOwner,
  options: InstallationOptions = {},
): Promise<Installation> {
  const database = await createTestDatabase(t);
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const loaded = parseSettings(settingsFor(origin, port, database.url, options));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const logged: string[] = [];
  const log = createLog(
    { level: 'debug', format: 'json' },
    {
      write(line) {
        logged.push(line);
        // Told by the runner: what went wrong inside is on no page.
        if (/"level":5\d/.test(line)) t.diagnostic?.(line);
      },
    },
  );
  const running = await serve(loaded.config, { log, ...(options.extend && { extend: options.extend }) });
  t.after(async () => {
    running.composition.web.closeAllConnections();
    await running[Symbol.asyncDispose]();
  });
  return {
    issuer: loaded.config.issuer,
    origin,
    running,
    logged,
    createAccount: (wanted) => createAccount(running, wanted),
  };
}
