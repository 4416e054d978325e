import { randomUUID } from 'node:crypto';
import { newTotpData, TOTP_KIND, totpKey } from '#interactions/factors/totp.ts';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { Composition } from '#src/compose.ts';

/** A demo account: named after a role, never after a person. `start` is how it is first made. */
interface DemoAccount {
  loginName: string;
  role: string;
  roles: string[];
  start: 'new' | 'with-app' | 'disabled';
}

/** Every situation a newcomer wants to see. */
export const demoAccounts: readonly DemoAccount[] = [
  { loginName: 'hr-manager', role: 'HR-manager', roles: ['hr-manager'], start: 'new' },
  { loginName: 'bedrijfsarts', role: 'Bedrijfsarts', roles: ['company-doctor'], start: 'with-app' },
  { loginName: 'medewerker', role: 'Medewerker', roles: [], start: 'new' },
  { loginName: 'oud-medewerker', role: 'Oud-medewerker', roles: ['employee'], start: 'disabled' },
];

/** A demo account as it stands now, whatever people did with it since it was made. */
export interface SeededAccount {
  loginName: string;
  disabled: boolean;
  hasSecondStep: boolean;
  /** Key of the app that the seed set up: base 32 in groups of four, to type into an authenticator app. */
  appKey: string | undefined;
}

/** What the seed calls the app it sets up, to tell it from one that a person set up. */
const SEEDED_APP = 'Demo';

type Stores = Pick<Composition, 'tenant' | 'durable' | 'hasher' | 'clock'>;

async function ensureAccount(stores: Stores, demo: DemoAccount, password: string): Promise<Account> {
  const { tenant, durable, hasher, clock } = stores;
  const loginNameCanonical = canonicalLoginName(demo.loginName);
  if (loginNameCanonical === undefined) throw new Error(`${demo.loginName} is no login name`);
  const known = await durable.accounts.findByLoginName(tenant.id, loginNameCanonical);
  if (known !== undefined) return known;
  const result = await durable.accounts.create({
    tenantId: tenant.id,
    loginName: demo.loginName,
    loginNameCanonical,
    passwordHash: await hasher.hash(password),
    givenName: 'Demo',
    familyName: demo.role,
    email: `${demo.loginName}@voorbeeld.example`,
    // As after an invitation: whoever is new still has to prove the address.
    emailVerified: demo.start !== 'new',
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles: demo.roles,
  });
  if (result.kind !== 'created') throw new Error(`the demo account ${demo.loginName} could not be made`);
  if (demo.start !== 'disabled') return result.account;
  const disabledAt = clock.now();
  await durable.accounts.setDisabled(tenant.id, result.account.id, disabledAt);
  return { ...result.account, disabledAt };
}

async function addApp({ tenant, durable, clock }: Stores, account: Account): Promise<void> {
  const factor = {
    id: randomUUID(),
    tenantId: tenant.id,
    accountId: account.id,
    kind: TOTP_KIND,
    label: SEEDED_APP,
    data: newTotpData(),
    identity: undefined,
    lastCounter: undefined,
  };
  // Somebody who has been here for long: nothing of a first sign-in is left to do.
  if (await durable.factors.addFirst(factor, clock.now())) {
    await durable.enrolments.finish(tenant.id, account.id, clock.now());
  }
}

async function stateOf(stores: Stores, account: Account): Promise<SeededAccount> {
  const factors = await stores.durable.factors.list(stores.tenant.id, account.id);
  const seeded = factors.find(({ kind, label }) => kind === TOTP_KIND && label === SEEDED_APP);
  return {
    loginName: account.loginName,
    disabled: account.disabledAt !== undefined,
    hasSecondStep: factors.length > 0,
    appKey: seeded === undefined ? undefined : totpKey(seeded.data),
  };
}

/**
 * Makes the demo accounts that are not there yet and tells how all of them stand; what people changed since is
 * left alone.
 */
export async function seedAccounts(stores: Stores, password: string): Promise<SeededAccount[]> {
  const seeded: SeededAccount[] = [];
  for (const demo of demoAccounts) {
    const account = await ensureAccount(stores, demo, password);
    // Every time, in case an earlier start was cut off here: somebody with a method gets no other.
    if (demo.start === 'with-app') await addApp(stores, account);
    seeded.push(await stateOf(stores, account));
  }
  return seeded;
}
