import type { AuditTrail } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import { createClosingTurns } from '#src/enrolment/closing-turns.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { createFirstSignIn } from '#src/enrolment/first-sign-in.ts';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import { createSetUpTurns } from '#src/enrolment/set-up-turns.ts';
import { createLockoutEvents, createSignInEvents, type SignInEvents } from '#src/events.ts';
import { createBrowserMarks } from '#src/lockout/browser-mark.ts';
import { createSprayAlarm } from '#src/lockout/spray-alarm.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createWrongTries } from '#src/lockout/wrong-tries.ts';
import type { Log } from '#src/log.ts';
import type { NoticeKind } from '#src/message/notices.ts';
import { INTERACTION_TTL } from '#src/provider/lifetimes.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { backupCodeForm, makeBackupCode } from '#src/sign-in/backup-code.ts';
import { createCheckPassword } from '#src/sign-in/check-password.ts';
import { createCheckSecondStep } from '#src/sign-in/check-second-step.ts';
import { createCompleteSignIn } from '#src/sign-in/complete-sign-in.ts';
import { createFlowKeeper } from '#src/sign-in/flow-keeper.ts';
import { createPasskeyOptions } from '#src/sign-in/passkey-options.ts';
import { createPlanSignIn } from '#src/sign-in/plan-sign-in.ts';
import { createPrepareStep } from '#src/sign-in/prepare-step.ts';
import { createSendEmailCode, type SendEmailCode } from '#src/sign-in/send-email-code.ts';
import { createSendSignInCode } from '#src/sign-in/send-sign-in-code.ts';
import { createSignIn } from '#src/sign-in/sign-in.ts';
import { createStandingProofs } from '#src/sign-in/standing-proofs.ts';
import { createStepReads } from '#src/sign-in/step-reads.ts';
import { methodContext, type Turn } from '#src/sign-in/turn.ts';
import { createTurns, type Turns } from '#src/sign-in/turns.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';
import type { Volatile } from './volatile.ts';

export interface SignInParts {
  durable: Pick<Durable, 'accounts' | 'factors' | 'enrolments' | 'lanes' | 'sealer' | 'digester'>;
  volatile: Pick<Volatile, 'flows' | 'throttle' | 'deliveries'>;
  secondStep: SecondStep;
  hasher: PasswordHasher;
  trail: AuditTrail;
  clock: Clock;
  log: Log;
}

/** A new backup code in the form that the tenant wants. */
function newBackupCode({ tenant }: Turn): string {
  return makeBackupCode(backupCodeForm(tenant.settings));
}

/** The steps behind the methods, wired to what they send and keep. */
function composeClosing(
  parts: SignInParts,
  { turns, events, sendEmailCode }: { turns: Turns; events: SignInEvents; sendEmailCode: SendEmailCode },
) {
  const { durable, secondStep, hasher, clock } = parts;
  const { enrolments, digester } = durable;
  const questions = createSecurityQuestions({ hasher, digester });
  const saveFirstSignIn = createFirstSignIn({ enrolments, questions, clock });
  const contextOf = (at: Turn, accountId: string) =>
    methodContext(at, { accountId, loginName: '' }, clock.now());
  return createClosingTurns({
    turns,
    keepBackupCode: async ({ tenantId }, accountId, code, expected) =>
      (await secondStep.backupCodes.keep(tenantId, accountId, code, expected, clock.now())) !== undefined,
    sendBackupCode: (at, account, code) =>
      secondStep.backupCodeSender.send(methodContext(at, account, clock.now()), code),
    saveFirstSignIn: ({ tenant, locale }, account, { asks, typed }) =>
      saveFirstSignIn({ tenant, account, locale, asks, typed }),
    tellReplaced: ({ tenant }, accountId, formerEmail) =>
      secondStep.notices.tell({ tenant, accountId, now: clock.now(), formerEmail }, 'email-replaced'),
    sendEmailCode,
    redeemEmailCode: (at, accountId, { email, code }) =>
      secondStep.emailCode.redeem(contextOf(at, accountId), email, code),
    enrolments,
    events,
  });
}

/** The rules of a sign-in, wired to their stores. */
export function composeSignIn(parts: SignInParts) {
  const { durable, volatile, secondStep, hasher, trail, clock, log } = parts;
  const { accounts, factors, enrolments, sealer, digester } = durable;
  const { flows, throttle, deliveries } = volatile;
  const { methods, notices } = secondStep;
  const events = createSignInEvents(log, trail);
  const lockout = createLockoutEvents(log, trail);
  const openTry = createTryLimiter({ throttle, clock });
  const wrongTries = createWrongTries({ lanes: durable.lanes, clock });
  const sprayAlarm = createSprayAlarm({ throttle, clock, log, events: createSystemEvents(trail) });
  const marks = createBrowserMarks({ digester });
  const sendEmailCode = createSendEmailCode({ emailCode: secondStep.emailCode, events, clock });
  const sendSignInCode = createSendSignInCode({ methods, factors, events, clock });
  const turns = createTurns({
    keeper: createFlowKeeper({ flows, sealer, ttl: INTERACTION_TTL }),
    accounts,
    proofsStand: createStandingProofs({ factors, methods }),
    events,
    prepare: createPrepareStep({ methods, enrolments, newBackupCode, sendEmailCode, sendSignInCode, clock }),
  });
  const tell = (what: NoticeKind) => (at: Turn, accountId: string) =>
    notices.tell({ tenant: at.tenant, accountId, now: clock.now() }, what);
  const checkPassword = createCheckPassword({
    ...{ accounts, hasher, openTry, wrongTries, sprayAlarm, digester },
  });
  const planSignIn = createPlanSignIn({ factors, enrolments, methods, clock });
  const signIn = createSignIn({
    turns,
    checkPassword,
    checkSecondStep: createCheckSecondStep({ factors, openTry, wrongTries, digester }),
    planSignIn,
    sendSignInCode,
    methods,
    usedUp: tell('backup-code-used'),
    guessed: ({ tenant }, accountId, count) =>
      notices.tell({ tenant, accountId, now: clock.now(), detail: { count } }, 'second-step-guessed'),
    lockout,
    events,
    clock,
  });
  const setUp = createSetUpTurns({
    turns,
    enrolFactor: createEnrolFactor({ factors, openTry, digester }),
    planSignIn,
    enrolments,
    tellAdded: tell('method-added'),
    methods,
    events,
    clock,
  });
  return {
    signIn,
    marks,
    sprayAlarm,
    complete: createCompleteSignIn({
      turns,
      lanes: durable.lanes,
      marks,
      tell: ({ tenant }, accountId, what, detail) =>
        notices.tell({ tenant, accountId, now: clock.now(), detail }, what),
      lockout,
      clock,
    }),
    setUp,
    closing: composeClosing(parts, { turns, events, sendEmailCode }),
    reads: createStepReads({
      factors,
      deliveries,
      methods,
      canSendBackupCode: secondStep.backupCodeSender.canSend,
      clock,
    }),
    passkeyOptions: createPasskeyOptions({ turns, factors, methods, clock }),
    events,
    checkPassword,
    lockout,
  };
}
