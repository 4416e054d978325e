import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import type { ChangePassword, PasswordChangeProblem } from '#src/settings/change-password.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import { secondsLeft } from '../../sign-in/shown.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { PASSWORD_PATH } from '../paths.ts';
import { isTried, triedPath } from '../tried.ts';
import { RESUMED } from '../typed.ts';
import type { SettingsVisit, Visits } from '../visits.ts';
import { passwordPage, type ShownProblem } from './password.view.ts';

export interface PasswordParts {
  changePassword: ChangePassword;
  tasks: TaskKeeper;
  clock: Clock;
}

const RECOVER_PATH = '/recover';
const TASK = 'password';

/** Judged by rules of their own, which say why; what is longer yet is no honest form. */
const password = z.string().max(5000);
const changeForm = z.strictObject({
  password,
  new_password: password,
  /** Which password it is about: when that was made. */
  since: z.string().regex(/^\d{0,16}$/),
  /** A new password is kept from before. */
  remembered: z.literal('1').optional(),
});
type ChangeForm = z.infer<typeof changeForm>;

/** What is worth keeping while both steps are asked again. */
const typedSchema = z.looseObject({ new_password: password, remembered: z.literal('1').optional() });

const problemSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('empty'), current: z.boolean(), next: z.boolean() }),
  z.strictObject({ kind: z.enum(['wrong', 'blocked', 'overtaken']) }),
  z.strictObject({ kind: z.literal('wait'), until: z.number() }),
  z.strictObject({ kind: z.literal('refused'), faults: z.array(z.string()) }),
]);

/** What came of the last try. `next`: a new password that was not judged yet, for the next one. */
const taskSchema = z.strictObject({ problem: problemSchema, next: z.string().optional() });

/** Says nothing about the new password: it need not be typed again. */
const UNJUDGED: ReadonlySet<PasswordChangeProblem['kind']> = new Set(['empty', 'wrong', 'wait', 'blocked']);

/** The page of the password, and its form. A new password that was typed waits sealed, and stands on no page. */
export function createPasswordSteps(visits: Visits, { changePassword, tasks, clock }: PasswordParts) {
  const lastTry = async (ctx: InteractionContext, { turn }: SettingsVisit) => {
    const { task, version } = await tasks.load(turn, TASK, taskSchema);
    return { task, version, shown: isTried(ctx) ? task : undefined };
  };

  /** The new password that was typed before, on this page or on one of which it is the sequel. */
  const remembered = async (ctx: InteractionContext, visit: SettingsVisit): Promise<string | undefined> => {
    const { task, shown } = await lastTry(ctx, visit);
    const typed = await visit.typed(typedSchema);
    if (typed === undefined) return shown?.next;
    return typed.new_password === '' ? task?.next : typed.new_password;
  };

  const shownProblem = (problem: PasswordChangeProblem): ShownProblem | undefined => {
    if (problem.kind !== 'wait') return problem;
    const seconds = secondsLeft(problem.until, clock.now());
    return seconds === undefined ? undefined : { kind: 'wait', seconds };
  };

  const show = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const { shown } = await lastTry(ctx, visit);
    const { loginName, passwordChangedAt } = visit.turn.account;
    const resumed = visit.resumed ? `${PASSWORD_PATH}?${RESUMED}=1` : PASSWORD_PATH;
    const page = {
      action: isTried(ctx) ? triedPath(PASSWORD_PATH) : resumed,
      loginName,
      since: String(passwordChangedAt ?? ''),
      remembered: (await remembered(ctx, visit)) !== undefined,
      problem: shown && shownProblem(shown.problem),
      recoverHref: RECOVER_PATH,
    };
    sendPage(ctx, passwordPage(visit, page));
  };

  const submit = async (ctx: InteractionContext, visit: SettingsVisit, form: ChangeForm): Promise<void> => {
    const { version } = await lastTry(ctx, visit);
    const kept = form.remembered === undefined ? undefined : await remembered(ctx, visit);
    const next = form.new_password === '' ? (kept ?? '') : form.new_password;
    const since = form.since === '' ? undefined : Number(form.since);
    const result = await changePassword(visit.turn, { current: form.password, next, since });
    if (result.kind === 'changed') {
      await tasks.remove(visit.turn, TASK);
      return goOnDone(ctx, 'password');
    }
    const task = { problem: result, next: next !== '' && UNJUDGED.has(result.kind) ? next : undefined };
    // Another window of this page was first: what came of that one is shown, and the form is there again.
    await tasks.save(visit.turn, TASK, task, version);
    seeOther(ctx, triedPath(PASSWORD_PATH));
  };

  return {
    show: visits.page(show, { fresh: true }),
    submit: visits.form(changeForm, submit, {
      fresh: true,
      keep: ({ new_password, remembered }) =>
        new_password === '' && remembered === undefined ? undefined : { new_password, remembered },
    }),
  };
}
