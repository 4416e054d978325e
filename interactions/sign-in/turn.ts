import type { Context } from 'koa';
import type { AccountStore } from '#src/account/ports.ts';
import type { BrowserMarks } from '#src/lockout/browser-mark.ts';
import { ACCOUNT_CLIENT } from '#src/provider/account-client.ts';
import type { InteractionGateway, InteractionView } from '#src/provider/interaction-gateway.ts';
import { formActionSource } from '#src/provider/pages.ts';
import type { RequestContext } from '#src/request-context.ts';
import type { Turn } from '#src/sign-in/turn.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Frames } from '../frame.ts';
import { browserMarkOf } from '../http/browser-mark.ts';
import { contentSecurityPolicy } from '../http/security-headers.ts';
import type { PageFrame } from '../views/page.ts';
import { cookiesPage } from './cookies.view.ts';
import { stalePage } from './stale.view.ts';

/** A request inside an open interaction: what it is about and how its pages are framed. */
export interface OpenInteraction {
  gateway: InteractionGateway;
  view: InteractionView;
  frame: PageFrame;
  turn: Turn;
}

export interface InteractionParts {
  frames: Frames;
  /** Reads marks of browsers that signed in before. */
  marks: Pick<BrowserMarks, 'read'>;
  gatewayOf(tenant: Tenant): Promise<InteractionGateway>;
  accounts: Pick<AccountStore, 'findById'>;
}

/** Koa's context of a request that passed the shell. */
export type InteractionContext = Context & { state: RequestContext; params: Record<string, string> };

/** Sends a page that must not be kept, with the way back to the application open for its forms. */
export function sendPage(ctx: Context, html: string, status = 200, redirectUri?: string): void {
  ctx.status = status;
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Security-Policy', contentSecurityPolicy({ formAction: [formActionSource(redirectUri)] }));
  ctx.body = html;
}

/** Answers a post: the browser goes on by GET (house rule 9). */
export function seeOther(ctx: Context, address: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(address);
  ctx.status = 303;
}

/** Path of an interaction's page. */
export function interactionPath(uid: string): string {
  return `/interaction/${uid}`;
}

const GONE = 410;
const BAD_REQUEST = 400;

/** The interaction is over or never was. A reader is led quietly to a new sign-in; what was typed gets a page. */
function answerStale(ctx: InteractionContext, frame: PageFrame): void {
  const restartHref = restartAddress(ctx.state.tenant);
  if (ctx.method === 'GET' || ctx.method === 'HEAD') seeOther(ctx, restartHref);
  else sendPage(ctx, stalePage(frame, { restartHref }), GONE);
}

/** Who signs in again for the settings: known by the session, so that no name need stand in an address. */
async function ownName(
  { id }: Tenant,
  { clientId, accountId }: InteractionView,
  { accounts }: InteractionParts,
): Promise<string | undefined> {
  if (clientId !== ACCOUNT_CLIENT || accountId === undefined) return undefined;
  return (await accounts.findById(id, accountId))?.loginName;
}

/**
 * Opens the interaction that the address names and this browser's cookie proves; undefined when it can't be, and
 * then the request is answered already. An answered interaction (back button) goes on to where it led.
 */
export async function openInteraction(
  ctx: InteractionContext,
  parts: InteractionParts,
): Promise<OpenInteraction | undefined> {
  const { frames, gatewayOf, marks } = parts;
  const { tenant, reference, address, userAgent } = ctx.state;
  const uid = ctx.params.uid ?? '';
  const gateway = await gatewayOf(tenant);
  const loaded = await gateway.load(ctx.req, ctx.res, uid);
  const uiLocales = loaded.kind === 'open' ? loaded.view.uiLocales : undefined;
  const frame = frames({ req: ctx.req, context: ctx.state, back: interactionPath(uid), uiLocales });
  if (loaded.kind === 'gone') {
    answerStale(ctx, frame);
    return undefined;
  }
  if (loaded.kind === 'no-cookie') {
    // No quiet restart here: with cookies blocked it would go round for ever.
    sendPage(ctx, cookiesPage(frame, { restartHref: restartAddress(tenant) }), BAD_REQUEST);
    return undefined;
  }
  const { view } = loaded;
  if (view.resume !== undefined) {
    seeOther(ctx, view.resume);
    return undefined;
  }
  const loginHint = view.loginHint ?? (await ownName(tenant, view, parts)) ?? '';
  const browserMark = browserMarkOf(ctx, tenant);
  return {
    gateway,
    view,
    frame,
    turn: {
      tenantId: tenant.id,
      tenant,
      reference,
      interaction: uid,
      address,
      userAgent,
      loginHint,
      browserMark,
      browser: marks.read(tenant.id, browserMark),
      locale: frame.locale,
      demand: view.demand,
      shared: view.shared,
    },
  };
}
