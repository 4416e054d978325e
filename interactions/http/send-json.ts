import type { Context } from 'koa';

/** Answers a script of ours, and nobody keeps it: what is in it is one person's. */
export function sendJson(ctx: Context, body: object, status = 200): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = status;
  ctx.body = body;
}
