import type { Middleware } from 'koa';

/**
 * Keeps everybody on the one origin that is registered at the provider: a sign-in begun on `127.0.0.1` would lose
 * its cookies on the way back to `localhost`. Nothing is ever built from the Host header.
 */
export function canonicalHost(origin: string): Middleware {
  const { host } = new URL(origin);
  return async (ctx, next) => {
    if (ctx.get('Host').toLowerCase() === host) return next();
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.status = 421;
      ctx.body = '';
      return;
    }
    const target = URL.parse(ctx.url, origin);
    ctx.status = 308;
    ctx.redirect(`${origin}${target?.pathname ?? '/'}${target?.search ?? ''}`);
    ctx.body = '';
  };
}
