import type { TenantId } from '#src/tenant/tenant.ts';

/** What is looked at of a registered application (RFC 7591 names). */
type NamedClient = Readonly<{ client_name?: unknown; [name: string]: unknown }>;

interface Parts {
  /** Applications of the configuration, by client id; those of other tenants than its own are none. */
  configured(tenantId: TenantId): ReadonlyMap<string, NamedClient>;
  /** Those that operators registered. */
  clients: { find(tenantId: TenantId, clientId: string): Promise<NamedClient | undefined> };
}

/**
 * What people call applications. Resolves to the name of each client id that was asked for; one without a name, or that is
 * not there any more, goes by its client id. A name is whatever was registered: never trusted, only shown.
 */
export type ApplicationNames = (
  tenantId: TenantId,
  clientIds: Iterable<string>,
) => Promise<(clientId: string) => string>;

/** Looks names up, each once. Throws AppError `store-unavailable` when the store can't answer. */
export function createApplicationNames({ configured, clients }: Parts): ApplicationNames {
  return async (tenantId, clientIds) => {
    const own = configured(tenantId);
    const nameOf = async (clientId: string): Promise<[string, string]> => {
      const client = own.get(clientId) ?? (await clients.find(tenantId, clientId));
      const name = client?.client_name;
      return [clientId, typeof name === 'string' && name !== '' ? name : clientId];
    };
    const names = new Map(await Promise.all([...new Set(clientIds)].map(nameOf)));
    return (clientId) => names.get(clientId) ?? clientId;
  };
}
