import type { AuditTrail } from '#src/audit/ports.ts';
import type { SignInEvents } from '#src/events.ts';
import { noFields, readForm } from '../http/form.ts';
import {
  type InteractionContext,
  type InteractionParts,
  interactionPath,
  openInteraction,
  seeOther,
} from '../sign-in/turn.ts';
import { showConsent } from './show.ts';

const BAD_REQUEST = 400;

export interface ConsentParts extends InteractionParts {
  events: SignInEvents;
  trail: Pick<AuditTrail, 'settled'>;
}

/** Handlers of the consent page's two buttons. */
export function createConsentAnswers(parts: ConsentParts) {
  const answer = (given: boolean) => async (ctx: InteractionContext) => {
    const open = await openInteraction(ctx, parts);
    if (open === undefined) return;
    const { gateway, view, turn } = open;
    if (view.prompt !== 'consent') return seeOther(ctx, interactionPath(view.uid));
    if (readForm(ctx, noFields) === undefined) return showConsent(ctx, open, BAD_REQUEST);
    const { accountId: account, clientId: client } = view;
    parts.events.consentGiven(turn, { outcome: given ? 'success' : 'failure', client, account });
    // Before it takes effect: what can't be recorded does not happen.
    await parts.trail.settled(turn.reference);
    const address = await (given ? gateway.approve(ctx.req, ctx.res) : gateway.deny(ctx.req, ctx.res));
    seeOther(ctx, address);
  };
  return { allow: answer(true), deny: answer(false) };
}
