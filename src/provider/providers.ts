import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createInteractionGateway, type InteractionGateway } from './interaction-gateway.ts';

/** One tenant's Provider, as the rest of the house sees it. */
export interface TenantProvider {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  interactions: InteractionGateway;
}

/** Providers by tenant, made on first use and kept. A Provider that could not be made is tried again next time. */
export function createProviders(make: (tenant: Tenant) => Promise<Provider>) {
  const kept = new Map<string, Promise<TenantProvider>>();

  const open = async (tenant: Tenant): Promise<TenantProvider> => {
    const provider = await make(tenant);
    return { handle: provider.callback(), interactions: createInteractionGateway(provider) };
  };

  return {
    of(tenant: Tenant): Promise<TenantProvider> {
      const known = kept.get(tenant.id);
      if (known !== undefined) return known;
      const opening = open(tenant);
      kept.set(tenant.id, opening);
      opening.catch(() => kept.delete(tenant.id));
      return opening;
    },
  };
}

export type Providers = ReturnType<typeof createProviders>;
