import { z } from 'zod';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { recoverDeadPage } from './code.view.ts';
import { recoverLinkPage } from './link.view.ts';
import { tokenOf } from './place.ts';
import {
  BAD_REQUEST,
  GONE,
  goOn,
  type RecoveryParts,
  type RecoveryVisit,
  visitOfForm,
  visitWithKey,
} from './visit.ts';

const tokenForm = z.object({ token: z.string().max(200) });

function sendDead(ctx: InteractionContext, { frame, place }: RecoveryVisit, status = GONE): void {
  sendPage(ctx, recoverDeadPage(frame, { place }), status);
}

/** Handlers of the link in a mail (R21). */
export function createLinkSteps(parts: RecoveryParts) {
  const { recovery } = parts;
  return {
    /** Reads only: what opens links by itself spends nothing. */
    async link(ctx: InteractionContext): Promise<void> {
      const token = tokenOf(ctx);
      const visit = visitWithKey(ctx, parts, '/recover/link', token);
      if (token === undefined) return sendDead(ctx, visit);
      const landing = await recovery.landing(visit.turn, token);
      if (landing?.purpose !== 'reset' && landing?.purpose !== 'invitation') return sendDead(ctx, visit);
      const { frame, place } = visit;
      sendPage(ctx, recoverLinkPage(frame, { place, token, purpose: landing.purpose }));
    },
    async spendLink(ctx: InteractionContext): Promise<void> {
      const visit = visitOfForm(ctx, parts, '/recover/dead');
      if (visit === undefined) return;
      const { place, turn } = visit;
      const form = readForm(ctx, tokenForm);
      if (form === undefined) return sendDead(ctx, visit, BAD_REQUEST);
      const outcome = await recovery.spendLink(turn, form.token);
      if (outcome.kind === 'spent') return goOn(ctx, visit, outcome.flowId);
      seeOther(ctx, place.to('/recover/dead'));
    },
    dead(ctx: InteractionContext): void {
      sendDead(ctx, visitWithKey(ctx, parts, '/recover/dead'));
    },
  };
}
