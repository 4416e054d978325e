import { AppError } from '#src/errors.ts';
import type { FaultEvents } from '#src/events.ts';
import type { Log } from '#src/log.ts';
import type { ShellMiddleware } from '#src/server.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Frames } from '../frame.ts';
import { errorPage } from '../views/error.view.ts';
import { answerForProgram, isForProgram } from './program-answer.ts';

/** Statuses below this are the sender's doing and no alarm. */
const OURS = 500;

/**
 * The one place where a failure becomes an answer: a page or JSON by Accept, with the reference number that the
 * log line carries too (R25). What went wrong inside never leaves (ASVS 16.5.1).
 */
export function errorBoundary(frames: Frames, log: Log, faults: FaultEvents): ShellMiddleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (failure) {
      const { reference, tenant } = ctx.state;
      const known =
        failure instanceof AppError ? failure : new AppError('internal', 500, 'bug', { cause: failure });
      const record = { reference, tenant: tenant.key, error: known.code };
      const { address, userAgent } = ctx.state;
      const met = { tenantId: tenant.id, reference, address, userAgent };
      faults.errorShown(met, { error: known.code, status: known.status });
      if (known.status >= OURS) log.error({ ...record, err: failure }, 'request failed');
      // Anybody can send these by the thousand: a sentence says it all, and a stack would only fill the log.
      else log.warn({ ...record, reason: known.message }, 'request refused');

      ctx.status = known.status;
      if (known.retryAfter !== undefined) ctx.set('Retry-After', String(known.retryAfter));
      ctx.set('Cache-Control', 'no-store');
      if (isForProgram(ctx)) {
        ctx.body = answerForProgram(known.status, { code: known.code, reference });
        return;
      }
      const frame = frames({ req: ctx.req, context: ctx.state, back: ctx.method === 'GET' ? ctx.url : '/' });
      ctx.type = 'html';
      ctx.body = errorPage(frame, { reference, code: known.code, restartHref: restartAddress(tenant) });
    }
  };
}
