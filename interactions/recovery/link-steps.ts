import { z } from 'zod';
import type { SpendOutcome } from '#src/recovery/recovery.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { recoverCodePage, recoverDeadPage } from './code.view.ts';
import type { CodeForm } from './code-form.ts';
import { keepFlowId } from './flow-cookie.ts';
import { recoverLinkPage } from './link.view.ts';
import { tokenOf } from './place.ts';
import {
  BAD_REQUEST,
  GONE,
  type RecoveryParts,
  type RecoveryVisit,
  secondsUntil,
  sendWait,
  visitOfForm,
  visitWithKey,
} from './visit.ts';

const tokenForm = z.object({ token: z.string().max(200) });
const codeForm = z.object({ code: z.string().max(100), login_name: z.string().max(320).optional() });

/** A page by GET, or a form that could not be read. */
function sendDead(ctx: InteractionContext, { frame, place }: RecoveryVisit, status = GONE): void {
  sendPage(ctx, recoverDeadPage(frame, { place }), status);
}

/** Goes on with what a link or code opened: under a new key, so that nobody who knew the old one comes along. */
function goOn(
  ctx: InteractionContext,
  { turn, place }: RecoveryVisit,
  { flowId }: Extract<SpendOutcome, { kind: 'spent' }>,
): void {
  if (flowId !== turn.flowId) keepFlowId(ctx, ctx.state.tenant, flowId);
  seeOther(ctx, place.to('/recover/step'));
}

/** Handlers of the link in a mail, and of the code beside it (R21). */
export function createLinkSteps(parts: RecoveryParts) {
  const { recovery, clock } = parts;

  /** Why the code was not taken. Where this browser asked for the mail, its own page says so. */
  const refuseCode = async (
    ctx: InteractionContext,
    visit: RecoveryVisit,
    loginName: string | undefined,
    outcome: Exclude<SpendOutcome, { kind: 'spent' | 'dead' }>,
  ): Promise<void> => {
    const { frame, place, turn } = visit;
    const asked = loginName === undefined && (await recovery.current(turn)).step === 'sent';
    if (asked) return seeOther(ctx, place.to('/recover/step'));
    const form: CodeForm = { place, loginName: loginName ?? '' };
    if (outcome.kind !== 'wait')
      return sendPage(ctx, recoverCodePage(frame, { ...form, problem: outcome.kind }), BAD_REQUEST);
    const wait = secondsUntil(outcome.until, clock);
    sendWait(ctx, recoverCodePage(frame, { ...form, problem: { wait } }), wait);
  };

  return {
    /** Reads only: what opens links by itself spends nothing. */
    async link(ctx: InteractionContext): Promise<void> {
      const token = tokenOf(ctx);
      const visit = visitWithKey(ctx, parts, '/recover/link', token);
      const landing = token && (await recovery.landing(visit.turn, token));
      if (!token || !landing || (landing.purpose !== 'reset' && landing.purpose !== 'invitation'))
        return sendDead(ctx, visit);
      const { frame, place } = visit;
      sendPage(ctx, recoverLinkPage(frame, { place, token, purpose: landing.purpose }));
    },
    async spendLink(ctx: InteractionContext): Promise<void> {
      const visit = visitOfForm(ctx, parts, '/recover/dead');
      if (visit === undefined) return;
      const { frame, place, turn } = visit;
      const form = readForm(ctx, tokenForm);
      if (form === undefined) return sendDead(ctx, visit, BAD_REQUEST);
      const outcome = await recovery.spendLink(turn, form.token);
      if (outcome.kind === 'spent') return goOn(ctx, visit, outcome);
      if (outcome.kind !== 'wait') return seeOther(ctx, place.to('/recover/dead'));
      const wait = secondsUntil(outcome.until, clock);
      const page = recoverLinkPage(frame, { place, token: form.token, purpose: 'reset', wait });
      sendWait(ctx, page, wait);
    },
    dead(ctx: InteractionContext): void {
      sendDead(ctx, visitWithKey(ctx, parts, '/recover/dead'));
    },
    code(ctx: InteractionContext): void {
      const { frame, place } = visitWithKey(ctx, parts, '/recover/code');
      sendPage(ctx, recoverCodePage(frame, { place, loginName: '' }));
    },
    async spendCode(ctx: InteractionContext): Promise<void> {
      const visit = visitOfForm(ctx, parts, '/recover/code');
      if (visit === undefined) return;
      const { frame, place, turn } = visit;
      const form = readForm(ctx, codeForm);
      if (form === undefined) {
        const page = recoverCodePage(frame, { place, loginName: '', problem: 'unreadable' });
        return sendPage(ctx, page, BAD_REQUEST);
      }
      const { code, login_name: typed } = form;
      const outcome = await recovery.spendCode(turn, { typed, code });
      if (outcome.kind === 'spent') return goOn(ctx, visit, outcome);
      if (outcome.kind === 'dead') return seeOther(ctx, place.to('/recover/dead'));
      return refuseCode(ctx, visit, typed, outcome);
    },
  };
}
