import { z } from 'zod';
import type { AuditTrail } from '#src/audit/ports.ts';
import { AppError } from '#src/errors.ts';
import { readForm } from '../http/form.ts';
import { type InteractionContext, sendPage } from '../sign-in/turn.ts';
import { endedPage } from './ended.view.ts';
import { forgetTyped, keepTyped, RESUMED } from './typed.ts';
import { openVisit, type SettingsVisit, signInFor, type VisitParts } from './visit.ts';

export type { SettingsVisit } from './visit.ts';

/** What the handlers of every settings page need. */
export interface SettingsPageParts extends VisitParts {
  trail: Pick<AuditTrail, 'settled'>;
}

type Handler = (ctx: InteractionContext) => Promise<void>;

/** How a form is taken. */
export interface FormOptions {
  /** It changes how the person signs in: both steps must be fresh. */
  fresh?: boolean;
  /** Page that the form stands on, to come back to: its own address without the last part, unless said. */
  page?: (ctx: InteractionContext) => string;
  /** What of the form is worth keeping while both steps are asked again; nothing when undefined. By default all of it. */
  keep?: (form: Record<string, unknown>) => Record<string, unknown> | undefined;
}

const CONFLICT = 409;
const GONE = 410;

/** Fields that every form of the settings has beside its own. */
const stampForm = z.looseObject({ stamp: z.string().max(100) });

function fieldsOf(form: object): Record<string, unknown> {
  const { stamp: _ours, ...fields } = { stamp: undefined, ...form };
  return fields;
}

/**
 * What every page and form of the settings shares: who is signed in, whether both steps are fresh enough, and whether a
 * form comes from a page of this very sign-in. Everything it turns away gets a way on.
 */
export function createVisits(parts: SettingsPageParts) {
  const { tasks } = parts;

  const signedOut = async (ctx: InteractionContext, back: string): Promise<void> => {
    const gateway = await parts.sessionsOf(ctx.state.tenant);
    if (ctx.method === 'GET' || ctx.method === 'HEAD') return signInFor(ctx, gateway, { back, again: false });
    const frame = parts.frames({ req: ctx.req, context: ctx.state, back });
    sendPage(ctx, endedPage(frame, { href: back }), GONE);
  };

  const again = (ctx: InteractionContext, { gateway }: SettingsVisit, back: string): void =>
    signInFor(ctx, gateway, { back, again: true });

  /** Both steps once more, and back with what was typed. */
  const askAgain = async (
    ctx: InteractionContext,
    visit: SettingsVisit,
    { path, form }: { path: string; form: Record<string, unknown> | undefined },
  ): Promise<void> => {
    if (form === undefined) return again(ctx, visit, path);
    await keepTyped(tasks, visit.turn, { path, form });
    again(ctx, visit, `${path}?${RESUMED}=1`);
  };

  return {
    /** A page. `fresh`: nobody begins to type on it with a sign-in that will not do. */
    page:
      (
        show: (ctx: InteractionContext, visit: SettingsVisit) => Promise<void> | void,
        { fresh = false } = {},
      ): Handler =>
      async (ctx) => {
        const visit = await openVisit(ctx, parts);
        if (visit === undefined) return signedOut(ctx, ctx.path);
        if (fresh && !visit.fresh) return again(ctx, visit, ctx.path);
        await show(ctx, visit);
      },

    /**
     * A form. What comes from a page of another sign-in, or without any, changes nothing and says so. Throws AppError
     * `malformed-form` for what no form of ours sends.
     */
    form:
      <Form extends object>(
        schema: z.ZodType<Form>,
        act: (ctx: InteractionContext, visit: SettingsVisit, form: Form) => Promise<void>,
        { fresh = false, page = (ctx) => ctx.path, keep = (form) => form }: FormOptions = {},
      ): Handler =>
      async (ctx) => {
        const path = page(ctx);
        const visit = await openVisit(ctx, parts);
        if (visit === undefined) return signedOut(ctx, path);
        const sent = readForm(ctx, stampForm);
        const form = sent && schema.safeParse(fieldsOf(sent));
        if (!form?.success) throw new AppError('malformed-form', 400, 'a form of the settings that is none');
        if (sent?.stamp !== visit.stamp) {
          return sendPage(ctx, endedPage(visit.frame, { href: path }), CONFLICT);
        }
        if (fresh && !visit.fresh) return askAgain(ctx, visit, { path, form: keep(fieldsOf(form.data)) });
        await act(ctx, visit, form.data);
        if (fresh) await forgetTyped(tasks, visit.turn);
      },
  };
}

export type Visits = ReturnType<typeof createVisits>;
