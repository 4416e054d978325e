import type { SignInEvents } from '#src/events.ts';
import {
  type InteractionContext,
  type InteractionParts,
  interactionPath,
  openInteraction,
  seeOther,
} from '../sign-in/turn.ts';

export interface ConsentParts extends InteractionParts {
  events: SignInEvents;
}

/** Handlers of the consent page's two buttons. */
export function createConsentAnswers(parts: ConsentParts) {
  const answer = (given: boolean) => async (ctx: InteractionContext) => {
    const open = await openInteraction(ctx, parts);
    if (open === undefined) return;
    const { gateway, view, turn } = open;
    if (view.prompt !== 'consent') return seeOther(ctx, interactionPath(view.uid));
    parts.events.consentGiven(turn, { outcome: given ? 'success' : 'failure', client: view.clientName });
    seeOther(ctx, await (given ? gateway.approve(ctx.req, ctx.res) : gateway.deny(ctx.req, ctx.res)));
  };
  return { allow: answer(true), deny: answer(false) };
}
