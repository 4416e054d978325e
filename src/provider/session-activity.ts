import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { type SessionLife, sessionTtl } from './lifetimes.ts';
import type { ArtifactStore } from './ports.ts';
import { factsIn } from './session-facts.ts';

interface Parts {
  tenant: Tenant;
  artifacts: ArtifactStore;
  session: SessionLife;
  clock: Clock;
  log: Log;
  /** The number that the answer to this request carries (R25). */
  referenceOf(req: IncomingMessage): string;
}

async function moveIdleEnd(sessionUid: string, { tenant, artifacts, session, clock }: Parts): Promise<void> {
  const stored = await artifacts.findByUid(tenant.id, 'Session', sessionUid);
  const { jti, loginTs, authorizations } = stored?.payload ?? {};
  if (typeof jti !== 'string' || typeof loginTs !== 'number') return;
  const seconds = Math.floor(clock.now() / 1000);
  const ttl = sessionTtl(session, loginTs, seconds, factsIn(authorizations)?.shared);
  await artifacts.extend(tenant.id, 'Session', jti, { expiresIn: ttl, now: clock.now() });
}

/** The session that a refresh which succeeded belongs to, unless its tokens outlive sessions. */
function refreshedSession(oidc: KoaContextWithOIDC['oidc'] | undefined, status: number): string | undefined {
  const token = oidc?.entities.RotatedRefreshToken;
  return status === 200 && token?.expiresWithSession === true ? token.sessionUid : undefined;
}

/**
 * A refresh is activity: it moves the idle end of the session the token belongs to, never its absolute end. The
 * session is extended only while it is still there, so a refresh can't bring back one that was just ended.
 * oidc-provider itself does not touch the session here. The new tokens exist by now and the old one is used up, so
 * they leave also when the session could not be moved: it then ends earlier, which is safe.
 */
export function trackSessionActivity(provider: Provider, parts: Parts): void {
  const { tenant, log, referenceOf } = parts;
  provider.use(async (ctx, next) => {
    await next();
    const sessionUid = refreshedSession(ctx.oidc, ctx.status);
    if (sessionUid === undefined) return;
    try {
      await moveIdleEnd(sessionUid, parts);
    } catch (err) {
      log.warn(
        { reference: referenceOf(ctx.req), tenant: tenant.key, err },
        'the session keeps the idle end it had before a refresh',
      );
    }
  });
}
