import type { Log } from './log.ts';
import type { TenantId } from './tenant/tenant.ts';

/** What every event says: where it happened and under which number a person can name it (R25). */
export interface EventContext {
  tenantId: TenantId;
  reference: string;
  interaction: string;
  /** Address of the browser, as far as it may be known. */
  address: string;
  /** What the browser calls itself. */
  userAgent?: string | undefined;
}

type Outcome = 'success' | 'failure';

/**
 * The happenings of a sign-in, one function each, so that no caller invents a name or a field. They carry no name a
 * person typed (people type passwords there), no code and no secret.
 */
export interface SignInEvents {
  passwordChecked(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account?: string },
  ): void;
  secondStepChecked(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account: string; method: string },
  ): void;
  methodEnrolled(context: EventContext, result: { account: string; method: string }): void;
  setUpRefused(context: EventContext, result: { account: string; method: string; reason: string }): void;
  pageSkipped(context: EventContext, result: { account: string; page: string }): void;
  /** A code was asked for; `outcome` is failure when none was sent. */
  codeRequested(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account: string; method: string },
  ): void;
  backupCodeMade(context: EventContext, result: { account: string }): void;
  firstSignInSaved(context: EventContext, result: { account: string; question: boolean }): void;
  emailChecked(context: EventContext, result: { outcome: Outcome; reason: string; account: string }): void;
  /** A form came for another step than the sign-in is at: pressed twice, an old page, or somebody who tries to skip. */
  stepMisplaced(
    context: EventContext,
    result: { account: string | undefined; at: string; meant: string },
  ): void;
  /** The person could not give what the application demands. */
  demandUnmet(context: EventContext, result: { account: string; reason: string }): void;
  signedIn(context: EventContext, result: { account: string; acr: string; amr: readonly string[] }): void;
  consentGiven(context: EventContext, result: { outcome: Outcome; client: string }): void;
}

/** Records events to the log, each with its name under `event`. */
export function createSignInEvents(log: Log): SignInEvents {
  const record =
    (event: string) =>
    (context: EventContext, result: object): void => {
      const { tenantId, reference, interaction, address } = context;
      log.info({ event, tenantId, reference, interaction, address, ...result }, event);
    };
  return {
    passwordChecked: record('sign-in.password'),
    secondStepChecked: record('sign-in.second-step'),
    methodEnrolled: record('method.enrolled'),
    setUpRefused: record('method.refused'),
    pageSkipped: record('method.skipped'),
    codeRequested: record('code.requested'),
    backupCodeMade: record('backup-code.made'),
    firstSignInSaved: record('first-sign-in.saved'),
    emailChecked: record('email.checked'),
    stepMisplaced: record('sign-in.misplaced'),
    demandUnmet: record('sign-in.demand-unmet'),
    signedIn: record('sign-in.done'),
    consentGiven: record('consent'),
  };
}

/** What an event of the protocol says beside what came of it. `client` is the id of a registered application. */
export interface ProtocolContext {
  tenantId: TenantId;
  reference: string;
  client: string | undefined;
}

/** What applications got and what ended, one function each. No token, code or session id is in them. */
export interface ProtocolEvents {
  /** A code was issued: `account` is let into the application, by a sign-in or by one that was still good. */
  authorized(context: ProtocolContext, result: { account: string | undefined }): void;
  tokensIssued(context: ProtocolContext, result: { account: string | undefined; grantType: string }): void;
  /** A grant ended with all that it held; `by` is where: reuse at the token endpoint, a revocation, a sign-out. */
  grantEnded(context: ProtocolContext, result: { by: string }): void;
  signedOut(context: ProtocolContext, result: { account: string | undefined }): void;
}

/** Records them to the log, each with its name under `event`. */
export function createProtocolEvents(log: Log): ProtocolEvents {
  const record =
    (event: string) =>
    ({ tenantId, reference, client }: ProtocolContext, result: object): void => {
      log.info({ event, tenantId, reference, client, ...result }, event);
    };
  return {
    authorized: record('authorization.granted'),
    tokensIssued: record('tokens.issued'),
    grantEnded: record('grant.ended'),
    signedOut: record('sign-out'),
  };
}

