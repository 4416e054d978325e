import { z } from 'zod';
import type { RecoveryTurn } from '#src/recovery/recovery.ts';
import type { Lost, RecoveryFlow } from '#src/recovery/recovery-flow.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { askPage } from './ask.view.ts';
import { flowIdOf } from './flow-cookie.ts';
import { createLinkSteps } from './link-steps.ts';
import { createNotMeSteps } from './not-me-steps.ts';
import { placeOf } from './place.ts';
import { recoverPage } from './recover.view.ts';
import { renderRecovery } from './render-recovery.ts';
import {
  BAD_REQUEST,
  GONE,
  type RecoveryParts,
  secondsUntil,
  sendWait,
  visitOf,
  visitOfForm,
  visitWithKey,
} from './visit.ts';

export type { RecoveryParts } from './visit.ts';

/** Longer than any login name or address we accept. */
export const NAME_FIELD_MAX = 320;
const askForms = {
  'login-name': z.object({ email: z.string().max(NAME_FIELD_MAX) }).transform(({ email }) => email),
  password: z.object({ login_name: z.string().max(NAME_FIELD_MAX) }).transform((form) => form.login_name),
} as const satisfies Record<Lost, z.ZodType<string>>;
/** Both are judged by rules of their own, which say why; what is longer yet is no honest form. */
const answerForm = z.object({ answer: z.string().max(1000) });
const passwordForm = z.object({ password: z.string().max(5000) });

/** Asking for a mail: the page, and its form. */
function createAsking(parts: RecoveryParts, lost: Lost) {
  const { recovery, clock } = parts;
  const path = lost === 'password' ? '/recover/password' : '/recover/login-name';
  return {
    show(ctx: InteractionContext): void {
      const { frame, place } = visitWithKey(ctx, parts, path);
      sendPage(ctx, askPage(frame, { lost, place, typed: '' }));
    },
    async submit(ctx: InteractionContext): Promise<void> {
      const visit = visitOfForm(ctx, parts, path);
      if (visit === undefined) return;
      const { frame, place, turn } = visit;
      const typed = readForm(ctx, askForms[lost]);
      if (typed === undefined) {
        const page = askPage(frame, { lost, place, typed: '', problem: 'unreadable' });
        return sendPage(ctx, page, BAD_REQUEST);
      }
      const outcome = await recovery.ask(turn, lost, typed);
      if (outcome.kind === 'sent') return seeOther(ctx, place.to('/recover/step'));
      if (outcome.kind === 'empty')
        return sendPage(ctx, askPage(frame, { lost, place, typed, problem: 'empty' }), BAD_REQUEST);
      const wait = secondsUntil(outcome.until, clock);
      sendWait(ctx, askPage(frame, { lost, place, typed, problem: { wait } }), wait);
    },
  };
}

/** The page of the step that a recovery is at, and the forms of the steps behind a link. */
function createTurns(parts: RecoveryParts) {
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

/** Handlers of recovery (R19–R22), of invitations, and of "this was not me". */
export function createRecoverySteps(parts: RecoveryParts) {
  return {
    /** The choice, without a sign-in it was opened from: out of a mail, or from a bookmark. */
    choose(ctx: InteractionContext): void {
      const place = placeOf(ctx);
      const frame = parts.frames({ req: ctx.req, context: ctx.state, back: place.to('/recover') });
      sendPage(ctx, recoverPage(frame, place));
    },
    loginName: createAsking(parts, 'login-name'),
    password: createAsking(parts, 'password'),
    ...createTurns(parts),
    ...createLinkSteps(parts),
    ...createNotMeSteps(parts),
  };
}
