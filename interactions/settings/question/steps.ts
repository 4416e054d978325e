import { z } from 'zod';
import { asksQuestion, listQuestions } from '#src/enrolment/security-question.ts';
import { AppError } from '#src/errors.ts';
import type { OwnQuestion } from '#src/settings/own-question.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { QUESTION_PATH } from '../paths.ts';
import { isTried, triedPath } from '../tried.ts';
import type { SettingsVisit, Visits } from '../visits.ts';
import { questionPage } from './question.view.ts';

export interface QuestionParts {
  ownQuestion: OwnQuestion;
  tasks: TaskKeeper;
}

const TASK = 'question';

const changeForm = z.strictObject({ question: z.string().max(100), answer: z.string().max(500) });
type ChangeForm = z.infer<typeof changeForm>;

const fault = z.string().optional();
const taskSchema = z.strictObject({
  typed: changeForm,
  problems: z.strictObject({ question: fault, answer: fault }),
});

const NOTHING_TYPED: ChangeForm = { question: '', answer: '' };

/** Only where the organisation asks a question; elsewhere there is no such page. */
function whereAsked(handler: (ctx: InteractionContext) => Promise<void>) {
  return async (ctx: InteractionContext): Promise<void> => {
    if (!asksQuestion(ctx.state.tenant)) {
      throw new AppError('not-found', 404, 'this tenant asks no question');
    }
    await handler(ctx);
  };
}

/** The page of question and answer, and its form. What was typed waits sealed. */
export function createQuestionSteps(visits: Visits, { ownQuestion, tasks }: QuestionParts) {
  const show = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const { turn } = visit;
    const { tenant, locale } = turn;
    const [now, { task }, resumed] = await Promise.all([
      ownQuestion.now(turn),
      tasks.load(turn, TASK, taskSchema),
      visit.typed(changeForm),
    ]);
    const tried = isTried(ctx) ? task : undefined;
    const page = {
      action: QUESTION_PATH,
      now,
      questions: listQuestions(tenant.settings, locale),
      typed: resumed ?? tried?.typed ?? NOTHING_TYPED,
      problems: tried?.problems ?? {},
    };
    sendPage(ctx, questionPage(visit, page));
  };

  const submit = async (ctx: InteractionContext, { turn }: SettingsVisit, typed: ChangeForm) => {
    const { version } = await tasks.load(turn, TASK, taskSchema);
    const result = await ownQuestion.change(turn, typed);
    if (result.ok) {
      await tasks.remove(turn, TASK);
      return goOnDone(ctx, 'question');
    }
    // Another window of this page was first: what came of that one is shown, and the form is there again.
    await tasks.save(turn, TASK, { typed, problems: result.problems }, version);
    seeOther(ctx, triedPath(QUESTION_PATH));
  };

  return {
    show: whereAsked(visits.page(show, { fresh: true })),
    submit: whereAsked(visits.form(changeForm, submit, { fresh: true })),
  };
}
