import type { Config } from '#config/settings.ts';
import type { Clock } from '#src/clock.ts';
import type { MessageQueue } from '#src/message/queue-ports.ts';
import { sessionLife } from '#src/provider/lifetimes.ts';
import { createSessions } from '#src/provider/sessions.ts';
import { createTellLogout, type TellLogout } from '#src/provider/tell-logout.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';
import type { Volatile } from './volatile.ts';

/** Sessions and grants of people, over the stores. */
export function composeSessions(of: {
  config: Pick<Config, 'session'>;
  volatile: Pick<Volatile, 'artifacts'>;
  tell: TellLogout;
}): Sessions {
  const { config, volatile, tell } = of;
  return createSessions({ artifacts: volatile.artifacts, life: sessionLife(config.session), tell });
}

/** Puts into the queue which applications are to hear of a session that ended; a serving process tells them. */
export function composeTellLogout(of: {
  config: Pick<Config, 'clients'>;
  /** The tenant of the configuration: its clients are this one's. */
  tenant: Pick<Tenant, 'id'>;
  durable: Pick<Durable, 'clients'>;
  queue: Pick<MessageQueue, 'put'>;
  clock: Clock;
}): TellLogout {
  const { config, tenant, durable, queue, clock } = of;
  const own = new Map(config.clients.map(({ metadata }) => [metadata.client_id, metadata]));
  return createTellLogout({
    configured: (tenantId) => (tenantId === tenant.id ? own : new Map<string, never>()),
    ...{ clients: durable.clients, queue, clock },
  });
}
