import { createHash, randomUUID } from 'node:crypto';
import { before, describe } from 'node:test';
import { sql } from 'kysely';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createSealer } from '#adapters/crypto/sealer.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createAuditRetention } from '#adapters/postgres/audit-retention.ts';
import { createAuditSeals } from '#adapters/postgres/audit-seals.ts';
import { createAuditStore } from '#adapters/postgres/audit-store.ts';
import { createBackupCodeStore } from '#adapters/postgres/backup-code-store.ts';
import { createClientStore } from '#adapters/postgres/client-store.ts';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import { createEnrolmentStore } from '#adapters/postgres/enrolment-store.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createLaneStore } from '#adapters/postgres/lane-store.ts';
import { createMailLinkStore } from '#adapters/postgres/mail-link-store.ts';
import { createQueueStore } from '#adapters/postgres/queue-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import type { NewAccount } from '#src/account/ports.ts';
import type { NewFactor } from '#src/sign-in/ports.ts';
import { describeAccountChangesContract } from '../../contracts/account-changes.ts';
import { describeAccountRecoveryContract } from '../../contracts/account-recovery.ts';
import { describeRestoredEmail } from '../../contracts/account-restored.ts';
import { describeStanding } from '../../contracts/account-standing.ts';
import { createAccount, describeAccountStoreContract, newAccount } from '../../contracts/account-store.ts';
import { describeAuditStoreContract } from '../../contracts/audit-store.ts';
import { describeBackupCodeStoreContract } from '../../contracts/backup-code-store.ts';
import { describeClientStoreContract } from '../../contracts/client-store.ts';
import { describeEnrolmentStoreContract, EMAIL } from '../../contracts/enrolment-store.ts';
import { describeFactorStoreContract } from '../../contracts/factor-store.ts';
import { describeKeyStoreContract } from '../../contracts/key-store.ts';
import { describeLaneStoreContract } from '../../contracts/lane-store.ts';
import { describeMailLinkStoreContract } from '../../contracts/mail-link-store.ts';
import { describeQueueStoreContract } from '../../contracts/queue-store.ts';
import { describeTenantStoreContract } from '../../contracts/tenant-store.ts';
import { describeFurtherTenants } from '../../contracts/tenant-store-further.ts';
import { type Ending, endOfSuite } from '../../support/postgres.ts';

/** The two roles of one migrated database; on PGlite both are the same. */
export interface Roles {
  application: OpenDatabase;
  owner: OpenDatabase;
}

function keyOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export const sealer = createSealer({ current: { id: '0badcafe', key: keyOf('master') }, previous: [] });
export const digester = createDigester(keyOf('digest'));

/** Every store on one database. */
export function createStores(database: OpenDatabase) {
  return {
    accounts: createAccountStore({ database, sealer, digester }),
    factors: createFactorStore({ database, sealer }),
    audit: {
      events: createAuditStore({ database }),
      seals: createAuditSeals({ database }),
      retention: createAuditRetention({ database }),
    },
    backupCodes: createBackupCodeStore({ database }),
    enrolments: createEnrolmentStore({ database, sealer, digester }),
    clients: createClientStore({ database, sealer }),
    keys: createKeyStore({ database, sealer }),
    lanes: createLaneStore({ database }),
    links: createMailLinkStore({ database, sealer }),
    queue: createQueueStore({ database, sealer }),
    tenants: createTenantStore(database),
  };
}

/** An app as it was just proved. */
export function newFactor(tenantId: string, accountId: string): NewFactor {
  const app = { id: randomUUID(), kind: 'totp', label: '', data: '' };
  return { ...app, tenantId, accountId, identity: undefined, lastCounter: undefined };
}

/** Every store, and two tenants that nobody used before. */
export async function createSetting(database: OpenDatabase) {
  const stores = createStores(database);
  const makeTenant = async () => {
    const key = `t-${randomUUID().slice(0, 13)}`;
    return (await stores.tenants.ensure(key, `https://${key}.example`)).id;
  };
  return { ...stores, tenantId: await makeTenant(), otherTenantId: await makeTenant() };
}

