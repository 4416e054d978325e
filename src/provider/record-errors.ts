import type { IncomingMessage } from 'node:http';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import type { Log } from '#src/log.ts';
import { isLostConnection } from '#src/lost-connection.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

interface Parts {
  tenant: Tenant;
  log: Log;
  /** The number that the answer to this request carries (R25). */
  referenceOf(req: IncomingMessage): string;
}

/**
 * Writes every refusal of the protocol to the log with its reference number, so that a person's number leads to
 * the reason (R25, ASVS 16.3.2). The reason is oidc-provider's own text: no token, code or secret.
 */
export function recordErrors(provider: Provider, { tenant, log, referenceOf }: Parts): void {
  const about = (ctx: KoaContextWithOIDC) => ({
    reference: referenceOf(ctx.req),
    tenant: tenant.key,
    client: ctx.oidc?.client?.clientId,
  });
  const refused = (event: string) => (ctx: KoaContextWithOIDC, failure: Error) => {
    const known = failure instanceof errors.OIDCProviderError;
    const reason = known ? [failure.error_description, failure.error_detail] : [];
    const error = known ? failure.error : failure.name;
    // Half a body from a client that hung up is no refusal that anybody heard.
    const level = isLostConnection(failure.cause, ctx.req) ? 'debug' : 'info';
    log[level]({ ...about(ctx), error, reason: reason.filter(Boolean).join(': ') }, event);
  };
  // One for each endpoint that is on (oidc-provider's docs/events.md).
  provider.on('authorization.error', refused('authorization refused'));
  provider.on('grant.error', refused('tokens refused'));
  provider.on('pushed_authorization_request.error', refused('pushed request refused'));
  provider.on('introspection.error', refused('introspection refused'));
  provider.on('revocation.error', refused('revocation refused'));
  provider.on('userinfo.error', refused('userinfo refused'));
  provider.on('end_session.error', refused('sign-out refused'));
  provider.on('end_session_confirm.error', refused('sign-out refused'));
  provider.on('end_session_success.error', refused('sign-out refused'));
}
