import type { Log } from './log.ts';
import type { TenantId } from './tenant/tenant.ts';

/** What every event says: where it happened and under which number a person can name it (R25). */
export interface EventContext {
  tenantId: TenantId;
  reference: string;
  interaction: string;
  /** Address of the browser, as far as it may be known. */
  address: string;
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
