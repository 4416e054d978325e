import type { Problem } from '#src/sign-in/flow-state.ts';
import type { StepReads } from '#src/sign-in/step-reads.ts';
import type { StepProblem } from '../views/step-problem.ts';
import { shownProblem } from './shown.ts';
import { interactionPath, type OpenInteraction } from './turn.ts';

/** What the page of a step needs beside the flow. `now` in milliseconds since the epoch. */
export interface Rendering {
  open: Pick<OpenInteraction, 'frame' | 'turn' | 'view'>;
  reads: StepReads;
  now: number;
  restartHref: string;
  /** The form could not be read: said once, kept nowhere. */
  malformed?: boolean | undefined;
}

/** Addresses of a step's forms, under the interaction. */
export function pathsOf({ open }: Pick<Rendering, 'open'>) {
  const path = interactionPath(open.turn.interaction);
  return { path, to: (name: string) => `${path}/${name}`, startOverAction: `${path}/start-over` };
}

/** The problem that a page tells. */
export function problemOf(
  problem: Problem | undefined,
  { now, malformed }: Rendering,
): StepProblem | undefined {
  return malformed ? { kind: 'malformed' } : shownProblem(problem, now);
}
