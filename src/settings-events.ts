import type { EntryFields } from './audit/entry.ts';
import { type EventContext, type EventTrail, recorder } from './events.ts';
import type { Log } from './log.ts';

type Outcome = 'success' | 'failure';

/** Where it happened. The session is kept hashed, and not told to the log. */
export interface SettingsContext extends EventContext {
  session: { uid: string };
}

/**
 * What people do with their own account, one function each. No number, address, name of a method or code is in them:
 * methods go by their kind.
 */
export interface SettingsEvents {
  /** Something was asked that is not done; `what` is the task, `reason` a short name. */
  refused(context: SettingsContext, result: { account: string; what: string; reason: string }): void;
  passwordChanged(
    context: SettingsContext,
    result: { account: string; purpose: 'settings'; sessions: number; grants: number },
  ): void;
  codeRequested(
    context: SettingsContext,
    result: { outcome: Outcome; reason: string; account: string; method: string; message?: string },
  ): void;
  methodEnrolled(context: SettingsContext, result: { account: string; method: string }): void;
  /** `replaced`: another one took its place in the same step. */
  methodRemoved(
    context: SettingsContext,
    result: { account: string; method: string; replaced: boolean },
  ): void;
  methodRenamed(context: SettingsContext, result: { account: string; method: string }): void;
  /** Undefined: the last used one is asked first again. */
  methodPreferred(context: SettingsContext, result: { account: string; method: string | undefined }): void;
  /** `coolsUntil`: ISO time until which it proves nothing in a recovery. */
  phoneChanged(context: SettingsContext, result: { account: string; coolsUntil: string }): void;
  /** A code was sent to the new address. */
  emailChangeAsked(
    context: SettingsContext,
    result: { outcome: Outcome; reason: string; account: string },
  ): void;
  emailChanged(context: SettingsContext, result: { account: string; proved: 'again' | 'new' }): void;
  questionChanged(context: SettingsContext, result: { account: string }): void;
  backupCodeMade(context: SettingsContext, result: { account: string }): void;
  /** `which`: `this` one, `one` other, all `others`, or `all`. */
  sessionsEnded(
    context: SettingsContext,
    result: { account: string; which: 'this' | 'one' | 'others' | 'all'; sessions: number; grants: number },
  ): void;
  browsersForgotten(context: SettingsContext, result: { account: string; browsers: number }): void;
  accessWithdrawn(context: SettingsContext, result: { account: string; client: string }): void;
  languageChanged(context: SettingsContext, result: { account: string; locale: string }): void;
  dataExported(context: SettingsContext, result: { account: string }): void;
}

/** What the log says of a request. */
function placeOf({ tenantId, reference, interaction, address }: EventContext): object {
  return { tenantId, reference, interaction, address };
}

/** Records them to the log and the audit log, each under its name. */
export function createSettingsEvents(log: Log, trail?: EventTrail): SettingsEvents {
  const record = (event: string, outcome: Outcome = 'success') => {
    const write = recorder<EventContext & { session: string }>({ log, trail }, placeOf)(
      event,
      'person',
      outcome,
    );
    return ({ session, ...context }: SettingsContext, result: EntryFields): void =>
      write({ ...context, session: session.uid }, result);
  };
  return {
    refused: record('settings.refused', 'failure'),
    passwordChanged: record('password.changed'),
    codeRequested: record('code.requested'),
    methodEnrolled: record('method.enrolled'),
    methodRemoved: record('method.removed'),
    methodRenamed: record('method.renamed'),
    methodPreferred: record('method.preferred'),
    phoneChanged: record('phone.changed'),
    emailChangeAsked: record('email.change-asked'),
    emailChanged: record('email.changed'),
    questionChanged: record('question.changed'),
    backupCodeMade: record('backup-code.made'),
    sessionsEnded: record('sessions.ended'),
    browsersForgotten: record('browsers.forgotten'),
    accessWithdrawn: record('access.withdrawn'),
    languageChanged: record('language.changed'),
    dataExported: record('data.exported'),
  };
}
