import type { Context, Middleware } from 'koa';

/**
 * Whether a post comes from a page of ours: by Sec-Fetch-Site, which no page can forge, else by an exact Origin.
 * `null` or neither header counts as foreign (ASVS 5.0 3.5.1).
 */
export function isOwnPost(ctx: Context, origin: string): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  return site === '' ? ctx.get('Origin') === origin : site === 'same-origin';
}

/** Lets a post through when it is ours, else calls `refuse`. */
export function ownPostsOnly(origin: string, refuse: (ctx: Context) => Promise<void>): Middleware {
  return (ctx, next) => (isOwnPost(ctx, origin) ? next() : refuse(ctx));
}
