import type { RecoveryFlow } from '#src/recovery/recovery-flow.ts';
import { secondsLeft } from '../sign-in/shown.ts';
import { recoverDeadPage } from './code.view.ts';
import { recoverDonePage } from './done.view.ts';
import { newPasswordPage } from './new-password.view.ts';
import { recoverQuestionPage } from './question.view.ts';
import { refusedForm, shownProblem } from './recover-problem.ts';
import { recoverSentPage } from './sent.view.ts';
import type { RecoveryVisit } from './visit.ts';

/** Milliseconds before asking again is of any use: a mail is on its way for some time. */
const ASK_AGAIN_MS = 60_000;

/** The page of the step that a recovery is at. `now` in milliseconds; `malformed`: the form could not be read. */
export function renderRecovery(
  flow: Exclude<RecoveryFlow, { step: 'start' }>,
  { frame, place }: Pick<RecoveryVisit, 'frame' | 'place'>,
  { now, malformed = false }: { now: number; malformed?: boolean },
): string {
  switch (flow.step) {
    case 'sent': {
      // With a name it was typed on the code's own page, which says what was wrong.
      const refused = refusedForm(flow, 'code', now);
      const problem = refused?.typed === undefined ? refused?.problem : undefined;
      return recoverSentPage(frame, {
        lost: flow.lost,
        place,
        typed: flow.typed,
        problem: malformed ? 'unreadable' : problem,
        waitSeconds: secondsLeft(flow.at + ASK_AGAIN_MS, now),
      });
    }
    case 'question':
      return recoverQuestionPage(frame, {
        place,
        question: flow.question,
        problem: malformed ? 'unreadable' : shownProblem(flow.problem, now),
      });
    case 'new-password': {
      const { purpose, loginName, faults } = flow;
      return newPasswordPage(frame, { place, purpose, loginName, faults, malformed });
    }
    case 'done':
      return recoverDonePage(frame, { place, purpose: flow.purpose, loginName: flow.loginName });
    case 'over':
      return recoverDeadPage(frame, { place });
  }
}
