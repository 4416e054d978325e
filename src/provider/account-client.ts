import type { ClientMetadata } from 'oidc-provider';
import type { Tenant } from '#src/tenant/tenant.ts';

/** Settings as a relying party of our own: a person signs in to them as to any application. No client may take the name. */
export const ACCOUNT_CLIENT = 'poortwachter-account';

/** Where a person looks after their own account. */
export const ACCOUNT_PATH = '/account';

/** Where the browser comes back to after a sign-in for the settings. */
export const ACCOUNT_CALLBACK = `${ACCOUNT_PATH}/signed-in`;

/** What it is called in discovery (OpenID Provider metadata `account_management_uri`). */
export function accountManagementUri({ issuer }: Pick<Tenant, 'issuer'>): string {
  return `${issuer}${ACCOUNT_PATH}`;
}

/**
 * The client. Its response type is `none` (OAuth 2.0 Multiple Response Types §4): the session is all that is wanted, so
 * no code and no token is made that could go astray.
 */
export function accountClient({ issuer, settings }: Pick<Tenant, 'issuer' | 'settings'>): ClientMetadata {
  return {
    client_id: ACCOUNT_CLIENT,
    client_name: settings.productName,
    redirect_uris: [`${issuer}${ACCOUNT_CALLBACK}`],
    response_types: ['none'],
    grant_types: [],
    token_endpoint_auth_method: 'none',
    scope: 'openid',
    first_party: true,
  };
}
