import type { FlowAt } from '#src/sign-in/flow-state.ts';
import { pathsOf, problemOf, type Rendering } from '../sign-in/rendering.ts';
import { secondsLeft } from '../sign-in/shown.ts';
import { confirmEmailPage } from './confirm-email.view.ts';
import { securityQuestionPage } from './security-question.view.ts';
import { strongerPage } from './stronger.view.ts';

/** `Eerste inlog`: question, answer and e-mail, or the e-mail alone (R15). */
export function renderFirstSignIn(flow: FlowAt<'first-sign-in'>, parts: Rendering): string {
  const { frame } = parts.open;
  const { to, startOverAction } = pathsOf(parts);
  const asksQuestion = flow.plan.asks === 'question-and-email';
  const questions = frame.tenant.firstSignIn.questions.map(({ key, [frame.locale]: text }) => ({
    key,
    text,
  }));
  return securityQuestionPage(frame, {
    action: to('security-question'),
    questions: asksQuestion ? questions : undefined,
    typed: flow.typed,
    problems: flow.problems,
    progress: parts.reads.progress(flow.plan, 'security-question'),
    malformed: parts.malformed,
    startOverAction,
  });
}

/** The address is to be proved; not now is allowed, and asked again at the next sign-in. */
export function renderConfirmEmail(flow: FlowAt<'confirm-email'>, parts: Rendering): string {
  const { open, now } = parts;
  const { to } = pathsOf(parts);
  const { mail, problem } = flow;
  const until = problem?.kind === 'send-wait' ? problem.until : (mail?.againAt ?? 0);
  return confirmEmailPage(open.frame, {
    action: to('confirm-email'),
    email: flow.email,
    problem: problemOf(problem, parts),
    sent: mail?.state,
    sendAction: to('confirm-email/send'),
    waitSeconds: secondsLeft(until, now),
    skipAction: to('skip'),
    changeAction: to('confirm-email/change'),
  });
}

/** The application demands more than this person can give here. */
export function renderStronger(flow: FlowAt<'stronger-needed'>, parts: Rendering): string {
  const { to, startOverAction } = pathsOf(parts);
  return strongerPage(parts.open.frame, {
    why: flow.why,
    applicationName: parts.open.view.clientName,
    giveUpAction: to('give-up'),
    backAction: flow.why === 'not-set-up' ? to('back') : undefined,
    startOverAction,
  });
}
