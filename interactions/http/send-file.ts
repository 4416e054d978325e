import type { Context } from 'koa';

/** Sends a text to be kept as a file, and nowhere else: what is in it is one person's. */
export function sendFile(
  ctx: Context,
  { name, type, text }: { name: string; type: string; text: string },
): void {
  ctx.status = 200;
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', `attachment; filename="${name}"`);
  ctx.type = type;
  ctx.body = text;
}
