import { submitButton } from '../views/button.ts';
import { errorSummary, textField } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { backToSignIn, helpSentence } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';
import { type ProblemWords, problemError, type ShownProblem } from './recover-problem.ts';

export interface RecoverQuestionPage {
  place: RecoveryPlace;
  /** As the person chose it. */
  question: string;
  problem?: ShownProblem | undefined;
}

const words: ProblemWords = {
  empty: 'recover.question.empty',
  malformed: 'recover.question.malformed',
  wrong: 'recover.question.wrong',
};

/** The extra gate behind a link (B 3): the answer alone never lets anybody in. */
export function recoverQuestionPage(frame: PageFrame, page: RecoverQuestionPage): string {
  const { t } = frame;
  const { place, question, problem } = page;
  const error = problemError(frame, problem, 'answer', words);
  const answer = textField(
    {
      id: 'answer',
      name: 'answer',
      type: 'text',
      label: question,
      hint: t('recover.question.hint'),
      autofocus: true,
      extra: html`required maxlength="200" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
  return renderPage(frame, {
    step: 'recover-question',
    title: t('recover.question.title'),
    icon: 'user',
    failed: error !== undefined,
    scripts: [error?.wait === undefined ? 'busy-button' : 'countdown'],
    body: html`<p class="lead">${t('recover.question.lead')}</p>
<form method="post" action="${place.to('/recover/question')}" novalidate>
${errorSummary(error)}
${answer}
${submitButton(t, { id: 'continue', label: t('recover.link.continue'), busy: t('busy.check'), wait: error?.wait })}
</form>
<div class="fine">${helpSentence(frame, 'recover.question.help')}</div>
${backToSignIn(frame, place)}`,
  });
}
