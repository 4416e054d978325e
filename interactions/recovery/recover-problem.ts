import type { RecoveryFlow, RecoveryProblem, RefusedForm } from '#src/recovery/recovery-flow.ts';
import type { TextKey } from '../i18n.ts';
import { secondsLeft } from '../sign-in/shown.ts';
import { waitError } from '../views/duration.ts';
import type { FieldError, FormError } from '../views/form.ts';
import type { PageFrame } from '../views/page.ts';

/** Why a form of recovery is shown again. `wait` in seconds; `unreadable` is the form itself. */
export type ShownProblem = 'empty' | 'malformed' | 'wrong' | 'unreadable' | { wait: number };

/** A problem as it is told; a wait that is over is none. */
export function shownProblem(problem: RecoveryProblem | undefined, now: number): ShownProblem | undefined {
  if (problem?.kind !== 'wait') return problem?.kind;
  const wait = secondsLeft(problem.until, now);
  return wait === undefined ? undefined : { wait };
}

/** A form that was refused, as its own page tells it; undefined when it was another form, or none. */
export function refusedForm(
  flow: RecoveryFlow,
  form: RefusedForm['form'],
  now: number,
): { typed: string | undefined; problem: ShownProblem | undefined } | undefined {
  const refused = flow.step === 'start' || flow.step === 'sent' ? flow.refused : undefined;
  if (refused?.form !== form) return undefined;
  return { typed: refused.typed, problem: shownProblem(refused.problem, now) };
}

/** What to say at the field `id`, by kind of problem. */
export type ProblemWords = Readonly<Record<'empty' | 'malformed' | 'wrong', TextKey>>;

/** The error of a form with one field that can be wrong. */
export function problemError(
  frame: PageFrame,
  problem: ShownProblem | undefined,
  id: FieldError['id'],
  words: ProblemWords,
): FormError | undefined {
  if (problem === undefined) return undefined;
  if (typeof problem === 'object') return waitError(frame, problem.wait);
  const { t } = frame;
  if (problem === 'unreadable') return { summary: t('problem.unreadable') };
  const text = t(words[problem]);
  return { summary: text, field: { id, text } };
}
