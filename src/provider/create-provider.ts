import type { IncomingMessage } from 'node:http';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { AuditTrail } from '#src/audit/ports.ts';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import type { SystemEvents } from '#src/system-events.ts';
import { ACCOUNT_CLIENT } from './account-client.ts';
import { answerFailures } from './answer-failures.ts';
import { type ConfigurationParts, createConfiguration } from './configuration.ts';
import { followSignOuts } from './follow-sign-outs.ts';
import { leaveNothing } from './leave-nothing.ts';
import { formActionSource, type ProviderPages } from './pages.ts';
import type { ArtifactStore } from './ports.ts';
import { publishAcrs } from './publish-acrs.ts';
import { publishKeys } from './publish-keys.ts';
import { recordErrors } from './record-errors.ts';
import { type RequestOrigin, recordOutcomes } from './record-outcomes.ts';
import { sendPage } from './send-page.ts';
import { trackSessionActivity } from './session-activity.ts';
import type { TellLogout } from './tell-logout.ts';

export interface ProviderParts extends ConfigurationParts {
  artifacts: ArtifactStore;
  pages: ProviderPages;
  log: Log;
  /** The number that the answer to this request carries (R25). */
  referenceOf(req: IncomingMessage): string;
  /** Where it came from. */
  originOf(req: IncomingMessage): RequestOrigin;
  trail: Pick<AuditTrail, 'record' | 'settled'>;
  /** For applications that could not be told at once. */
  tell: TellLogout;
  systemEvents: Pick<SystemEvents, 'logoutTold'>;
}

const OK = 200;
const NOT_FOUND = 404;

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The page of an error that no redirect may carry (a wrong redirect_uri, an expired request, our own failure). */
function errorPage(pages: ProviderPages) {
  return (ctx: KoaContextWithOIDC, out: { error: string }, failure: Error) => {
    if (failure.name === 'SessionNotFound') return sendPage(ctx, pages.stale({ req: ctx.req }));
    const code = failure instanceof AppError ? failure.code : out.error;
    sendPage(ctx, pages.error({ req: ctx.req, code, status: ctx.status }));
  };
}

function logoutPage(pages: ProviderPages) {
  return (ctx: KoaContextWithOIDC, form: string) => {
    const { client, entities, params, session } = ctx.oidc;
    const subject = text(entities.IdTokenHint?.payload.sub);
    // Whoever stays signed in leaves the application that asked, with all that the session has of it. Of our own settings
    // that is what is known of the sign-in, and whose computer it is.
    if (session?.state?.clientId === ACCOUNT_CLIENT) session.state.clientId = undefined;
    sendPage(
      ctx,
      pages.logout({
        req: ctx.req,
        form,
        certain: subject !== undefined && subject === session?.accountId,
        applicationName: client?.clientName ?? client?.clientId,
        returnTo: text(params?.post_logout_redirect_uri),
      }),
    );
  };
}

/** Where the form of a page that oidc-provider made may end; undefined unless that address was checked. */
function checkedWayBack(oidc: KoaContextWithOIDC['oidc'], status: number): string | undefined {
  const { route, params, entities, redirectUriCheckPerformed } = oidc;
  // Signing out without a session: an address that is not registered is an error page or dropped by now.
  if (route === 'end_session' && status === OK) return text(params?.post_logout_redirect_uri);
  if (redirectUriCheckPerformed) return text(params?.redirect_uri);
  // A change of account: checked when the interaction that is being resumed began.
  return text(entities.Interaction?.params.redirect_uri);
}

/**
 * Pages that oidc-provider posts by itself (response_mode=form_post, a change of account, a sign-out without a
 * session) lead to the client, so their form-action must name it; the shell's policy knows only this host.
 */
function openWayBack(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc === undefined || !ctx.response.is('html')) return;
    const source = formActionSource(checkedWayBack(ctx.oidc, ctx.status));
    const policy = ctx.response.get('content-security-policy');
    if (source === undefined || policy.split(/[\s;]+/).includes(source)) return;
    ctx.set('Content-Security-Policy', policy.replace("form-action 'self'", `form-action 'self' ${source}`));
  });
}

/** An address that is nobody's gets a page too: with a number, the help desk and a way on (R25). Programs get JSON. */
function answerUnknownPaths(provider: Provider, { pages, referenceOf }: ProviderParts): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.status !== NOT_FOUND || ctx.body !== undefined) return;
    const form = ctx.accepts('html', 'json');
    if (form === 'html') {
      sendPage(ctx, pages.error({ req: ctx.req, code: 'not-found', status: NOT_FOUND }));
    } else if (form === 'json') {
      ctx.body = { error: 'not-found', reference: referenceOf(ctx.req) };
    }
    ctx.status = NOT_FOUND;
    ctx.set('Cache-Control', 'no-store');
  });
}

/** The Provider of one tenant. Its addresses come from the request, which the shell has made canonical. */
export function createProvider(parts: ProviderParts): Provider {
  const { tenant, pages } = parts;
  const configuration = createConfiguration(parts);
  const provider = new Provider(tenant.issuer, {
    ...configuration,
    renderError: errorPage(pages),
    features: {
      ...configuration.features,
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: logoutPage(pages),
        postLogoutSuccessSource: (ctx) => sendPage(ctx, pages.signedOut({ req: ctx.req })),
      },
    },
  });
  // The shell rewrites every request to the tenant's own origin and says so in these headers (security rule 12).
  provider.proxy = true;
  answerFailures(provider, parts);
  publishKeys(provider);
  publishAcrs(provider, parts.acrValues);
  openWayBack(provider);
  answerUnknownPaths(provider, parts);
  trackSessionActivity(provider, parts);
  followSignOuts(provider, parts);
  leaveNothing(provider);
  recordErrors(provider, parts);
  recordOutcomes(provider, parts);
  return provider;
}
