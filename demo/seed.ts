import { randomUUID } from 'node:crypto';
import { totp } from '#interactions/factors/totp.ts';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { Composition } from '#src/compose.ts';

/** A demo account: named after a role, never after a person. */
interface DemoAccount {
  loginName: string;
  role: string;
  roles: string[];
  state: 'new' | 'with-app' | 'disabled';
}

/** Every situation a newcomer wants to see. */
export const demoAccounts: readonly DemoAccount[] = [
  { loginName: 'hr-manager', role: 'HR-manager', roles: ['hr-manager'], state: 'new' },
  { loginName: 'bedrijfsarts', role: 'Bedrijfsarts', roles: ['company-doctor'], state: 'with-app' },
  { loginName: 'medewerker', role: 'Medewerker', roles: [], state: 'new' },
  { loginName: 'oud-medewerker', role: 'Oud-medewerker', roles: ['employee'], state: 'disabled' },
];

/** A demo account as it stands, with the key of its app when the seed made one. */
export interface SeededAccount extends DemoAccount {
  /** Base 32 in groups of four, to type into an authenticator app. */
  appKey: string | undefined;
}

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
    emailVerified: true,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles: demo.roles,
  });
  if (result.kind !== 'created') throw new Error(`the demo account ${demo.loginName} could not be made`);
  if (demo.state === 'disabled')
    await durable.accounts.setDisabled(tenant.id, result.account.id, clock.now());
  return result.account;
}

async function ensureApp({ tenant, durable, clock }: Stores, account: Account): Promise<string | undefined> {
  const owned = await durable.factors.list(tenant.id, account.id);
  if (owned.length === 0) {
    const { data } = totp.begin();
    const factor = {
      id: randomUUID(),
      tenantId: tenant.id,
      accountId: account.id,
      kind: totp.kind,
      label: 'Demo',
    };
    await durable.factors.addFirst({ ...factor, data, lastCounter: undefined }, clock.now());
  }
  const [factor] = owned.length === 0 ? await durable.factors.list(tenant.id, account.id) : owned;
  if (factor === undefined) return undefined;
  const { name: issuerName } = tenant.settings;
  const blocks = totp.blocks(
    { data: factor.data },
    { loginName: account.loginName, issuerName, locale: 'nl' },
  );
  return blocks.find(({ kind }) => kind === 'key')?.content;
}

/** Makes the demo accounts that are not there yet; what people changed since is left alone. */
export async function seedAccounts(stores: Stores, password: string): Promise<SeededAccount[]> {
  const seeded: SeededAccount[] = [];
  for (const demo of demoAccounts) {
    const account = await ensureAccount(stores, demo, password);
    const appKey = demo.state === 'with-app' ? await ensureApp(stores, account) : undefined;
    seeded.push({ ...demo, appKey });
  }
  return seeded;
}