/** For stores that hold what no tenant owns: their tests can't keep apart by tenant. */
async function empty({ db }: OpenDatabase): Promise<void> {
  await sql`truncate tenant, key cascade`.execute(db);
}

/** Contracts of the ports that hold what belongs to a person. */
function describePeopleContracts(name: string, make: () => ReturnType<typeof createSetting>): void {
  const withPeople = async (first: Partial<NewAccount> = {}) => {
    const setting = await make();
    const add = async (loginName: string, with_: Partial<NewAccount> = {}) =>
      (await createAccount(setting.accounts, newAccount(setting.tenantId, loginName, with_))).id;
    const [accountId, colleagueId] = [await add('werkgever', first), await add('collega')];
    return { ...setting, accountId, colleagueId, add };
  };
  describeFactorStoreContract(name, () => withPeople());
  describeLaneStoreContract(name, () => withPeople());
  describeMailLinkStoreContract(name, () => withPeople());
  describeBackupCodeStoreContract(name, async () => {
    const setting = await withPeople();
    const { tenantId, factors, add } = setting;
    for (const accountId of [setting.accountId, setting.colleagueId]) {
      await factors.addFirst(newFactor(tenantId, accountId), 1);
    }
    return { ...setting, newcomerId: await add('nieuw') };
  });
  describeEnrolmentStoreContract(name, () => withPeople({ email: EMAIL, emailVerified: true }));
}

/** Runs every port's contract on one kind of database. */
export function runStoreContracts(name: string, open: (t: Ending) => Promise<Roles>): void {
  describe(`stores on ${name}`, () => {
    const ending = endOfSuite();
    let shared: Roles;
    before(async () => {
      shared = await open(ending);
    });

    describeAccountStoreContract(name, () => createSetting(shared.application));
    describeAccountRecoveryContract(name, () => createSetting(shared.application));
    describeAccountChangesContract(name, () => createSetting(shared.application));
    describeRestoredEmail(name, () => createSetting(shared.application));
    describeStanding(`AccountStore on ${name}`, () => createSetting(shared.application));
    describeClientStoreContract(name, () => createSetting(shared.application));
    describeAuditStoreContract(name, async () => ({
      ...(await createSetting(shared.application)),
      digester,
    }));
    describePeopleContracts(name, () => createSetting(shared.application));
    describeKeyStoreContract(name, async () => {
      await empty(shared.owner);
      // Not a statement of the stores, and told apart by its verb.
      const revisions = sql<{ name: string; value: number }>`table revision`;
      const revision = async () => {
        const { rows } = await revisions.execute(shared.owner.db);
        return Number(rows.find(({ name }) => name === 'keys')?.value);
      };
      return { ...(await createSetting(shared.application)), revision };
    });
    // Taking out goes over all tenants.
    describeQueueStoreContract(name, async () => {
      await empty(shared.owner);
      return { ...(await createSetting(shared.application)), accountId: randomUUID() };
    });
    describeTenantStoreContract(name, async () => {
      await empty(shared.owner);
      return createStores(shared.owner).tenants;
    });
    describeFurtherTenants(name, async () => {
      await empty(shared.owner);
      const { db } = shared.owner;
      return {
        tenants: createStores(shared.application).tenants,
        // Comments keep what no store sends out of the record of what stores send.
        revision: async () => {
          const { rows } = await sql<{ value: number }>`
            /* test */ select value from revision where name = 'tenants'`.execute(db);
          return rows[0]?.value ?? 0;
        },
        keep: async (key, settings) => {
          await sql`/* test */ update tenant set settings = ${JSON.stringify(settings)} where key = ${key}`.execute(
            db,
          );
        },
      };
    });
  });
}
