import type { DeliveryState } from '#src/message/ports.ts';
import type { PasswordProblem as KeptPasswordProblem, Problem, SentCode } from '#src/sign-in/flow-state.ts';
import type { SentNotice } from '../views/sent-notice.ts';
import type { StepProblem } from '../views/step-problem.ts';
import type { PasswordProblem } from './password.view.ts';

/** Whole seconds still to wait; undefined once the wait is over. */
export function secondsLeft(until: number, now: number): number | undefined {
  const seconds = Math.ceil((until - now) / 1000);
  return seconds > 0 ? seconds : undefined;
}

/** A problem of the password page as it is told; a wait that is over is none. */
export function shownPasswordProblem(
  problem: KeptPasswordProblem | undefined,
  now: number,
): PasswordProblem | undefined {
  if (problem?.kind !== 'wait') return problem?.kind;
  const wait = secondsLeft(problem.until, now);
  return wait === undefined ? undefined : { wait };
}

/** A problem of a later step as it is told; a wait that is over is none. */
export function shownProblem(problem: Problem | undefined, now: number): StepProblem | undefined {
  if (problem === undefined || problem.kind === 'refused') return problem;
  if (problem.kind !== 'wait' && problem.kind !== 'send-wait') return { kind: problem.kind };
  const seconds = secondsLeft(problem.until, now);
  return seconds === undefined ? undefined : { kind: problem.kind, seconds };
}

/** A code under way as it is told. */
export function sentNotice(
  sent: SentCode | undefined,
  state: DeliveryState | undefined,
  path: string,
): SentNotice | undefined {
  if (sent === undefined) return undefined;
  const { channel, ending, again } = sent;
  return { channel, ending, again, state, stateHref: `${path}/delivery` };
}
