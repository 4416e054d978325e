import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { AuditTrail } from '#src/audit/ports.ts';
import { createProtocolEvents } from '#src/events.ts';
import type { Log } from '#src/log.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** Whose request it is, as far as that may be known. */
export interface RequestOrigin {
  address?: string | undefined;
  userAgent?: string | undefined;
}

interface Parts {
  tenant: Tenant;
  log: Log;
  trail: Pick<AuditTrail, 'record' | 'settled'>;
  /** The number that the answer to this request carries (R25). */
  referenceOf(req: IncomingMessage): string;
  originOf(req: IncomingMessage): RequestOrigin;
}

/** Words of ours for the routes where a grant can end. */
const ENDINGS: Readonly<Record<string, string>> = {
  token: 'reuse',
  revocation: 'application',
  end_session_confirm: 'sign-out',
};

/**
 * Records what the protocol gave and took (ASVS 16.3.1): each success once, with its reference, and answers only when
 * all of that is kept; answer-failures.ts takes back what is not. Refusals are in record-errors.ts.
 */
export function recordOutcomes(
  provider: Provider,
  { tenant, log, trail, referenceOf, originOf }: Parts,
): void {
  const events = createProtocolEvents(log, trail);
  const about = (ctx: KoaContextWithOIDC) => {
    const { address, userAgent } = originOf(ctx.req);
    return {
      tenantId: tenant.id,
      reference: referenceOf(ctx.req),
      client: ctx.oidc.client?.clientId,
      session: ctx.oidc.session?.uid,
      interaction: ctx.oidc.entities.Interaction?.uid,
      address,
      userAgent,
    };
  };
  const accountOf = ({ oidc }: Pick<KoaContextWithOIDC, 'oidc'>) =>
    oidc.account?.accountId ?? oidc.session?.accountId;
  // The code leaves only when the session could be saved, which is later: else answer-failures.ts takes it back.
  const granted = new WeakMap<IncomingMessage, KoaContextWithOIDC>();
  provider.on('authorization.success', (ctx: KoaContextWithOIDC) => {
    granted.set(ctx.req, ctx);
  });
  provider.use(async ({ req }, next) => {
    await next();
    const ctx = granted.get(req);
    if (ctx !== undefined) events.authorized(about(ctx), { account: accountOf(ctx) });
    await trail.settled(referenceOf(req));
  });
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const { grant_type: grantType } = ctx.oidc.params ?? {};
    events.tokensIssued(about(ctx), { account: accountOf(ctx), grantType: String(grantType) });
  });
  provider.on('grant.revoked', (ctx: KoaContextWithOIDC) => {
    const by = ENDINGS[ctx.oidc.route] ?? ctx.oidc.route;
    events.grantEnded(about(ctx), { by, account: accountOf(ctx) });
  });
  provider.on('end_session.success', (ctx: KoaContextWithOIDC) => {
    events.signedOut(about(ctx), { account: accountOf(ctx) });
  });
}
