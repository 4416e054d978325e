import { z } from 'zod';
import type { RecoveryFlow } from '#src/recovery/recovery-flow.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { recoverCodePage } from './code.view.ts';
import type { RecoveryPath } from './place.ts';
import { refusedForm } from './recover-problem.ts';
import { BAD_REQUEST, goOn, NAME_FIELD_MAX, type RecoveryParts, visitOfForm, visitWithKey } from './visit.ts';

const codeForm = z.object({
  code: z.string().max(100),
  login_name: z.string().max(NAME_FIELD_MAX).optional(),
});

/** Where it is said why a code was not taken: on the page that it was typed on, or at a step that lies behind it. */
function refusedAt({ step }: RecoveryFlow, typed: string | undefined): RecoveryPath {
  const hasOwnPage = step === 'start' || (step === 'sent' && typed !== undefined);
  return hasOwnPage ? '/recover/code' : '/recover/step';
}

/** Handlers of the code that stands beside a link in a mail (R21). */
export function createCodeSteps(parts: RecoveryParts) {
  const { recovery, clock } = parts;
  return {
    async code(ctx: InteractionContext): Promise<void> {
      const { frame, place, turn, known } = visitWithKey(ctx, parts, '/recover/code');
      const refused = known ? refusedForm(await recovery.current(turn), 'code', clock.now()) : undefined;
      const loginName = refused?.typed ?? '';
      sendPage(ctx, recoverCodePage(frame, { place, loginName, problem: refused?.problem }));
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
      if (outcome.kind === 'spent') return goOn(ctx, visit, outcome.flowId);
      if (outcome.kind === 'dead') return seeOther(ctx, place.to('/recover/dead'));
      seeOther(ctx, place.to(refusedAt(await recovery.current(turn), typed)));
    },
  };
}
