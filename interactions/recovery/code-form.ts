import { submitButton } from '../views/button.ts';
import { errorSummary, type FormError, textField } from '../views/form.ts';
import { html, type Markup } from '../views/markup.ts';
import type { PageFrame } from '../views/page.ts';
import type { RecoveryPlace } from './place.ts';
import { type ProblemWords, problemError, type ShownProblem } from './recover-problem.ts';

/** The form for the code that stands beside a link in a mail (R21). */
export interface CodeForm {
  place: RecoveryPlace;
  /** Who it is for, as typed; undefined where this browser asked for the mail itself, so that it need not be typed. */
  loginName?: string | undefined;
  problem?: ShownProblem | undefined;
}

const words: ProblemWords = {
  empty: 'recover.code.empty',
  malformed: 'recover.code.malformed',
  wrong: 'recover.code.wrong',
};

/** What is wrong with the form, for the page's title too. */
export function codeError(frame: PageFrame, { problem }: CodeForm): FormError | undefined {
  return problemError(frame, problem, 'code', words);
}

/** Letters and digits, typed from a mail that may be open on another device. */
export function codeForm(frame: PageFrame, { place, loginName, problem }: CodeForm): Markup {
  const { t } = frame;
  const error = codeError(frame, { place, problem });
  const person =
    loginName !== undefined &&
    textField(
      {
        id: 'login-name',
        name: 'login_name',
        type: 'text',
        label: t('recover.password.field'),
        value: loginName,
        extra: html`required maxlength="320" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false"`,
      },
      error,
    );
  const code = textField(
    {
      id: 'code',
      name: 'code',
      type: 'text',
      label: t('recover.code.field'),
      hint: t('recover.code.hint'),
      className: 'digits',
      extra: html`required maxlength="40" autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
  return html`<form method="post" action="${place.to('/recover/code')}" novalidate>
${errorSummary(error)}
${person}
${code}
${submitButton(t, { id: 'continue', label: t('recover.link.continue'), busy: t('busy.check'), wait: error?.wait })}
</form>`;
}
