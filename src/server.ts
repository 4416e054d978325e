import type { IncomingMessage, ServerResponse } from 'node:http';
import Koa, { type Middleware } from 'koa';
import { browserAddress, canonicalise, requestedHost } from './canonical-request.ts';
import { AppError, type AppErrorCode } from './errors.ts';
import type { Log } from './log.ts';
import { isLostConnection } from './lost-connection.ts';
import { newReference, referenceOf } from './reference.ts';
import type { RequestContext, RequestRegister } from './request-context.ts';
import { UNKEPT_HEADERS } from './security-headers.ts';
import type { TenantDirectory } from './tenant/ports.ts';
import type { Tenant } from './tenant/tenant.ts';

/** What every middleware of ours finds in `ctx.state`. */
export type ShellMiddleware = Middleware<RequestContext>;

/** Why a request got no further than the door, and the number that its line of the log has too (R25). */
export interface DoorFailure {
  code: AppErrorCode;
  reference: string;
}

export interface ServerParts {
  tenants: TenantDirectory;
  register: RequestRegister;
  trustedHops: number;
  log: Log;
  /** Draws what is said while nobody knows whose request it is: no tenant's name, no tenant's look. */
  answerWithoutTenant(ctx: Koa.Context, failure: DoorFailure): void;
  /** Puts our own pages into the application, in order; what none of them answers goes to the provider. */
  install(app: Koa<RequestContext>): void;
  provider(tenant: Tenant): Promise<(req: IncomingMessage, res: ServerResponse) => Promise<void>>;
}

/** Characters of a host name (RFC 1035 §2.3.4); what is longer is none, and no more of it goes to the log. */
const LONGEST_HOST = 255;

/** Characters of a path that go to the log: more than any path of ours has. */
const LONGEST_PATH = 300;

/** Characters of what a browser calls itself that are kept: the usual ones have half as many. */
const LONGEST_AGENT = 300;

/** Paths of one sign-in: its pages, and the provider's way on from them. The id is nanoid's (oidc-provider). */
const OF_INTERACTION = /^\/(?:interaction|auth)\/([A-Za-z0-9_-]{20,64})(?:\/|$)/;

/** All requests of one sign-in have one number; every other has its own. */
function numberOf(path: string): string {
  const interaction = OF_INTERACTION.exec(path)?.[1];
  return interaction === undefined ? newReference() : referenceOf(interaction);
}

/** No tenant for this request: the database is away, or its settings can't be read. Nothing of it leaves (rule 2). */
function failAtTheDoor(ctx: Koa.Context, host: string, failure: unknown, parts: ServerParts): void {
  const known =
    failure instanceof AppError ? failure : new AppError('internal', 500, 'bug', { cause: failure });
  const { code, status, retryAfter } = known;
  const reference = newReference();
  // For the line that every request gets.
  Object.assign(ctx.state, { reference });
  parts.log.error({ reference, error: code, host, err: failure }, 'request failed');
  ctx.set(UNKEPT_HEADERS);
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  ctx.status = status;
  parts.answerWithoutTenant(ctx, { code, reference });
}

/** A host that is nobody's (RFC 9110 §15.5.20). */
function refuseHost(ctx: Koa.Context, host: string | undefined, log: Log): void {
  const reference = newReference();
  Object.assign(ctx.state, { reference });
  log.warn({ reference, error: 'unknown-host', host: host?.slice(0, LONGEST_HOST) }, 'request refused');
  ctx.status = 421;
  ctx.set(UNKEPT_HEADERS);
  ctx.body = `This server does not answer for that host name.\nNumber: ${reference}\n`;
}

/** Finds the tenant by host and makes the request canonical. */
function enter(parts: ServerParts): ShellMiddleware {
  const { tenants, register, trustedHops, log } = parts;
  return async (ctx, next) => {
    const host = requestedHost(ctx.req);
    if (host === undefined) return refuseHost(ctx, host, log);
    let tenant: Tenant | undefined;
    try {
      tenant = await tenants.byHost(host);
    } catch (failure) {
      return failAtTheDoor(ctx, host, failure, parts);
    }
    if (tenant === undefined) return refuseHost(ctx, host, log);
    const address = browserAddress(ctx.req, trustedHops);
    canonicalise(ctx.req, tenant, address);
    const userAgent = ctx.get('user-agent').slice(0, LONGEST_AGENT) || undefined;
    Object.assign(ctx.state, { tenant, reference: numberOf(ctx.path), address, userAgent });
    register.keep(ctx.req, ctx.state);
    await next();
  };
}

/** One line a request, without query (codes and states travel there) and without body. */
function logRequests(log: Log): ShellMiddleware {
  return async (ctx, next) => {
    const started = performance.now();
    ctx.res.once('close', () => {
      const { reference, tenant } = ctx.state;
      const ms = Math.round(performance.now() - started);
      const { method } = ctx;
      const path = ctx.path.slice(0, LONGEST_PATH);
      log.info({ reference, tenant: tenant?.key, method, path, status: ctx.res.statusCode, ms }, 'request');
    });
    await next();
  };
}

/** The application: the shell, our pages, and oidc-provider behind them. */
export function createServer(parts: ServerParts): Koa<RequestContext> {
  const app = new Koa<RequestContext>();
  // Without a listener Koa prints these, stack and all: lost connections, and what failed before our boundary.
  app.on('error', (err: unknown, { req, state }: Koa.ParameterizedContext<Partial<RequestContext>>) => {
    const record = { reference: state.reference, tenant: state.tenant?.key, err };
    if (isLostConnection(err, req)) parts.log.debug(record, 'connection lost');
    else parts.log.error(record, 'request failed');
  });
  // Scheme and address come from the headers that canonicalise() wrote, never from a stranger's.
  app.proxy = true;
  app.use(logRequests(parts.log));
  app.use(enter(parts));
  parts.install(app);
  app.use(async (ctx) => {
    const handle = await parts.provider(ctx.state.tenant);
    ctx.respond = false;
    // Its sender is gone, or was refused in the middle of a body: there is nothing to read and nobody to answer.
    if (ctx.req.destroyed) {
      const { reference, tenant } = ctx.state;
      parts.log.debug({ reference, tenant: tenant.key }, 'connection lost');
      return;
    }
    // Koa presets 404, which oidc-provider's own Koa would take for the answer's status.
    ctx.res.statusCode = 200;
    await handle(ctx.req, ctx.res);
  });
  return app;
}
