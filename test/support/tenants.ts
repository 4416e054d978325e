import { type TenantSettings, tenantSchema } from '#config/tenant.ts';

/** Settings of a tenant as the schema gives them, with `changes` over them. */
export function tenantSettings(key: string, changes: Partial<TenantSettings> = {}): TenantSettings {
  return tenantSchema.parse({
    key,
    name: `Organisatie ${key}`,
    productName: `Product ${key}`,
    applicationName: `Toepassing ${key}`,
    initiateLoginUri: `https://${key}.example/login`,
    helpDesk: { email: `helpdesk@${key}.example` },
    ...changes,
  });
}
