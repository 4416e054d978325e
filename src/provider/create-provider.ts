import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import { type ConfigurationParts, createConfiguration } from './configuration.ts';
import { formActionSource, type ProviderPages, type RenderedPage } from './pages.ts';
import type { ArtifactStore } from './ports.ts';
import { trackSessionActivity } from './session-activity.ts';

export interface ProviderParts extends ConfigurationParts {
  artifacts: ArtifactStore;
  pages: ProviderPages;
  log: Log;
}

function send(ctx: KoaContextWithOIDC, page: RenderedPage): void {
  ctx.type = 'html';
  ctx.set('Content-Security-Policy', page.csp);
  ctx.body = page.html;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The page of an error that no redirect may carry (a wrong redirect_uri, an expired request, our own failure). */
function errorPage(pages: ProviderPages) {
  return (ctx: KoaContextWithOIDC, out: { error: string }, failure: Error) => {
    if (failure.name === 'SessionNotFound') return send(ctx, pages.stale({ req: ctx.req }));
    const code = failure instanceof AppError ? failure.code : out.error;
    send(ctx, pages.error({ req: ctx.req, code, status: ctx.status }));
  };
}

function logoutPage(pages: ProviderPages) {
  return (ctx: KoaContextWithOIDC, form: string) => {
    const { client, entities, params, session } = ctx.oidc;
    const subject = text(entities.IdTokenHint?.payload.sub);
    send(
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

/**
 * Pages that oidc-provider posts by itself (response_mode=form_post, a change of account) lead to the client, so
 * their form-action must name it; the shell's policy knows only this host.
 */
function openWayBack(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx;
    if (oidc === undefined || !ctx.response.is('html')) return;
    const source = formActionSource(
      text(oidc.params?.redirect_uri) ?? text(oidc.entities.Interaction?.params.redirect_uri),
    );
    const policy = ctx.response.get('content-security-policy');
    if (source !== undefined && oidc.redirectUriCheckPerformed) {
      ctx.set(
        'Content-Security-Policy',
        policy.replace("form-action 'self'", `form-action 'self' ${source}`),
      );
    }
  });
}

/** The Provider of one tenant. Its addresses come from the request, which the shell has made canonical. */
export function createProvider(parts: ProviderParts): Provider {
  const { tenant, pages, log } = parts;
  const configuration = createConfiguration(parts);
  const provider = new Provider(tenant.issuer, {
    ...configuration,
    renderError: errorPage(pages),
    features: {
      ...configuration.features,
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: logoutPage(pages),
        postLogoutSuccessSource: (ctx) => send(ctx, pages.signedOut({ req: ctx.req })),
      },
    },
  });
  // The shell rewrites every request to the tenant's own origin and says so in these headers (security rule 12).
  provider.proxy = true;
  openWayBack(provider);
  trackSessionActivity(provider, { ...parts, tenantId: tenant.id });
  provider.on('server_error', (_ctx, failure) =>
    log.error({ err: failure, tenant: tenant.key }, 'provider failed'),
  );
  return provider;
}
