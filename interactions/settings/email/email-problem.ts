import { CODE_DIGITS } from '#src/message/one-time-codes.ts';
import type { EmailProblem } from '#src/settings/email-task.ts';
import { EMAIL } from '#src/sign-in/send-email-code.ts';
import { digitsField } from '../../factors/digits-field.ts';
import type { TextKey } from '../../i18n.ts';
import { secondsLeft } from '../../sign-in/shown.ts';
import { durationInWords } from '../../views/duration.ts';
import type { FormError } from '../../views/form.ts';
import { helpDeskText } from '../../views/help-desk.ts';
import type { PageFrame } from '../../views/page.ts';
import { problemError } from '../../views/step-problem.ts';

/** Why a form of these pages is shown again. `seconds` are still to wait for another mail. */
export type ShownEmailProblem = Exclude<EmailProblem, { kind: 'wait' }> | { kind: 'wait'; seconds: number };

/** A problem as it is told; a wait that is over is none. */
export function shownEmailProblem(
  problem: EmailProblem | undefined,
  now: number,
): ShownEmailProblem | undefined {
  if (problem?.kind !== 'wait') return problem;
  const seconds = secondsLeft(problem.until, now);
  return seconds === undefined ? undefined : { kind: 'wait', seconds };
}

/** The box for the code of a mail. */
export const codeField = digitsField(CODE_DIGITS, { label: 'confirmEmail.label', hint: undefined });

const CODE_REASONS = {
  'code-empty': 'empty',
  'code-malformed': 'malformed',
  'code-wrong': 'wrong',
  'code-expired': 'expired',
} as const;

/** What is wrong with the address itself: said at its field. */
const AT_FIELD = {
  empty: 'securityQuestion.problem.email.required',
  malformed: 'securityQuestion.problem.email.malformed',
  same: 'settings.email.problem.same',
  'login-name': 'settings.email.problem.loginName',
  undeliverable: 'settings.email.problem.undeliverable',
} as const satisfies Record<string, TextKey>;

const ABOVE = {
  unavailable: 'settings.email.problem.unavailable',
  overtaken: 'settings.email.problem.overtaken',
  'other-window': 'settings.email.problem.otherWindow',
} as const satisfies Record<string, TextKey>;

/** What happened and what to do now. */
export function emailError(frame: PageFrame, problem: ShownEmailProblem | undefined): FormError | undefined {
  if (problem === undefined) return undefined;
  const { t, locale } = frame;
  const contact = helpDeskText(frame);
  switch (problem.kind) {
    case 'wait':
      return { summary: t('send.tooMany', { wait: durationInWords(problem.seconds, locale) }) };
    case 'code-empty':
    case 'code-malformed':
    case 'code-wrong':
    case 'code-expired': {
      const reason = CODE_REASONS[problem.kind];
      return problemError(frame, { kind: 'refused', method: EMAIL, reason }, codeField);
    }
    case 'unavailable':
    case 'overtaken':
    case 'other-window':
      return { summary: t(ABOVE[problem.kind], { contact }) };
    default: {
      const text = t(AT_FIELD[problem.kind], { contact });
      return { summary: text, field: { id: 'email', text } };
    }
  }
}
