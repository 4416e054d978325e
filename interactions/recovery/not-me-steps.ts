import { z } from 'zod';
import type { LinkLanding, ReportOutcome } from '#src/recovery/recovery.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { newFlowId } from './flow-cookie.ts';
import { type NotMeDeed, notMeDeadPage, notMeDonePage, notMeHeldPage, notMePage } from './not-me.view.ts';
import { type RecoveryPath, tokenOf } from './place.ts';
import { BAD_REQUEST, GONE, type RecoveryParts, visitOf } from './visit.ts';

const tokenForm = z.object({ token: z.string().max(200) });

/** Page behind each outcome: it can be reloaded, and does nothing. */
const ENDS = {
  closed: '/not-me/done',
  restored: '/not-me/restored',
  held: '/not-me/held',
  dead: '/not-me/dead',
} as const satisfies Record<ReportOutcome, RecoveryPath>;

/** What a link does, as its page says it; undefined for a link that is for something else. */
function deedOf(landing: LinkLanding): NotMeDeed | undefined {
  if (landing?.purpose === 'report') return 'closes';
  if (landing?.purpose !== 'former-address') return undefined;
  return landing.restores ? 'restores' : 'holds';
}

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
      const does = deedOf(landing || undefined);
      if (!token || does === undefined) return sendPage(ctx, notMeDeadPage(frame, place), GONE);
      sendPage(ctx, notMePage(frame, { place, token, does }));
    },
    async confirmNotMe(ctx: InteractionContext): Promise<void> {
      const { frame, place, turn } = visit(ctx, '/not-me/dead');
      const form = readForm(ctx, tokenForm);
      if (form === undefined)
        return sendPage(ctx, notMeDeadPage(frame, place, { malformed: true }), BAD_REQUEST);
      seeOther(ctx, place.to(ENDS[await recovery.report(turn, form.token)]));
    },
    notMeDone(ctx: InteractionContext): void {
      const { frame, place } = visit(ctx, '/not-me/done');
      sendPage(ctx, notMeDonePage(frame, place));
    },
    notMeRestored(ctx: InteractionContext): void {
      const { frame, place } = visit(ctx, '/not-me/restored');
      sendPage(ctx, notMeDonePage(frame, place, { restored: true }));
    },
    notMeHeld(ctx: InteractionContext): void {
      sendPage(ctx, notMeHeldPage(visit(ctx, '/not-me/held').frame));
    },
    notMeDead(ctx: InteractionContext): void {
      const { frame, place } = visit(ctx, '/not-me/dead');
      sendPage(ctx, notMeDeadPage(frame, place), GONE);
    },
  };
}
