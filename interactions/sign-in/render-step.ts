import { ACCOUNT_CLIENT } from '#src/provider/account-client.ts';
import type { InteractionView } from '#src/provider/interaction-gateway.ts';
import type { FlowAt, SignInFlow } from '#src/sign-in/flow-state.ts';
import { renderBackupCode } from '../enrolment/render-backup-code.ts';
import { renderConfirmEmail, renderFirstSignIn, renderStronger } from '../enrolment/render-closing.ts';
import { renderEnrol } from '../enrolment/render-enrol.ts';
import { blockedPage } from './blocked.view.ts';
import { type PasswordPage, passwordPage, type SettingsAim } from './password.view.ts';
import { pathsOf, problemOf, type Rendering } from './rendering.ts';
import { secondStepPage } from './second-step.view.ts';
import { secondsLeft, sentNotice, shownPasswordProblem } from './shown.ts';
import { stuckPage } from './stuck.view.ts';

function sharedState({ shared }: FlowAt<'password'>, view: InteractionView): PasswordPage['shared'] {
  if (view.shared) return 'settled';
  return shared ? 'chosen' : undefined;
}

/** What the settings want of a sign-in; undefined for any other application. */
function settingsAim({ clientId, again }: InteractionView): SettingsAim | undefined {
  if (clientId !== ACCOUNT_CLIENT) return undefined;
  return again ? 'change' : 'visit';
}

function renderPassword(flow: FlowAt<'password'>, parts: Rendering): string {
  const { to } = pathsOf(parts);
  const { frame, view } = parts.open;
  return passwordPage(frame, {
    action: to('password'),
    loginName: flow.loginName,
    problem: parts.malformed ? 'malformed' : shownPasswordProblem(flow.problem, parts.now),
    shared: sharedState(flow, view),
    settings: settingsAim(view),
    recoveryHref: to('recover'),
  });
}

/** Seconds until another code may be asked for; undefined when it may be now. */
function sendWait({ problem, sent }: FlowAt<'second-step'>, now: number): number | undefined {
  return secondsLeft(problem?.kind === 'send-wait' ? problem.until : (sent?.againAt ?? 0), now);
}

async function renderSecondStep(flow: FlowAt<'second-step'>, parts: Rendering): Promise<string> {
  const { open, reads } = parts;
  const { path, to, startOverAction } = pathsOf(parts);
  const [step, state] = await Promise.all([
    reads.secondStep(open.turn, flow),
    reads.delivery(open.turn, flow.sent),
  ]);
  if (step === undefined) return renderBlocked({ step: 'blocked' }, parts);
  return secondStepPage(open.frame, {
    action: to('second-step'),
    method: step,
    field: step.field,
    loginName: flow.loginName,
    problem: problemOf(flow.problem, parts),
    sent: sentNotice(flow.sent, state, path),
    resend:
      step.channels.length === 0 || flow.sent !== undefined
        ? undefined
        : { action: to('send'), channels: step.channels, waitSeconds: sendWait(flow, parts.now) },
    stuckHref: to('stuck'),
    optionsAction: to('passkey-options'),
    startOverAction,
  });
}

function renderBlocked({ why = 'closed', until }: FlowAt<'blocked'>, parts: Rendering): string {
  const { open, restartHref } = parts;
  const { to } = pathsOf(parts);
  return blockedPage(open.frame, {
    reference: open.turn.reference,
    ...{ why, until },
    recoverHref: to('recover'),
    restartHref,
  });
}

/** `Inloggen mislukt`: what somebody can do who is stuck at the second step (R17). */
export async function renderStuck(flow: FlowAt<'second-step'>, parts: Rendering): Promise<string> {
  const { open, reads, now } = parts;
  const { path, to, startOverAction } = pathsOf(parts);
  const [{ others, channels }, state] = await Promise.all([
    reads.stuck(open.turn, flow),
    reads.delivery(open.turn, flow.sent),
  ]);
  const ways = others.map((way) => ({ ...way, action: to('method') }));
  return stuckPage(
    { ...open.frame, back: to('stuck') },
    {
      backHref: path,
      resend:
        channels.length === 0
          ? undefined
          : {
              action: to('send'),
              channels,
              waitSeconds: sendWait(flow, now),
              ending: flow.sent?.ending ?? '',
            },
      others: ways.filter(({ spare }) => !spare),
      backupCode: ways.find(({ spare }) => spare),
      sent: sentNotice(flow.sent, state, path),
      reference: open.turn.reference,
      startOverAction,
    },
  );
}

/** The page of the step a flow is at. `signed-in` has none: it is handed over, not shown. */
export async function renderStep(
  flow: Exclude<SignInFlow, { step: 'signed-in' }>,
  parts: Rendering,
): Promise<string> {
  switch (flow.step) {
    case 'password':
      return renderPassword(flow, parts);
    case 'second-step':
      return renderSecondStep(flow, parts);
    case 'enrol':
      return renderEnrol(flow, parts);
    case 'backup-code':
      return renderBackupCode(flow, parts);
    case 'first-sign-in':
      return renderFirstSignIn(flow, parts);
    case 'confirm-email':
      return renderConfirmEmail(flow, parts);
    case 'stronger-needed':
      return renderStronger(flow, parts);
    case 'blocked':
      return renderBlocked(flow, parts);
  }
}
