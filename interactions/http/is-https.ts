import type { Tenant } from '#src/tenant/tenant.ts';

/** Whether a tenant is reached by https, so that its cookies may be marked secure; the trial on localhost is not. */
export function isHttps({ issuer }: Pick<Tenant, 'issuer'>): boolean {
  return issuer.startsWith('https:');
}
