import { z } from 'zod';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { newFlowId } from './flow-cookie.ts';
import { notMeDeadPage, notMeDonePage, notMePage } from './not-me.view.ts';
import { type RecoveryPath, tokenOf } from './place.ts';
import { BAD_REQUEST, GONE, type RecoveryParts, visitOf } from './visit.ts';

const tokenForm = z.object({ token: z.string().max(200) });

/** Handlers of "this was not me" (ground rule 7). They keep nothing in the browser: the link is all there is. */
export function createNotMeSteps(parts: RecoveryParts) {
  const { recovery } = parts;
  const visit = (ctx: InteractionContext, back: RecoveryPath, token?: string) =>
    visitOf(ctx, parts, { back, flowId: newFlowId(), token });

  return {
    /** Reads only: what opens links by itself closes nobody's account. */
    async notMe(ctx: InteractionContext): Promise<void> {
      const token = tokenOf(ctx);
      const { frame, place, turn } = visit(ctx, '/not-me', token);
      const landing = token && (await recovery.landing(turn, token));
      if (!token || !landing || (landing.purpose !== 'report' && landing.purpose !== 'former-address'))
        return sendPage(ctx, notMeDeadPage(frame, place), GONE);
      sendPage(ctx, notMePage(frame, { place, token }));
    },
    async confirmNotMe(ctx: InteractionContext): Promise<void> {
      const { frame, place, turn } = visit(ctx, '/not-me/dead');
      const form = readForm(ctx, tokenForm);
      if (form === undefined)
        return sendPage(ctx, notMeDeadPage(frame, place, { malformed: true }), BAD_REQUEST);
      const reported = await recovery.report(turn, form.token);
      seeOther(ctx, place.to(reported ? '/not-me/done' : '/not-me/dead'));
    },
    notMeDone(ctx: InteractionContext): void {
      const { frame, place } = visit(ctx, '/not-me/done');
      sendPage(ctx, notMeDonePage(frame, place));
    },
    notMeDead(ctx: InteractionContext): void {
      const { frame, place } = visit(ctx, '/not-me/dead');
      sendPage(ctx, notMeDeadPage(frame, place), GONE);
    },
  };
}
