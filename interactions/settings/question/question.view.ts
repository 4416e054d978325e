import { submitButton } from '../../views/button.ts';
import { errorSummary } from '../../views/form.ts';
import { html } from '../../views/markup.ts';
import {
  type QuestionFields,
  type QuestionProblems,
  questionError,
  questionFields,
} from '../../views/question-fields.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';

export interface QuestionPage extends QuestionFields {
  /** Where `question` and `answer` are posted. */
  action: string;
  /** The question that there is, as its person read it. Its answer is nobody's to see. */
  now: string | undefined;
  problems: QuestionProblems;
}

/** The question and answer of a recovery, to be changed at any time (R15). */
export function questionPage(visit: DrawnVisit, page: QuestionPage): string {
  const { t } = visit.frame;
  const { action, now, problems } = page;
  const error = questionError(t, problems);
  return settingsPage(visit, {
    step: 'settings-question',
    title: t('settings.question.title'),
    icon: 'help',
    up: upToOverview(visit),
    failed: error !== undefined,
    scripts: ['busy-button'],
    body: html`<p class="lead">${t('settings.question.lead')}</p>
${now !== undefined && html`<p class="lead" id="question-now">${t('settings.question.now', { question: now })}</p>`}
${settingsForm(
  visit,
  { action },
  html`${errorSummary(error)}
${questionFields(t, page, error)}
${submitButton(t, { id: 'save', label: t('securityQuestion.save'), busy: t('busy.save') })}`,
)}`,
  });
}
