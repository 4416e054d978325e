import type { Config } from '#config/settings.ts';
import { type ApplicationNames, createApplicationNames } from '#src/settings/application-names.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';

/** What people call applications: those of the configuration, which are its own tenant's, and registered ones. */
export function composeApplicationNames(of: {
  config: Pick<Config, 'clients'>;
  /** The tenant of the configuration. */
  tenant: Pick<Tenant, 'id'>;
  durable: Pick<Durable, 'clients'>;
}): ApplicationNames {
  const { config, tenant, durable } = of;
  const own = new Map(config.clients.map(({ metadata }) => [metadata.client_id, metadata]));
  return createApplicationNames({
    configured: (tenantId) => (tenantId === tenant.id ? own : new Map<string, never>()),
    clients: durable.clients,
  });
}
