import { z } from 'zod';
import type { Lost } from '#src/recovery/recovery-flow.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { askLooks, askPage } from './ask.view.ts';
import { refusedForm } from './recover-problem.ts';
import { BAD_REQUEST, NAME_FIELD_MAX, type RecoveryParts, visitOfForm, visitWithKey } from './visit.ts';

const askForms = {
  'login-name': z.object({ email: z.string().max(NAME_FIELD_MAX) }).transform(({ email }) => email),
  password: z.object({ login_name: z.string().max(NAME_FIELD_MAX) }).transform((form) => form.login_name),
} as const satisfies Record<Lost, z.ZodType<string>>;

/** Asking for a mail: the page, and its form. */
export function createAsking(parts: RecoveryParts, lost: Lost) {
  const { recovery, clock } = parts;
  const path = askLooks[lost].action;
  return {
    async show(ctx: InteractionContext): Promise<void> {
      const { frame, place, turn, known } = visitWithKey(ctx, parts, path);
      const refused = known ? refusedForm(await recovery.current(turn), lost, clock.now()) : undefined;
      sendPage(ctx, askPage(frame, { lost, place, typed: refused?.typed ?? '', problem: refused?.problem }));
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
      const { kind } = await recovery.ask(turn, lost, typed);
      seeOther(ctx, place.to(kind === 'sent' ? '/recover/step' : path));
    },
  };
}
