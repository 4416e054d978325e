import type { Tenant } from './tenant.ts';

/**
 * Where a direct visit, a bookmark or a stale page begins again: the application's own start of a sign-in, told
 * which issuer is meant (OIDC Core §4).
 */
export function restartAddress(tenant: Tenant): string {
  const address = new URL(tenant.settings.initiateLoginUri);
  address.searchParams.set('iss', tenant.issuer);
  return address.href;
}
