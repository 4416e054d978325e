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

/** Causes deep. A client's keys that could not be fetched are the deepest: proof, keys, fetch, connection. */
const DEPTH = 5;

/** Most characters of a reason: some repeat an algorithm, an origin or a path as it was sent. */
const LONGEST = 300;

/** Why, from the outside in. What a parser stumbled over may be part of a token, so its words stay out. */
function reasonsOf(failure: Error): string[] {
  const reasons = new Set<string>();
  let at: unknown = failure;
  for (let depth = 0; depth < DEPTH && at instanceof Error; depth += 1) {
    if (at instanceof errors.OIDCProviderError) {
      reasons.add(at.error_description ?? '');
      // Else it is the cause's own message, which is next.
      if (!(at.cause instanceof Error)) reasons.add(at.error_detail ?? '');
    } else if (!(at instanceof SyntaxError)) reasons.add(at.message);
    at = at.cause;
  }
  reasons.delete('');
  return [...reasons].map((reason) => reason.slice(0, LONGEST));
}

/**
 * Writes every refusal of the protocol to the log with its reference number, so that a person's number leads to
 * the reason (R25, ASVS 16.3.2). The reason is text of oidc-provider and of Node: no token, code or secret.
 */
export function recordErrors(provider: Provider, { tenant, log, referenceOf }: Parts): void {
  const about = (ctx: KoaContextWithOIDC) => ({
    reference: referenceOf(ctx.req),
    tenant: tenant.key,
    client: ctx.oidc?.client?.clientId,
  });
  const refused = (event: string) => (ctx: KoaContextWithOIDC, failure: Error) => {
    const error = failure instanceof errors.OIDCProviderError ? failure.error : failure.name;
    // Half a body from a client that hung up is no refusal that anybody heard.
    const level = isLostConnection(failure.cause, ctx.req) ? 'debug' : 'info';
    log[level]({ ...about(ctx), error, reason: reasonsOf(failure).join(': ') }, event);
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
