import type { Adapter } from 'oidc-provider';
import { AppError } from '#src/errors.ts';
import { forProvider } from '#src/provider/client-metadata.ts';
import type { ClientStore } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { readPayload } from './payload.ts';

function refuse(model: string): never {
  throw new AppError('internal', 500, `oidc-provider used ${model} in a way that is switched off`);
}

/** For models whose feature is off: every use throws AppError `internal`. */
export function createRefusingAdapter(model: string): Adapter {
  const refused = async () => refuse(model);
  return {
    upsert: refused,
    find: refused,
    findByUid: refused,
    findByUserCode: refused,
    consume: refused,
    destroy: refused,
    revokeByGrantId: refused,
  };
}

/** Clients are read and never written: operators register them, not the protocol (RFC 7591 is off). */
export function createClientAdapter(parts: { tenantId: TenantId; clients: ClientStore }): Adapter {
  return {
    ...createRefusingAdapter('Client'),
    async find(id) {
      const client = await parts.clients.find(parts.tenantId, id);
      return client === undefined ? undefined : readPayload(forProvider(client), 'Client');
    },
  };
}
