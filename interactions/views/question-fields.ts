import type { T } from '../i18n.ts';
import { isTextKey } from '../i18n.ts';
import { type FieldError, type FormError, selectField, textField } from './form.ts';
import { html, type Markup } from './markup.ts';

/** Why fields about a security question were not accepted, by name of its text: `securityQuestion.problem.<field>.<reason>`. */
export interface QuestionProblems {
  /** required, unknown */
  question?: string | undefined;
  /** required, too-short, same-as-question, login-name, own-name, organisation, too-simple */
  answer?: string | undefined;
  /** required, malformed */
  email?: string | undefined;
}

const fields = ['question', 'answer', 'email'] as const;

/** What is wrong with a form about a security question: one fault is said as it is, several are counted up. */
export function questionError(t: T, problems: QuestionProblems): FormError | undefined {
  const wrong = fields.flatMap((field): FieldError[] => {
    const reason = problems[field];
    if (reason === undefined) return [];
    const key = `securityQuestion.problem.${field}.${reason}`;
    return [{ id: field, text: t(isTextKey(key) ? key : `securityQuestion.problem.${field}.required`) }];
  });
  const [first, ...others] = wrong;
  if (first === undefined) return undefined;
  return { summary: others.length === 0 ? first.text : t('securityQuestion.several'), field: first, others };
}

export interface QuestionFields {
  questions: readonly { key: string; text: string }[];
  /** What was typed comes back as it was. */
  typed: { question: string; answer: string };
}

/** A question of the organisation's list and its answer, posted as `question` and `answer`. */
export function questionFields(t: T, { questions, typed }: QuestionFields, error?: FormError): Markup {
  const question = selectField(
    {
      id: 'question',
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
      id: 'answer',
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
