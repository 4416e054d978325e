import type { Account } from '#src/account/account.ts';

/** An account that no store has, for rules that only read one. */
export function sampleAccount(changes: Partial<Account> = {}): Account {
  return {
    id: 'account-1',
    tenantId: 'tenant-1',
    loginName: 'j.devries',
    givenName: 'Test',
    familyName: 'Account',
    email: undefined,
    emailVerified: false,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles: [],
    disabledAt: undefined,
    suspendedAt: undefined,
    passwordChangedAt: undefined,
    createdAt: 0,
    ...changes,
  };
}
