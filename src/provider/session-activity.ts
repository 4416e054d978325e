import type { Provider } from 'oidc-provider';
import type { Clock } from '#src/clock.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { type SessionLife, sessionTtl } from './lifetimes.ts';
import type { ArtifactStore } from './ports.ts';

interface Parts {
  tenantId: TenantId;
  artifacts: ArtifactStore;
  session: SessionLife;
  clock: Clock;
}

/**
 * A refresh is activity: it moves the idle end of the session the token belongs to, never its absolute end. The
 * session is extended only while it is still there, so a refresh can't bring back one that was just ended.
 * oidc-provider itself does not touch the session here.
 */
export function trackSessionActivity(
  provider: Provider,
  { tenantId, artifacts, session, clock }: Parts,
): void {
  provider.use(async (ctx, next) => {
    await next();
    const token = ctx.oidc?.entities.RotatedRefreshToken;
    if (ctx.status !== 200 || token?.expiresWithSession !== true || token.sessionUid === undefined) return;
    const stored = await artifacts.findByUid(tenantId, 'Session', token.sessionUid);
    const { jti, loginTs } = stored?.payload ?? {};
    if (typeof jti !== 'string' || typeof loginTs !== 'number') return;
    const ttl = sessionTtl(session, loginTs, Math.floor(clock.now() / 1000));
    await artifacts.extend(tenantId, 'Session', jti, { expiresIn: ttl, now: clock.now() });
  });
}
