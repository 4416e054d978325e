import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import { isLostConnection } from '#src/lost-connection.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { ProviderPages } from './pages.ts';
import { type PageAnswer, sendPage } from './send-page.ts';

export interface FailureParts {
  tenant: Tenant;
  pages: ProviderPages;
  log: Log;
  /** The number that the answer to this request carries (R25). */
  referenceOf(req: IncomingMessage): string;
}

/** The context of a request that failed: maybe before oidc-provider made its own part of it. */
interface FailedRequest extends PageAnswer {
  req: IncomingMessage;
  status: number;
  oidc?: { route: string; client?: { clientId: string } | undefined };
  accepts(...types: string[]): string | false | string[];
}

const UNAVAILABLE = 503;

/** Routes that only browsers ask, whatever their Accept header says. */
const PAGE_ROUTES = new Set(['authorization', 'resume']);

function wantsPage(ctx: FailedRequest): boolean {
  return PAGE_ROUTES.has(ctx.oidc?.route ?? '') || ctx.accepts('json', 'html') === 'html';
}

/** What a failure tells the outside: OAuth's error (RFC 6749 §4.1.2.1 and §5.2) and, for a page, the code of its words. */
function outside(failure: unknown) {
  if (failure instanceof AppError) {
    const error = failure.status === UNAVAILABLE ? 'temporarily_unavailable' : 'server_error';
    return { status: failure.status, code: failure.code, error, retryAfter: failure.retryAfter };
  }
  if (failure instanceof errors.OIDCProviderError && failure.expose) {
    return { status: failure.statusCode, code: failure.error, error: failure.error };
  }
  return { status: 500, code: 'internal', error: 'server_error' };
}

/** Takes back what the failed steps put into the answer: a way on with a code in it, cookies of an unsaved session. */
function restoreHeaders(res: ServerResponse, before: ReturnType<ServerResponse['getHeaders']>): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  for (const [name, value] of Object.entries(before)) if (value !== undefined) res.setHeader(name, value);
}

function answer(ctx: FailedRequest, failure: unknown, { pages, referenceOf }: FailureParts): void {
  const { status, code, error, retryAfter } = outside(failure);
  const { req } = ctx;
  if (wantsPage(ctx)) {
    sendPage(ctx, pages.error({ req, code, status }));
  } else {
    ctx.body = {
      error,
      error_description: 'the request could not be answered; the reference leads to the reason in the log',
      reference: referenceOf(req),
    };
  }
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
}

/**
 * Answers what goes wrong around oidc-provider's own error handlers: in its session middleware, which saves after
 * them, and in ours. Answers our own failures that those handlers met in the same way, so that each has its status,
 * Retry-After and reference. Must be told to the Provider before every other middleware: `use` keeps their order.
 */
export function answerFailures(provider: Provider, parts: FailureParts): void {
  const { tenant, log, referenceOf } = parts;
  const met = new WeakMap<IncomingMessage, Error>();
  const about = (ctx: FailedRequest) => ({
    reference: referenceOf(ctx.req),
    tenant: tenant.key,
    client: ctx.oidc?.client?.clientId,
  });
  const record = (ctx: FailedRequest, err: unknown) => {
    if (isLostConnection(err, ctx.req)) log.debug({ ...about(ctx), err }, 'connection lost');
    else log.error({ ...about(ctx), err }, 'provider failed');
  };
  provider.on('server_error', (ctx: FailedRequest, failure: Error) => {
    met.set(ctx.req, failure);
    record(ctx, failure);
  });
  // Without a listener Koa prints these, stack and all: lost connections, and answers that could not be written.
  const koa: EventEmitter = provider;
  koa.on('error', (failure: unknown, ctx: FailedRequest) => record(ctx, failure));
  provider.use(async (ctx, next) => {
    const before = ctx.res.getHeaders();
    let failure: unknown;
    try {
      await next();
      failure = met.get(ctx.req);
    } catch (thrown) {
      failure = thrown;
      record(ctx, thrown);
    }
    if (failure === undefined || ctx.headerSent || !ctx.writable) return;
    restoreHeaders(ctx.res, before);
    answer(ctx, failure, parts);
  });
}
