import type { Context } from 'koa';

/** Sends the browser on with a GET. The body stays empty: Koa's would repeat the address, and a token with it. */
export function seeOther(ctx: Context, target: string): void {
  ctx.status = 303;
  ctx.redirect(target);
  ctx.body = '';
}
