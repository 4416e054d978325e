import { z } from 'zod';
import type { RecoveryTurn } from '#src/recovery/recovery.ts';
import type { RecoveryFlow } from '#src/recovery/recovery-flow.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { flowIdOf } from './flow-cookie.ts';
import { placeOf } from './place.ts';
import { renderRecovery } from './render-recovery.ts';
import { BAD_REQUEST, GONE, type RecoveryParts, visitOf, visitOfForm } from './visit.ts';

/** Both are judged by rules of their own, which say why; what is longer yet is no honest form. */
const answerForm = z.object({ answer: z.string().max(1000) });
const passwordForm = z.object({ password: z.string().max(5000) });

/** The page of the step that a recovery is at, and the forms of the steps behind a link. */
export function createTurnSteps(parts: RecoveryParts) {
  const { recovery, clock } = parts;

  const show = (ctx: InteractionContext, flow: RecoveryFlow, flowId: string, malformed = false): void => {
    const visit = visitOf(ctx, parts, { back: '/recover/step', flowId });
    if (flow.step === 'start') {
      seeOther(ctx, visit.place.to('/recover'));
      return;
    }
    const page = renderRecovery(flow, visit, { now: clock.now(), malformed });
    sendPage(ctx, page, malformed ? BAD_REQUEST : flow.step === 'over' ? GONE : 200);
  };

  const submit =
    <Form>(schema: z.ZodType<Form>, act: (turn: RecoveryTurn, form: Form) => Promise<RecoveryFlow>) =>
    async (ctx: InteractionContext): Promise<void> => {
      const visit = visitOfForm(ctx, parts, '/recover/step');
      if (visit === undefined) return;
      const { turn, place } = visit;
      const form = readForm(ctx, schema);
      if (form === undefined) return show(ctx, await recovery.current(turn), turn.flowId, true);
      await act(turn, form);
      seeOther(ctx, place.to('/recover/step'));
    };

  return {
    async step(ctx: InteractionContext): Promise<void> {
      const flowId = flowIdOf(ctx, ctx.state.tenant);
      // A browser that holds no key has nothing under way: no store need be asked.
      if (flowId === undefined) return seeOther(ctx, placeOf(ctx).to('/recover'));
      const { turn } = visitOf(ctx, parts, { back: '/recover/step', flowId });
      show(ctx, await recovery.current(turn), flowId);
    },
    question: submit(answerForm, (turn, { answer }) => recovery.answer(turn, answer)),
    newPassword: submit(passwordForm, (turn, { password }) => recovery.setPassword(turn, password)),
  };
}
