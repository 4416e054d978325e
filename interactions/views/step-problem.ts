import type { FieldSpec, PasskeyPurpose, Refusal } from '#src/sign-in/factor.ts';
import { isTextKey, textKey } from '../i18n.ts';
import { durationInWords, waitError } from './duration.ts';
import type { FormError } from './form.ts';
import type { PageFrame } from './page.ts';

/**
 * Why a step behind the password is shown again. `seconds` are still to wait: `wait` after too many tries,
 * `send-wait` after too many messages, when the form itself may still be sent.
 */
export type StepProblem =
  | { kind: 'refused'; method: string; reason: Refusal }
  | { kind: 'wait' | 'send-wait'; seconds: number }
  /** `elsewhere`: the form came from a window with something that another window began anew since. */
  | { kind: 'none-chosen' | 'required' | 'malformed' | 'elsewhere' };

/**
 * Where a method is refused: its advice differs, because somebody who sets up can still skip it, and somebody in their
 * settings can leave it as it is.
 */
export type ProblemPlace = PasskeyPurpose | 'settings';

/** Which advice is for which place, the first that there is. */
const ADVICE: Readonly<Record<ProblemPlace, readonly string[]>> = {
  'sign-in': ['then'],
  'set-up': ['thenInSetUp', 'then'],
  settings: ['thenInSettings', 'then'],
};

/* The method's own words first, then everybody's. */
function words(frame: PageFrame, method: string, reason: Refusal, parts: readonly string[]): string {
  const keys = [`factor.${method}.problem.${reason}`, `problem.${reason}`].flatMap((key) =>
    parts.map((part) => `${key}.${part}`),
  );
  return frame.t(textKey(keys.find(isTextKey) ?? `problem.${reason}.what`));
}

/**
 * What happened and what to do now, for every way in which a method refuses. `field` is the field to go to; a passkey
 * has none, so both sentences then stand above the form. Texts: `factor.<kind>.problem.<reason>.{what,then}`, else
 * `problem.<reason>.{what,then}`; `thenInSetUp` goes before `then` while a method is set up, `thenInSettings` where that is
 * done in the settings.
 */
export function problemError(
  frame: PageFrame,
  problem: StepProblem,
  field?: FieldSpec,
  place: ProblemPlace = 'sign-in',
): FormError {
  const { t, locale } = frame;
  switch (problem.kind) {
    case 'wait':
      return waitError(frame, problem.seconds);
    case 'send-wait':
      return { summary: t('send.tooMany', { wait: durationInWords(problem.seconds, locale) }) };
    case 'none-chosen':
      return { summary: t('enrol.noneChosen') };
    case 'required':
      return { summary: t('enrol.required') };
    case 'elsewhere':
      return { summary: t('settings.methods.elsewhere') };
    case 'malformed':
      return { summary: t('problem.unreadable') };
    case 'refused': {
      const { method, reason } = problem;
      const what = words(frame, method, reason, ['what']);
      const then = words(frame, method, reason, ADVICE[place]);
      return field?.type === 'text'
        ? { summary: what, field: { id: field.name, text: then } }
        : { summary: `${what} ${then}` };
    }
  }
}