/** The happenings of limits, one function each. `lane`: whose tries, strangers' or those of the person's own browser. */
export interface LockoutEvents {
  /** Too many wrong tries in a row: the lane is closed until a recovery or the help desk. */
  laneBlocked(
    context: EventContext,
    result: { account: string; lane: 'strangers' | 'own'; of: string },
  ): void;
  /** A browser that never signed in to this account before did so now. */
  browserKnown(context: EventContext, result: { account: string; browsers: number }): void;
}

/** Records them to the log, each with its name under `event`. */
export function createLockoutEvents(log: Log): LockoutEvents {
  const record =
    (event: string) =>
    (context: EventContext, result: object): void => {
      const { tenantId, reference, interaction, address } = context;
      log.info({ event, tenantId, reference, interaction, address, ...result }, event);
    };
  return {
    laneBlocked: record('lockout.blocked'),
    browserKnown: record('browser.known'),
  };
}

/** The happenings of a recovery or an invitation, one function each. They carry no name or address that was typed. */
export interface RecoveryEvents {
  /** A mail was asked for. Whether anybody gets one is not known yet, and not told by this. */
  asked(context: EventContext, result: { outcome: Outcome; reason: string; lost: string }): void;
  /** What was asked for was worked off: `accounts` is how many it was for. */
  answered(
    context: Pick<EventContext, 'tenantId' | 'reference'>,
    result: { account: string | undefined; lost: string; accounts: number; reason: string },
  ): void;
  /** A link's button was pressed, or a code typed. */
  linkUsed(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account: string | undefined; by: 'link' | 'code' },
  ): void;
  questionAnswered(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account: string },
  ): void;
  passwordRefused(context: EventContext, result: { account: string; reason: string }): void;
  /** With it every session, grant, known browser and open link ended. */
  passwordChanged(
    context: EventContext,
    result: { account: string; purpose: string; sessions: number; grants: number },
  ): void;
  /** "This was not me". */
  reported(context: EventContext, result: { account: string; by: string; sessions: number }): void;
}

/** Records them to the log, each with its name under `event`. */
export function createRecoveryEvents(log: Log): RecoveryEvents {
  const record =
    (event: string) =>
    (context: Partial<EventContext>, result: object): void => {
      const { tenantId, reference, interaction, address } = context;
      log.info({ event, tenantId, reference, interaction, address, ...result }, event);
    };
  return {
    asked: record('recovery.asked'),
    answered: record('recovery.answered'),
    linkUsed: record('recovery.link'),
    questionAnswered: record('recovery.question'),
    passwordRefused: record('recovery.password-refused'),
    passwordChanged: record('password.changed'),
    reported: record('account.reported'),
  };
}

/** Who gave a command, and why. */
export interface OperatorContext {
  tenantId: TenantId;
  /** Name at the operating system, or what `--by` says. */
  operator: string;
  reason: string;
}

/** What operators did by hand, one function each. */
export interface OperatorEvents {
  /** `again`: the link before it ended. */
  invited(context: OperatorContext, result: { account: string; again: boolean }): void;
  unblocked(context: OperatorContext, result: { account: string; changed: boolean }): void;
  secondStepReset(context: OperatorContext, result: { account: string; sessions: number }): void;
  /** Somebody looked at what is known of a person. */
  explained(context: OperatorContext, result: { account: string }): void;
  auditRead(context: OperatorContext, result: { how: 'show' | 'export' | 'verify'; events: number }): void;
  auditRetained(
    context: OperatorContext,
    result: { events: number; origins: number; messages: number; seals: string },
  ): void;
}

/** Records them to the log, each with its name under `event`. */
export function createOperatorEvents(log: Log): OperatorEvents {
  const record =
    (event: string) =>
    (context: OperatorContext, result: object): void => {
      log.info({ event, ...context, ...result }, event);
    };
  return {
    invited: record('user.invited'),
    unblocked: record('user.unblocked'),
    secondStepReset: record('second-step.reset'),
    explained: record('user.explained'),
    auditRead: record('audit.read'),
    auditRetained: record('audit.retained'),
  };
}
