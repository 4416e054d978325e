import { isTextKey } from '../i18n.ts';
import { startOverForm, submitButton } from '../views/button.ts';
import { errorSummary, type FieldError, type FormError, selectField, textField } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, type Progress, renderPage } from '../views/page.ts';

/** What the page asks; what was typed comes back as it was. */
export interface SecurityQuestionTyped {
  question: string;
  answer: string;
  email: string;
}

/** Why a field was not accepted, by name of its text: `securityQuestion.problem.<field>.<reason>`. */
export interface SecurityQuestionProblems {
  /** required, unknown */
  question?: string | undefined;
  /** required, too-short, same-as-question, login-name, own-name, organisation, too-simple */
  answer?: string | undefined;
  /** required, malformed */
  email?: string | undefined;
}

export interface SecurityQuestionPage {
  /** Where `question`, `answer` and `email` are posted. */
  action: string;
  /** Absent where the tenant has questions off: only the address is asked then (R15). */
  questions?: readonly { key: string; text: string }[] | undefined;
  typed: SecurityQuestionTyped;
  problems: SecurityQuestionProblems;
  progress?: Progress | undefined;
  /** The form could not be read. */
  malformed?: boolean | undefined;
  startOverAction?: string | undefined;
}

const fields = ['question', 'answer', 'email'] as const;

const ids = { question: 'question', answer: 'answer', email: 'email' } as const;

function errorOf({ t }: PageFrame, { problems, malformed }: SecurityQuestionPage): FormError | undefined {
  const wrong = fields.flatMap((field): FieldError[] => {
    const reason = problems[field];
    if (reason === undefined) return [];
    const key = `securityQuestion.problem.${field}.${reason}`;
    return [{ id: ids[field], text: t(isTextKey(key) ? key : `securityQuestion.problem.${field}.required`) }];
  });
  const [first, ...others] = wrong;
  if (first === undefined) return malformed ? { summary: t('problem.unreadable') } : undefined;
  // One fault is said as it is; several are counted up under one sentence.
  const summary = others.length === 0 ? first.text : t('securityQuestion.several');
  return { summary, field: first, others };
}

function questionFields(frame: PageFrame, page: SecurityQuestionPage, error: FormError | undefined) {
  const { t } = frame;
  const { questions, typed } = page;
  if (questions === undefined) return undefined;
  const question = selectField(
    {
      id: ids.question,
      name: 'question',
      label: t('securityQuestion.question'),
      prompt: t('securityQuestion.choose'),
      options: questions.map(({ key, text }) => ({ value: key, text })),
      value: typed.question,
      extra: html`required`,
    },
    error,
  );
  const answer = textField(
    {
      id: ids.answer,
      name: 'answer',
      type: 'text',
      label: t('securityQuestion.answer'),
      hint: t('securityQuestion.answerHint'),
      value: typed.answer,
      extra: html`required maxlength="200" autocomplete="off" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
  return html`${question}\n${answer}`;
}

/** The end of the very first sign-in: what recovery needs (R15). */
export function securityQuestionPage(frame: PageFrame, page: SecurityQuestionPage): string {
  const { t } = frame;
  const { action, questions, typed, progress, startOverAction } = page;
  const error = errorOf(frame, page);
  const email = textField(
    {
      id: ids.email,
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
${questionFields(frame, page, error)}
${email}
${submitButton(t, { id: 'save', label: t('securityQuestion.save'), busy: t('busy.save') })}
</form>
${startOverAction !== undefined && startOverForm(t, startOverAction)}`,
  });
}
