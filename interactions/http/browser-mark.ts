import type { Context } from 'koa';
import type { Tenant } from '#src/tenant/tenant.ts';
import { isHttps } from './is-https.ts';

/** Seconds: as long as a browser keeps a cookie at most (RFC 6265bis §5.6.2). Renewed at every sign-in. */
const LIFE = 400 * 24 * 60 * 60;

const nameFor = (tenant: Tenant) => `${isHttps(tenant) ? '__Host-' : ''}poortwachter_browser`;

/** The mark of a browser that signed in before, as it keeps it; it may be anything. */
export function browserMarkOf(ctx: Context, tenant: Tenant): string | undefined {
  return ctx.cookies.get(nameFor(tenant));
}

const attributes = (tenant: Tenant) =>
  ({ httpOnly: true, secure: isHttps(tenant), sameSite: 'lax', path: '/', signed: false }) as const;

/** Lets a browser keep its mark. It stands for nobody and lets nobody in: it chooses where tries are counted. */
export function keepBrowserMark(ctx: Context, tenant: Tenant, mark: string): void {
  ctx.cookies.set(nameFor(tenant), mark, { ...attributes(tenant), maxAge: LIFE * 1000 });
}

/** Takes the mark of a browser that others use too. */
export function dropBrowserMark(ctx: Context, tenant: Tenant): void {
  if (browserMarkOf(ctx, tenant) !== undefined) ctx.cookies.set(nameFor(tenant), null, attributes(tenant));
}
