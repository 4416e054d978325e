import { AppError } from '#src/errors.ts';
import type { ShellMiddleware } from '#src/server.ts';

/**
 * Refuses a post that our own page did not send (ASVS 3.5.1): `Sec-Fetch-Site: same-origin` where the browser says
 * it, else an Origin that is exactly the tenant's. `null` or nothing at all is refused. Throws AppError
 * `cross-site-post`.
 */
export function sameOrigin(): ShellMiddleware {
  return async (ctx, next) => {
    if (ctx.method === 'POST') {
      const site = ctx.get('sec-fetch-site');
      const trusted = site === '' ? ctx.get('origin') === ctx.state.tenant.issuer : site === 'same-origin';
      if (!trusted)
        throw new AppError('cross-site-post', 403, `post from ${site === '' ? 'an unnamed' : site} site`);
    }
    await next();
  };
}
