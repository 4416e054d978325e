import { hostOf } from '#src/canonical-request.ts';
import type { Handled, QueueHandler } from '#src/message/queue-ports.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { TenantDirectory } from '#src/tenant/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { BackChannel } from './back-channel.ts';
import { readNotice } from './tell-logout.ts';

export interface LogoutHandlerParts {
  tenants: TenantDirectory;
  /** The way to a tenant's applications. */
  channelOf(tenant: Tenant): Promise<BackChannel>;
  events: Pick<SystemEvents, 'logoutTold'>;
}

/**
 * Tells applications that a session ended (items of LOGOUT_KIND). One that does not take it is told again as the queue
 * has it, until the item expires; whoever is told twice ends what has ended. Recorded are the first failure and the end
 * of it: told, or given up (`message.dead`).
 */
export function createLogoutHandler({ tenants, channelOf, events }: LogoutHandlerParts): QueueHandler {
  return async ({ id: message, tenantId, payload, attempts }): Promise<Handled> => {
    const notice = readNotice(payload);
    if (notice === undefined) return { kind: 'dead', fault: 'malformed' };
    const { issuer, accountId: account, clientId: client } = notice;
    const tenant = await tenants.byHost(hostOf(issuer));
    if (tenant?.id !== tenantId) return { kind: 'dead', fault: 'no-such-tenant' };
    const channel = await channelOf(tenant);
    const told = await channel.tellLogout({ clientId: client, accountId: account, sid: notice.sid });
    if (told.kind === 'nobody') return { kind: 'done' };
    if (told.kind === 'told') {
      events.logoutTold(tenantId, { outcome: 'success', reason: 'told', account, client, message });
      return { kind: 'done' };
    }
    const { reason } = told;
    if (attempts === 1) {
      events.logoutTold(tenantId, { outcome: 'failure', reason, account, client, message });
    }
    return { kind: 'retry', fault: reason };
  };
}
