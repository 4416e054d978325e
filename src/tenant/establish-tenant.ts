import type { TenantSettings } from '#config/tenant.ts';
import { AppError } from '#src/errors.ts';
import type { TenantStore } from './ports.ts';
import type { Tenant } from './tenant.ts';

export interface Establish {
  settings: TenantSettings;
  issuer: string;
  /** The trial's address follows its port; anywhere else the issuer is part of every token and passkey. */
  mayMove: boolean;
}

/**
 * The configured tenant, made on the first start. Throws AppError `tenant-mismatch` when it was made for another
 * issuer (moving it silently would break every application and, later, every passkey), and when its settings are
 * kept in the database: two places that decide about one tenant would take turns.
 */
export async function establishTenant(
  tenants: TenantStore,
  { settings, issuer, mayMove }: Establish,
): Promise<Tenant> {
  const { id, key, issuer: known, source } = await tenants.ensure(settings.key, issuer);
  if (source.from !== 'configuration') {
    throw new AppError(
      'tenant-mismatch',
      500,
      `tenant ${key} was made with \`tenant apply\` and its settings are in the database; give the tenant of the configuration a key of its own`,
    );
  }
  if (known !== issuer && !mayMove) {
    throw new AppError(
      'tenant-mismatch',
      500,
      `tenant ${key} belongs to ${known}, but the configured issuer is ${issuer}; set the issuer back, or give the new address a tenant key of its own`,
    );
  }
  if (known !== issuer) await tenants.moveIssuer(id, issuer);
  return { id, key, issuer, settings };
}
