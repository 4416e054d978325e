import { startOverForm, submitButton } from '../views/button.ts';
import { errorSummary, type FormError, textField } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, type Progress, renderPage } from '../views/page.ts';
import { type QuestionProblems, questionError, questionFields } from '../views/question-fields.ts';

/** What the page asks; what was typed comes back as it was. */
export interface SecurityQuestionTyped {
  question: string;
  answer: string;
  email: string;
}

export interface SecurityQuestionPage {
  /** Where `question`, `answer` and `email` are posted. */
  action: string;
  /** Absent where the tenant has questions off: only the address is asked then (R15). */
  questions?: readonly { key: string; text: string }[] | undefined;
  typed: SecurityQuestionTyped;
  problems: QuestionProblems;
  progress?: Progress | undefined;
  /** The form could not be read. */
  malformed?: boolean | undefined;
  startOverAction?: string | undefined;
}

function errorOf({ t }: PageFrame, { problems, malformed }: SecurityQuestionPage): FormError | undefined {
  return questionError(t, problems) ?? (malformed ? { summary: t('problem.unreadable') } : undefined);
}

/** The end of the very first sign-in: what recovery needs (R15). */
export function securityQuestionPage(frame: PageFrame, page: SecurityQuestionPage): string {
  const { t } = frame;
  const { action, questions, typed, progress, startOverAction } = page;
  const error = errorOf(frame, page);
  const email = textField(
    {
      id: 'email',
      name: 'email',
      type: 'email',
      label: t('securityQuestion.email'),
      hint: t('securityQuestion.emailHint'),
      value: typed.email,
      extra: html`required inputmode="email" maxlength="320" autocomplete="email" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
  return renderPage(frame, {
    step: 'security-question',
    title: t('securityQuestion.title'),
    failed: error !== undefined,
    wide: true,
    progress,
    scripts: ['busy-button'],
    body: html`<p class="lead">${t(questions === undefined ? 'securityQuestion.leadEmail' : 'securityQuestion.lead')}</p>
<form method="post" action="${action}" novalidate>
${errorSummary(error)}
${questions !== undefined && questionFields(t, { questions, typed }, error)}
${email}
${submitButton(t, { id: 'save', label: t('securityQuestion.save'), busy: t('busy.save') })}
</form>
${startOverAction !== undefined && startOverForm(t, startOverAction)}`,
  });
}
