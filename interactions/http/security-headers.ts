import { SECURITY_HEADERS } from '#src/security-headers.ts';
import type { ShellMiddleware } from '#src/server.ts';

/** Sources a page may need beyond this host. */
export interface CspOptions {
  /** Origins or schemes a form's redirect may end at: the way back to the application. */
  formAction?: readonly (string | undefined)[];
}

/**
 * The content security policy of a page (ASVS 3.4.3). `form-action` names the way back to the application,
 * because Chromium holds every redirect after a form post to it; `script-src` is spelled out, because
 * oidc-provider adds the hash of its one script only then.
 */
export function contentSecurityPolicy({ formAction = [] }: CspOptions = {}): string {
  const targets = formAction.filter((source) => source !== undefined);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'none'",
    "connect-src 'self'",
    ["form-action 'self'", ...new Set(targets)].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const YEARS_2 = 63_072_000;

/**
 * What every application reads and everybody may keep. Briefly: a key that is to sign in a hurry does so 15 seconds after
 * it was published, processes take up to 4 of them to publish it, and no copy on the way may be older than the rest.
 */
const PUBLIC_DOCUMENTS = new Set(['/.well-known/openid-configuration', '/jwks']);
const BRIEFLY = 'public, max-age=10';

function caching(method: string, path: string): string {
  const reads = method === 'GET' || method === 'HEAD';
  return reads && PUBLIC_DOCUMENTS.has(path) ? BRIEFLY : 'no-store';
}

/**
 * The headers of ground rule 11, on every answer; a page may replace the policy with its own. Nothing is kept by a
 * browser or a proxy unless somebody says so here or, for files whose address changes with them, in assets.ts.
 */
export function securityHeaders(): ShellMiddleware {
  const policy = contentSecurityPolicy();
  return async (ctx, next) => {
    ctx.set({
      ...SECURITY_HEADERS,
      'Content-Security-Policy': policy,
      'Cache-Control': caching(ctx.method, ctx.path),
    });
    if (ctx.state.tenant.issuer.startsWith('https:')) {
      ctx.set('Strict-Transport-Security', `max-age=${YEARS_2}; includeSubDomains`);
    }
    await next();
  };
}
