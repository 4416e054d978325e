import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Tenant } from '#src/tenant/tenant.ts';
import { isHttps } from '../http/is-https.ts';

/** 256 random bits, base64url. */
const FLOW_ID = /^[A-Za-z0-9_-]{43}$/;
const FLOW_ID_BYTES = 32;
/** More than enough to tell the happenings of one recovery from another's; never what the cookie holds. */
const NAME_LENGTH = 22;

/* It has a path, so `__Host-` is not for it (ground rule 11). */
const nameOf = (tenant: Tenant) => `${isHttps(tenant) ? '__Secure-' : ''}poortwachter_recovery`;

/** A new key of a browser's recovery. */
export function newFlowId(): string {
  return randomBytes(FLOW_ID_BYTES).toString('base64url');
}

/** By what name a recovery goes in log and audit. */
export function flowName(flowId: string): string {
  return createHash('sha256').update(flowId).digest('base64url').slice(0, NAME_LENGTH);
}

/** The key that this browser holds; undefined when it holds none of ours. */
export function flowIdOf(ctx: Context, tenant: Tenant): string | undefined {
  const kept = ctx.cookies.get(nameOf(tenant));
  return kept !== undefined && FLOW_ID.test(kept) ? kept : undefined;
}

/** Gives the browser a key, until it is closed: no other page of ours gets to see it. */
export function keepFlowId(ctx: Context, tenant: Tenant, flowId: string): void {
  ctx.cookies.set(nameOf(tenant), flowId, {
    path: '/recover',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(tenant),
    overwrite: true,
  });
}
