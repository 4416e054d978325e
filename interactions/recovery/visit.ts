import type { Clock } from '#src/clock.ts';
import type { Recovery, RecoveryTurn } from '#src/recovery/recovery.ts';
import type { Frames } from '../frame.ts';
import { cookiesPage } from '../sign-in/cookies.view.ts';
import { type InteractionContext, sendPage } from '../sign-in/turn.ts';
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
const TOO_MANY = 429;

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

/** A page with a form in it: the browser gets a key before it sends one, and nothing is kept for it. */
export function visitWithKey(
  ctx: InteractionContext,
  parts: Pick<RecoveryParts, 'frames'>,
  back: RecoveryPath,
  token?: string,
): RecoveryVisit {
  const { tenant } = ctx.state;
  const known = flowIdOf(ctx, tenant);
  const flowId = known ?? newFlowId();
  if (known === undefined) keepFlowId(ctx, tenant, flowId);
  return visitOf(ctx, parts, { back, flowId, token });
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

/** Milliseconds of a wait as the seconds a page counts down; at least one. */
export function secondsUntil(until: number, clock: Clock): number {
  return Math.max(1, Math.ceil((until - clock.now()) / 1000));
}

/** The page of a form that may not be sent yet, with what was typed: no redirect, which would lose it. */
export function sendWait(ctx: InteractionContext, page: string, seconds: number): void {
  ctx.set('Retry-After', String(seconds));
  sendPage(ctx, page, TOO_MANY);
}
