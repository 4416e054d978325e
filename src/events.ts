import { type EntryContext, type EntryFields, entryOf, type Who } from './audit/entry.ts';
import type { AuditTrail } from './audit/ports.ts';
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

/** Where events are kept. Only some tests have none. */
export type EventTrail = Pick<AuditTrail, 'record'>;

/**
 * Records one kind of event: a line of the log, which says `told` of where it happened, and an entry of the audit log,
 * which has an outcome even where the event itself names none. Whether it is kept, the trail's `settled` says.
 */
export function recorder<Context extends EntryContext>(
  { log, trail }: { log: Log; trail: EventTrail | undefined },
  told: (context: Context) => object,
) {
  return (event: string, who: Who, outcome: Outcome = 'success') =>
    (context: Context, result: EntryFields): void => {
      log.info({ event, ...told(context), ...result }, event);
      trail?.record(entryOf(event, who, context, { outcome, ...result }));
    };
}

/** What the log says of a request. */
function ofRequest({ tenantId, reference, interaction, address }: Partial<EventContext>): object {
  return { tenantId, reference, interaction, address };
}

/**
 * The happenings of a sign-in, one function each, so that no caller invents a name or a field. They carry no name a
 * person typed (people type passwords there), no code and no secret.
 */
export interface SignInEvents {
  /** `name`: the keyed digest of what was typed, where that is nobody's name. */
  passwordChecked(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account?: string; name?: string },
  ): void;
  secondStepChecked(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account: string; method: string },
  ): void;
  methodEnrolled(context: EventContext, result: { account: string; method: string }): void;
  setUpRefused(context: EventContext, result: { account: string; method: string; reason: string }): void;
  pageSkipped(context: EventContext, result: { account: string; page: string }): void;
  /** A code was asked for; `outcome` is failure when none was sent. `message` is its id in delivery reports. */
  codeRequested(
    context: EventContext,
    result: { outcome: Outcome; reason: string; account: string; method: string; message?: string },
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
  consentGiven(
    context: EventContext,
    result: { outcome: Outcome; client: string; account?: string | undefined },
  ): void;
}

/** Records events to the log and the audit log, each under its name. */
export function createSignInEvents(log: Log, trail?: EventTrail): SignInEvents {
  const record = recorder<EventContext>({ log, trail }, ofRequest);
  return {
    passwordChecked: record('sign-in.password', 'person-if-right'),
    secondStepChecked: record('sign-in.second-step', 'person-if-right'),
    methodEnrolled: record('method.enrolled', 'person'),
    setUpRefused: record('method.refused', 'person', 'failure'),
    pageSkipped: record('method.skipped', 'person'),
    codeRequested: record('code.requested', 'person'),
    backupCodeMade: record('backup-code.made', 'person'),
    firstSignInSaved: record('first-sign-in.saved', 'person'),
    emailChecked: record('email.checked', 'person'),
    stepMisplaced: record('sign-in.misplaced', 'person', 'failure'),
    demandUnmet: record('sign-in.demand-unmet', 'person', 'failure'),
    signedIn: record('sign-in.done', 'person'),
    consentGiven: record('consent', 'person'),
  };
}

/** What an event of the protocol says beside what came of it. `client` is the id of a registered application. */
export interface ProtocolContext {
  tenantId: TenantId;
  reference: string;
  client: string | undefined;
  /** Session at the provider; kept hashed, and not told to the log. */
  session?: string | undefined;
  /** The sign-in that it ends, if it does. */
  interaction?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
}

/** What applications got and what ended, one function each. No token, code or session id is in them. */
export interface ProtocolEvents {
  /** A code was issued: `account` is let into the application, by a sign-in or by one that was still good. */
  authorized(context: ProtocolContext, result: { account: string | undefined }): void;
  tokensIssued(context: ProtocolContext, result: { account: string | undefined; grantType: string }): void;
  /** A grant ended with all that it held; `by` is where: reuse at the token endpoint, a revocation, a sign-out. */
  grantEnded(context: ProtocolContext, result: { by: string; account?: string | undefined }): void;
  signedOut(context: ProtocolContext, result: { account: string | undefined }): void;
}

/** Records them to the log and the audit log, each under its name. */
export function createProtocolEvents(log: Log, trail?: EventTrail): ProtocolEvents {
  const record = recorder<ProtocolContext>({ log, trail }, ({ tenantId, reference, client }) => ({
    tenantId,
    reference,
    client,
  }));
  return {
    authorized: record('authorization.granted', 'person'),
    tokensIssued: record('tokens.issued', 'client'),
    grantEnded: record('grant.ended', 'client'),
    signedOut: record('sign-out', 'person'),
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
  /** Others use its computer too: it is a stranger again. */
  browserForgotten(context: EventContext, result: { account: string; browsers: number }): void;
}

/** Records them to the log and the audit log, each under its name. */
export function createLockoutEvents(log: Log, trail?: EventTrail): LockoutEvents {
  const record = recorder<EventContext>({ log, trail }, ofRequest);
  return {
    laneBlocked: record('lockout.blocked', 'system', 'failure'),
    browserKnown: record('browser.known', 'person'),
    browserForgotten: record('browsers.forgotten', 'person'),
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
  /** "This was not me". `by`: whose link it was; `restored`: the former address is the account's again. */
  reported(
    context: EventContext,
    result: { account: string; by: string; sessions: number; restored: boolean },
  ): void;
}

/** Records them to the log and the audit log, each under its name. */
export function createRecoveryEvents(log: Log, trail?: EventTrail): RecoveryEvents {
  const record = recorder<Pick<EventContext, 'tenantId' | 'reference'>>({ log, trail }, ofRequest);
  return {
    asked: record('recovery.asked', 'anonymous'),
    answered: record('recovery.answered', 'system'),
    linkUsed: record('recovery.link', 'person-if-right'),
    questionAnswered: record('recovery.question', 'person-if-right'),
    passwordRefused: record('recovery.password-refused', 'person', 'failure'),
    passwordChanged: record('password.changed', 'person'),
    reported: record('account.reported', 'person'),
  };
}

/** Failures of ours that somebody met. */
export interface FaultEvents {
  /** The page or answer that said so, under its number (R25). `error` is one of our codes. */
  errorShown(
    context: Pick<EventContext, 'tenantId' | 'reference' | 'address' | 'userAgent'>,
    result: { error: string; status: number },
  ): void;
}

/** Notes them in the audit log, as far as that is possible now; their lines of the log are the error boundary's. */
export function createFaultEvents(trail: Pick<AuditTrail, 'note'>): FaultEvents {
  return {
    errorShown: (context, result) =>
      trail.note(entryOf('error.shown', 'anonymous', context, { outcome: 'failure', ...result })),
  };
}
