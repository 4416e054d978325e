import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { Problem, SignInFlow } from '#src/sign-in/sign-in-flow.ts';
import type { CodeProblem } from '../views/code-field.ts';
import { blockedPage } from './blocked.view.ts';
import { enrolAppPage } from './enrol-app.view.ts';
import { type PasswordProblem, passwordPage } from './password.view.ts';
import { secondStepPage } from './second-step.view.ts';
import { interactionPath, type OpenInteraction } from './turn.ts';

/** What the page of a step needs beside the flow. `now` in milliseconds since the epoch. */
export interface RenderParts {
  methodOf(kind: string): FactorMethod;
  now: number;
  restartHref: string;
}

/** Password and set-up are the two parts of a first sign-in. */
const SET_UP_PROGRESS = { n: 2, m: 2 };

/** Whole seconds still to wait; undefined once the wait is over. */
function secondsLeft(until: number, now: number): number | undefined {
  const seconds = Math.ceil((until - now) / 1000);
  return seconds > 0 ? seconds : undefined;
}

/** A problem as pages tell it; a wait that is over is none. */
function shown(
  problem: Problem | undefined,
  now: number,
): Exclude<Problem['kind'], 'wait'> | { wait: number } | undefined {
  if (problem?.kind !== 'wait') return problem?.kind;
  const wait = secondsLeft(problem.until, now);
  return wait === undefined ? undefined : { wait };
}

function passwordProblem(problem: Problem | undefined, now: number): PasswordProblem | undefined {
  const told = shown(problem, now);
  return told === 'empty-code' ? undefined : told;
}

function codeProblem(problem: Problem | undefined, now: number): CodeProblem | undefined {
  const told = shown(problem, now);
  return told === 'empty-name' || told === 'empty-password' ? undefined : told;
}

/** The page of the step a flow is at. `signed-in` has none: it is handed over, not shown. */
export function renderStep(
  { frame, turn }: Pick<OpenInteraction, 'frame' | 'turn'>,
  flow: Exclude<SignInFlow, { step: 'signed-in' }>,
  { methodOf, now, restartHref }: RenderParts,
): string {
  const path = interactionPath(turn.interaction);
  const startOverAction = `${path}/start-over`;
  switch (flow.step) {
    case 'password':
      return passwordPage(frame, {
        action: `${path}/password`,
        loginName: flow.loginName,
        problem: passwordProblem(flow.problem, now),
        recoveryHref: `${path}/recover`,
      });
    case 'enrol': {
      const method = methodOf(flow.method);
      const subject = {
        loginName: flow.loginName,
        issuerName: frame.tenant.productName,
        locale: frame.locale,
      };
      return enrolAppPage(frame, {
        action: `${path}/enrol`,
        method,
        blocks: method.blocks(flow.pending, subject),
        problem: codeProblem(flow.problem, now),
        progress: SET_UP_PROGRESS,
        startOverAction,
      });
    }
    case 'second-step':
      return secondStepPage(frame, {
        action: `${path}/second-step`,
        method: methodOf(flow.method),
        loginName: flow.loginName,
        problem: codeProblem(flow.problem, now),
        startOverAction,
      });
    case 'blocked':
      return blockedPage(frame, { reference: turn.reference, restartHref });
  }
}
