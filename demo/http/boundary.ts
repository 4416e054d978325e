import type { Middleware } from 'koa';
import type { Troubles } from '../pages/trouble.ts';

/** The one place where what nobody expected becomes a page: a reference, no text of the failure. */
export function errorBoundary(troubles: Troubles): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const status = error instanceof Error && 'status' in error ? error.status : 500;
      if (typeof status === 'number' && status >= 400 && status < 500) {
        return troubles.show(ctx, 'malformed', error);
      }
      return troubles.show(ctx, 'broken', error);
    }
    if (ctx.status === 404 && ctx.body === undefined) return troubles.show(ctx, 'notFound', undefined);
    if (ctx.status === 405 || ctx.status === 501) return troubles.show(ctx, 'notFound', undefined);
  };
}
