import { totp } from '#interactions/factors/totp.ts';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { Composition } from '#src/compose.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** The password of every test account: long, and on no list. */
export const PASSWORD = 'tulp-fiets-Gracht-71';

export interface NewTestAccount {
  loginName: string;
  password?: string;
  roles?: string[];
  email?: string;
  disabled?: boolean;
  /** Gives the account an app; its set-up data is in the answer. */
  withApp?: boolean;
}

/** Where people sign in: an installation in this process, or one in processes of its own. */
export interface SignInPlace {
  issuer: string;
  createAccount(account: NewTestAccount): Promise<{ account: Account; appData: string | undefined }>;
}

/** Makes an account of one tenant, in the stores of a composition. */
export async function createTestAccount(
  { composition }: { composition: Pick<Composition, 'durable' | 'hasher' | 'clock'> },
  tenant: Tenant,
  wanted: NewTestAccount,
) {
  const { durable, hasher, clock } = composition;
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
