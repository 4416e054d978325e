import { Readable } from 'node:stream';
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { loadWordLists } from '#adapters/crypto/word-lists.ts';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createClientStore } from '#adapters/postgres/client-store.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { parseSettings } from '#config/load.ts';
import { createPasswordRules } from '#src/account/password-rules.ts';
import { createVerifyAudit } from '#src/audit/verify.ts';
import type { CommandHouse, Operations, RunningHolder } from '#src/cli/operations.ts';
import { runCommand } from '#src/cli/run-command.ts';
import type { Input } from '#src/cli/terminal.ts';
import { composeRetain } from '#src/compose/audit.ts';
import { keySchedule } from '#src/compose/keys.ts';
import { composeReseal } from '#src/compose/sealer.ts';
import { type KnownMethod, policyFaults } from '#src/enrolment/policy.ts';
import { createOperatorEvents } from '#src/operator-events.ts';
import { createKeyOperations } from '#src/provider/key-operations.ts';
import { COOKIE_KEYS, ensureDigestKey, signingKeysOf } from '#src/provider/keys.ts';
import type { ArtifactStore } from '#src/provider/ports.ts';
import { validSettings } from '../../config/valid-settings.ts';
import { listeningLog } from '../../support/bare-socket.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { createTestPglite, type Ending } from '../../support/postgres.ts';
import { openPersonStores, type PersonStores } from './person-stores.ts';

/** A password that no rule refuses. */
export const PASSWORD = 'tulp-fiets-Gracht-71';

/** Enough environment for a command to open embedded stores; there is no process that holds them. */
export const environment = {
  POORTWACHTER_ISSUER: 'https://login.example',
  POORTWACHTER_MASTER_KEY: 'A'.repeat(43),
  POORTWACHTER_DATABASE_STORE: 'embedded',
  POORTWACHTER_REDIS_STORE: 'memory',
  POORTWACHTER_TENANT_NAME: 'Example',
  POORTWACHTER_TENANT_PRODUCT_NAME: 'Example',
  POORTWACHTER_TENANT_APPLICATION_NAME: 'Absence',
  POORTWACHTER_TENANT_INITIATE_LOGIN_URI: 'https://absence.example/sign-in',
  POORTWACHTER_TENANT_HELP_DESK_EMAIL: 'helpdesk@login.example',
};

/** What an installation can do where nobody sends text messages. */
const METHODS: readonly KnownMethod[] = [
  { kind: 'webauthn', page: 'yubikey' },
  { kind: 'totp', page: 'app' },
].map(({ kind, page }) => ({
  kind,
  phishingResistant: false,
  channels: () => [],
  signIn: {},
  setUp: {
    page,
    field: () => ({ type: 'passkey', name: 'credential' }),
    prove: async () => ({ ok: false, reason: 'wrong' }),
  },
}));

/** The stores a command works on, real ones, in memory. */
export interface OpenedOperations {
  operations: Operations;
  artifacts: ArtifactStore;
  clock: TestClock;
  stores: PersonStores;
  /** Makes the digest key; gives its kid. */
  makeDigestKey(): Promise<string>;
  /** What must never be shown: the parts of the keys that are secret. */
  keySecrets(): Promise<string[]>;
}

/** Opens them for a test or suite, which closes them. */
export async function openTestOperations(t: Ending): Promise<OpenedOperations> {
  const parsed = parseSettings(validSettings);
  if (!parsed.ok) throw new Error('the valid settings have a fault');
  const { config } = parsed;
  const database = await createTestPglite(t);
  const clock = createTestClock();
  const sealer = createSealer({ current: masterKeyFrom(config.masterKey.reveal()), previous: [] });
  const hasher = await openPasswordHasher({ ...config.password, threads: 1 });
  t.after(async () => hasher[Symbol.asyncDispose]());
  const tenants = createTenantStore(database);
  const { id, key, issuer } = await tenants.ensure('default', config.issuer);
  const artifacts = createMemoryArtifactStore({ clock });
  const keys = createKeyStore({ database, sealer });
  const tenant = { id, key, issuer, settings: config.tenant };
  const recorded = listeningLog();
  const stores = openPersonStores({ database, sealer, clock, log: recorded.log, kinds: METHODS });
  const { accounts, audit, trail, peopleOf, auditStores, digester } = stores;
  const operations: Operations = {
    tenant,
    home: tenant,
    tenants,
    plainHttp: false,
    policyFaults: async (settings) => policyFaults(settings, METHODS),
    forTenant: (other) => ({
      ...operations,
      tenant: other,
      people: peopleOf(other),
      configuredClients: [],
      endAccount: (accountId) => artifacts.endAccount(other.id, accountId),
    }),
    ...{
      accounts,
      audit,
      trail,
      people: peopleOf(tenant),
      events: createOperatorEvents(recorded.log, trail),
    },
    verifyAudit: createVerifyAudit({ seals: auditStores.seals, digester }),
    retain: composeRetain({ config, stores: auditStores, tenants, digester, clock, log: recorded.log }),
    clients: createClientStore({ database, sealer }),
    configuredClients: [{ client_id: 'from-file', client_name: 'From file' }],
    keys: createKeyOperations({
      keys,
      schedule: keySchedule(config.keys),
      clock,
    }),
    reseal: composeReseal({ config, database, clock, log: recorded.log }),
    hasher,
    passwordRules: createPasswordRules({ loadWordLists }),
    endAccount: (accountId) => artifacts.endAccount(id, accountId),
    clock,
    [Symbol.asyncDispose]: async () => {},
  };
  const makeDigestKey = async () => {
    await ensureDigestKey({ keys, clock });
    return (await keys.list({ purpose: 'digest', tenantId: undefined }))[0]?.id ?? '';
  };
  const keySecrets = async () => {
    const signing = await keys.list(signingKeysOf(id));
    const cookie = await keys.list(COOKIE_KEYS);
    return [
      ...signing.map(({ secret }) => String(JSON.parse(secret ?? '{}').d)),
      ...cookie.map(({ secret }) => String(secret)),
    ];
  };
  return { operations, artifacts, clock, stores, makeDigestKey, keySecrets };
}

/** What a command said and how it ended. */
export interface Said {
  exit: number;
  stdout: string;
  stderr: string;
}

export interface SayOptions {
  stdin?: string | Input;
  env?: Readonly<Record<string, string>>;
  /** A process that holds the data folder. */
  holder?: RunningHolder;
  migrate?: CommandHouse['migrate'];
}

/** Runs one command line on the opened stores. */
export async function say(
  operations: Operations | undefined,
  argv: readonly string[],
  { stdin = '', env = environment, holder, migrate }: SayOptions = {},
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const house: CommandHouse = {
    open: async () => {
      if (operations === undefined) throw new Error('this command must not open the stores');
      return operations;
    },
    migrate: migrate ?? (async () => ({ applied: 0, already: 1, ms: 0 })),
    reseal: async (_config, options) => {
      if (operations === undefined) throw new Error('this command must not open the stores');
      return operations.reseal(options);
    },
    retain: async (_config, options) => {
      if (operations === undefined) throw new Error('this command must not open the stores');
      return operations.retain(options);
    },
    findHolder: async () => holder,
  };
  const exit = await runCommand({
    argv,
    env,
    house,
    stdin: typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [stdin]) : stdin,
    stdout: {
      write: (text) => {
        said.stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        said.stderr += text;
      },
    },
  });
  return { exit, ...said };
}
