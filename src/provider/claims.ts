import type { Account } from '#src/account/account.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/**
 * Which claims each scope opens (OIDC Core §5.4). acr, amr and auth_time come with every ID token, so that an
 * application can always tell how strong and how old a sign-in is (ASVS 6.8.4).
 */
export const scopeClaims = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'tenant'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  roles: ['roles'],
  iss: null,
  sid: null,
} as const;

/** Scopes in the order that discovery lists them. */
export const scopes = ['openid', 'profile', 'email', 'phone', 'roles', 'offline_access'] as const;

/** What is known about a person, under the names of OIDC Core §5.1; a scope decides what leaves. */
export function accountClaims(account: Account, tenant: Tenant) {
  const { email, phone } = account;
  return {
    sub: account.id,
    tenant: tenant.key,
    name: `${account.givenName} ${account.familyName}`.trim(),
    given_name: account.givenName,
    family_name: account.familyName,
    preferred_username: account.loginName,
    locale: account.locale,
    ...(email === undefined ? {} : { email, email_verified: account.emailVerified }),
    ...(phone === undefined ? {} : { phone_number: phone, phone_number_verified: account.phoneVerified }),
    roles: [...account.roles],
  };
}
