import { newTotpData, TOTP_KIND } from '#interactions/factors/totp.ts';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { Composition } from '#src/compose.ts';
import { PHONE_KIND, phoneData, phoneIdentity } from '#src/message/phone-factor.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** The password of every test account: long, and on no list. */
export const PASSWORD = 'tulp-fiets-Gracht-71';

export interface NewTestAccount {
  loginName: string;
  password?: string;
  roles?: string[];
  email?: string;
  /** Whether the address was proved; true unless told otherwise. */
  emailVerified?: boolean;
  disabled?: boolean;
  /** Gives the account an app; its set-up data is in the answer. */
  withApp?: boolean;
  /** Number (E.164) that gets text messages; with an app as well, the app was used last. */
  withPhone?: string;
}

/** Where people sign in: an installation in this process, or one in processes of its own. */
export interface SignInPlace {
  issuer: string;
  createAccount(account: NewTestAccount): Promise<{ account: Account; appData: string | undefined }>;
}

type Stores = Pick<Composition, 'durable' | 'hasher' | 'clock'>;

/** Gives an account the methods it wants, the one used last first; the answer is the app's data. */
async function addFactors({ durable, clock }: Stores, account: Account, wanted: NewTestAccount) {
  const { factors, digester } = durable;
  const { withApp = false, withPhone: number } = wanted;
  const { tenantId, id: accountId, loginName } = account;
  const app = { kind: TOTP_KIND, label: 'app', data: newTotpData(), identity: undefined };
  const phone = number !== undefined && {
    kind: PHONE_KIND,
    label: '',
    data: phoneData(number),
    identity: phoneIdentity(digester, tenantId, number),
  };
  const owned = [withApp && app, phone].filter((one) => one !== false);
  const now = clock.now();
  for (const [index, one] of owned.entries()) {
    const factor = { ...one, id: crypto.randomUUID(), tenantId, accountId, lastCounter: undefined };
    const at = now - index;
    const added = await (index === 0 ? factors.addFirst(factor, at) : factors.add(factor, at));
    if (!added) throw new Error(`${loginName} could not be given a method of kind ${one.kind}`);
  }
  return withApp ? app.data : undefined;
}

/** Makes an account of one tenant, in the stores of a composition. */
export async function createTestAccount(
  { composition }: { composition: Stores },
  tenant: Tenant,
  wanted: NewTestAccount,
) {
  const { durable, hasher, clock } = composition;
  const {
    loginName,
    password = PASSWORD,
    roles = [],
    email,
    emailVerified = true,
    disabled = false,
  } = wanted;
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
    emailVerified: email !== undefined && emailVerified,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles,
  });
  if (result.kind !== 'created') throw new Error(`${loginName} is taken`);
  const { account } = result;
  if (disabled) await durable.accounts.setDisabled(tenant.id, account.id, clock.now());
  return { account, appData: await addFactors(composition, account, wanted) };
}
