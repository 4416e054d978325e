import type { Middleware } from 'koa';

/** Where forms may lead besides ourselves: the provider's origins, known only after discovery. */
export type FormTargets = () => readonly string[];

/**
 * Security headers of every answer. No script at all runs here. Chromium holds `form-action` against redirects of a
 * post as well, so signing out needs the provider's origin in it.
 */
export function securityHeaders(origin: string, formTargets: FormTargets): Middleware {
  const https = origin.startsWith('https:');
  return async (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': [
        "default-src 'none'",
        "script-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        `form-action ${["'self'", ...formTargets()].join(' ')}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      Vary: 'Accept-Language, Cookie',
    });
    if (https) ctx.set('Strict-Transport-Security', 'max-age=31536000');
    await next();
  };
}
