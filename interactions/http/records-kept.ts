import type { AuditTrail } from '#src/audit/ports.ts';
import type { ShellMiddleware } from '#src/server.ts';

/**
 * Answers only when all that was recorded of a request is kept (ground rule 2): else the way on, and the cookies that
 * came with it, are taken back, and the error boundary answers. Costs nothing where nothing was recorded.
 */
export function recordsKept({ settled }: Pick<AuditTrail, 'settled'>): ShellMiddleware {
  return async (ctx, next) => {
    const before = ctx.res.getHeaders();
    await next();
    try {
      await settled(ctx.state.reference);
    } catch (failure) {
      for (const name of ctx.res.getHeaderNames()) ctx.res.removeHeader(name);
      for (const [name, value] of Object.entries(before)) {
        if (value !== undefined) ctx.res.setHeader(name, value);
      }
      throw failure;
    }
  };
}
