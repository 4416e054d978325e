import type { FieldSpec } from '#src/sign-in/factor.ts';
import { textKey } from '../i18n.ts';
import { waitError } from './duration.ts';
import { type FormError, textField } from './form.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** Why a code was not accepted; `wait` is in seconds. */
export type CodeProblem = 'wrong' | 'empty-code' | 'malformed' | { wait: number };

/** What to say about a code that was not accepted. The method names its own advice after a wrong one. */
export function codeError(frame: PageFrame, method: string, problem?: CodeProblem): FormError | undefined {
  if (problem === undefined) return undefined;
  if (typeof problem === 'object') return waitError(frame, problem.wait);
  const { t } = frame;
  switch (problem) {
    case 'wrong':
      return {
        summary: t('code.wrong'),
        field: { id: 'code', text: t(textKey(`factor.${method}.wrong`)) },
      };
    case 'empty-code':
      return { summary: t('code.empty'), field: { id: 'code', text: t('code.empty') } };
    case 'malformed':
      return { summary: t('code.malformed'), field: { id: 'code', text: t('code.malformedHint') } };
  }
}

/** The field for a code, as its method describes it: large digits, no browser's guess at the spelling. */
export function codeField({ t }: PageFrame, spec: FieldSpec, error?: FormError, autofocus = true): Markup {
  const { name, label, hint, inputMode, autocomplete, maxLength, wholeLength } = spec;
  return textField(
    {
      id: name,
      name,
      type: 'text',
      label: t(textKey(label)),
      hint: hint === undefined ? undefined : t(textKey(hint)),
      autofocus,
      className: inputMode === 'numeric' ? 'digits' : undefined,
      extra: html`inputmode="${inputMode}" autocomplete="${autocomplete}" maxlength="${maxLength}"${wholeLength !== undefined && html` data-whole="${wholeLength}"`} autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
}
