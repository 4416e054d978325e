import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Log } from '#src/log.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { untoldBecause } from './back-channel.ts';
import type { EndedSession, TellLogout } from './tell-logout.ts';

interface Parts {
  tenant: Tenant;
  tell: TellLogout;
  systemEvents: Pick<SystemEvents, 'logoutTold'>;
  log: Log;
  /** The number that the answer to this request carries (R25). */
  referenceOf(req: IncomingMessage): string;
}

/** An application of the session that ends, as oidc-provider names it in its events. */
type Client = Readonly<{ clientId: string }>;

/**
 * A sign-out at the end-session endpoint tells each application once by itself, all at the same time and for 2.5 seconds at
 * most, while the person waits; so that most are signed out before the browser is there. Whoever could not be told then
 * is told by the queue. The person is signed out either way, and is told so also when the queue can't take it.
 */
export function followSignOuts(provider: Provider, parts: Parts): void {
  const { tenant, tell, systemEvents, log, referenceOf } = parts;
  const untold = new WeakMap<IncomingMessage, EndedSession[]>();

  provider.on('backchannel.success', (_ctx: KoaContextWithOIDC, { clientId }: Client, account: string) => {
    const what = { outcome: 'success', reason: 'told', account, client: clientId } as const;
    systemEvents.logoutTold(tenant.id, what);
  });
  provider.on(
    'backchannel.error',
    (
      { req, oidc }: KoaContextWithOIDC,
      failure: Error,
      { clientId }: Client,
      account: string,
      sid: string,
    ) => {
      const reason = untoldBecause(failure);
      if (reason === undefined) {
        log.error({ reference: referenceOf(req), tenant: tenant.key, err: failure }, 'logout not told');
      }
      const told = { outcome: 'failure', reason: reason ?? 'failed', account, client: clientId } as const;
      systemEvents.logoutTold(tenant.id, told);
      const grantId = oidc.session?.grantIdFor(clientId);
      const ended = {
        accountId: account,
        clientId,
        sid,
        grantId,
        tenantId: tenant.id,
        issuer: tenant.issuer,
      };
      untold.set(req, [...(untold.get(req) ?? []), ended]);
    },
  );
  provider.use(async ({ req }, next) => {
    await next();
    const ended = untold.get(req);
    if (ended === undefined) return;
    try {
      await tell(ended);
    } catch (err) {
      const reference = referenceOf(req);
      log.error({ reference, tenant: tenant.key, err }, 'applications are not told of a sign-out');
    }
  });
}
