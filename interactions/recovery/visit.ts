import type { Clock } from '#src/clock.ts';
import type { Recovery, RecoveryTurn } from '#src/recovery/recovery.ts';
import type { Frames } from '../frame.ts';
import { cookiesPage } from '../sign-in/cookies.view.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import type { PageFrame } from '../views/page.ts';
import { flowIdOf, flowName, keepFlowId, newFlowId } from './flow-cookie.ts';
import { placeOf, type RecoveryPath, type RecoveryPlace } from './place.ts';

export interface RecoveryParts {
  recovery: Recovery;
  frames: Frames;
  clock: Clock;
}

/** A request to a page or form of recovery. */
export interface RecoveryVisit {
  place: RecoveryPlace;
  frame: PageFrame;
  turn: RecoveryTurn;
}

export const GONE = 410;
export const BAD_REQUEST = 400;

/** Longer than any login name or address we accept. */
export const NAME_FIELD_MAX = 320;

/** What a page or form needs to know. `back`: the page that the language switch comes back to. */
export function visitOf(
  ctx: InteractionContext,
  { frames }: Pick<RecoveryParts, 'frames'>,
  { back, flowId, token }: { back: RecoveryPath; flowId: string; token?: string | undefined },
): RecoveryVisit {
  const { tenant, reference, address, userAgent } = ctx.state;
  const place = placeOf(ctx);
  const frame = frames({ req: ctx.req, context: ctx.state, back: place.to(back, token) });
  const turn = {
    tenantId: tenant.id,
    tenant,
    reference,
    address,
    userAgent,
    locale: frame.locale,
    interaction: flowName(flowId),
    flowId,
  };
  return { place, frame, turn };
}

/**
 * A page with a form in it: the browser gets a key before it sends one, and nothing is kept for it. `known`: it had one,
 * so something may be.
 */
export function visitWithKey(
  ctx: InteractionContext,
  parts: Pick<RecoveryParts, 'frames'>,
  back: RecoveryPath,
  token?: string,
): RecoveryVisit & { known: boolean } {
  const { tenant } = ctx.state;
  const held = flowIdOf(ctx, tenant);
  const flowId = held ?? newFlowId();
  if (held === undefined) keepFlowId(ctx, tenant, flowId);
  return { ...visitOf(ctx, parts, { back, flowId, token }), known: held !== undefined };
}

/**
 * A form from a page that gave the browser a key. Without it nothing is done, or a link would be spent for somebody who
 * can't go on; undefined then, and the request is answered.
 */
export function visitOfForm(
  ctx: InteractionContext,
  parts: Pick<RecoveryParts, 'frames'>,
  back: RecoveryPath,
): RecoveryVisit | undefined {
  const flowId = flowIdOf(ctx, ctx.state.tenant);
  const visit = visitOf(ctx, parts, { back, flowId: flowId ?? newFlowId() });
  if (flowId !== undefined) return visit;
  sendPage(ctx, cookiesPage(visit.frame, { restartHref: visit.place.signInHref }), BAD_REQUEST);
  return undefined;
}

/** Goes on with what a link or code opened: under a new key, so that nobody who knew the old one comes along. */
export function goOn(ctx: InteractionContext, { place }: RecoveryVisit, flowId: string): void {
  keepFlowId(ctx, ctx.state.tenant, flowId);
  seeOther(ctx, place.to('/recover/step'));
}
