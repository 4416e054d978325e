import type { AuditRecord, EventOutcome } from '#src/audit/ports.ts';

/** What the activity page can tell; each has a sentence `settings.activity.what.<kind>`. */
export const ACTIVITY_KINDS = [
  /** A sign-in as a whole. */
  ...['signed-in', 'second-step-missing', 'second-step-wrong', 'sign-in-unfinished', 'demand-unmet'],
  /** Tries that came no further than the first page. */
  ...['wrong-password', 'too-often', 'sign-in-closed'],
  ...['blocked', 'application-opened', 'access-given', 'access-denied', 'access-ended', 'access-withdrawn'],
  ...['signed-out', 'sessions-ended', 'browsers-forgotten'],
  ...['method-added', 'method-removed', 'method-replaced', 'method-renamed', 'method-preferred'],
  ...['phone-changed', 'backup-code-made', 'first-sign-in', 'question-changed', 'question-wrong'],
  ...['email-asked', 'email-changed', 'email-proved', 'language-changed', 'data-exported'],
  ...['recovery-asked', 'recovery-link', 'recovery-link-refused', 'password-changed', 'password-made'],
  ...['reported', 'reported-restored'],
  /** By an operator or the help desk. */
  ...['account-created', 'account-disabled', 'account-enabled', 'invited', 'unblocked'],
  ...['second-step-reset', 'looked-at'],
] as const;

export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** An event as what it tells; undefined where this one tells a person nothing. */
type Telling = ActivityKind | ((record: AuditRecord) => ActivityKind | undefined);

/** Events that are a line of their own. */
const LINES = {
  'lockout.blocked failure': 'blocked',
  'authorization.granted success': 'application-opened',
  'consent success': 'access-given',
  'consent failure': 'access-denied',
  // A sign-out ends grants too, and says so itself.
  'grant.ended success': ({ detail }) => (detail?.by === 'sign-out' ? undefined : 'access-ended'),
  'access.withdrawn success': 'access-withdrawn',
  'sign-out success': 'signed-out',
  'sessions.ended success': ({ detail }) => (detail?.which === 'this' ? 'signed-out' : 'sessions-ended'),
  'browsers.forgotten success': 'browsers-forgotten',
  'method.enrolled success': 'method-added',
  'method.removed success': ({ detail }) =>
    detail?.replaced === true ? 'method-replaced' : 'method-removed',
  'method.renamed success': 'method-renamed',
  'method.preferred success': 'method-preferred',
  'phone.changed success': 'phone-changed',
  'backup-code.made success': 'backup-code-made',
  'first-sign-in.saved success': 'first-sign-in',
  'question.changed success': 'question-changed',
  'recovery.question failure': 'question-wrong',
  'email.change-asked success': 'email-asked',
  'email.changed success': 'email-changed',
  'email.checked success': 'email-proved',
  'language.changed success': 'language-changed',
  'data.exported success': 'data-exported',
  'recovery.answered success': ({ reason }) => (reason === 'sent' ? 'recovery-asked' : undefined),
  'recovery.link success': 'recovery-link',
  'recovery.link failure': 'recovery-link-refused',
  'password.changed success': ({ detail }) =>
    detail?.purpose === 'invitation' ? 'password-made' : 'password-changed',
  'account.reported success': ({ detail }) => (detail?.restored === true ? 'reported-restored' : 'reported'),
  'user.created success': 'account-created',
  'user.disabled success': 'account-disabled',
  'user.enabled success': 'account-enabled',
  'user.invited success': 'invited',
  'user.unblocked success': 'unblocked',
  'second-step.reset success': 'second-step-reset',
  // Who looked at somebody's data is theirs to know (NEN 7513).
  'user.explained success': 'looked-at',
} as const satisfies Readonly<Record<EventOutcome, Telling>>;

/** Events of which a whole sign-in is one line. */
const SIGN_IN = [
  ...['sign-in.password success', 'sign-in.second-step success', 'sign-in.second-step failure'],
  ...['sign-in.done success', 'sign-in.demand-unmet failure'],
  ...['browser.known success', 'authorization.granted success'],
] as const satisfies readonly EventOutcome[];

/** Told as numbers: whoever knows a login name can make any amount of them. */
export const TRIES = 'sign-in.password failure' satisfies EventOutcome;

/** Everything that is told, but for tries. */
export const TOLD: readonly EventOutcome[] = [...new Set([...SIGN_IN, ...keysOf(LINES)])];

/** The event of every whole sign-in. */
export const SIGNED_IN = 'sign-in.done success' satisfies EventOutcome;

/**
 * Events that are told to nobody here, and why. Nothing is left out by accident: a test knows every event there is.
 */
export const LEFT_OUT = {
  'code.requested': 'the message tells it, and the data export lists it',
  'error.shown': 'was about no account',
  'message.dead': 'the data export lists messages',
  'message.reported': 'the data export lists messages',
  'method.refused': 'changed nothing',
  'method.skipped': 'changed nothing',
  'notice.limited': 'the limits of the installation',
  'recovery.asked': 'is about nobody until it was answered',
  'recovery.password-refused': 'changed nothing',
  'settings.refused': 'changed nothing',
  'sign-in.misplaced': 'changed nothing',
  'tokens.issued': 'applications renew theirs every few minutes',
  'logout.told': 'between us and an application',
  'lockout.spraying': 'is about no account',
  'send-budget.low': 'is about no account',
  'send-budget.used-up': 'is about no account',
  'key.rolled': 'is about no account',
  'client.added': 'is about no account',
  'client.removed': 'is about no account',
  'tenant.applied': 'is about no account',
  'keys.rotated': 'is about no account',
  'key.withdrawn': 'is about no account',
  'keys.resealed': 'is about no account',
  'audit.read': 'is about no account',
  'audit.retained': 'is about no account',
} as const satisfies Readonly<Record<string, string>>;

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] {
  // Of an object literal, whose keys are all there are.
  return Object.keys(table).filter((key): key is Key => Object.hasOwn(table, key));
}

const lines: ReadonlyMap<string, Telling> = new Map(Object.entries(LINES));
const signIn: ReadonlySet<string> = new Set(SIGN_IN);

/** Whether an event is one of those that a whole sign-in is told by. */
export function isPartOfSignIn({ event, outcome, trace, session }: AuditRecord): boolean {
  if (trace === undefined || !signIn.has(`${event} ${outcome}`)) return false;
  // In the settings a password and a second step are asked as well: there they begin no sign-in.
  return !event.startsWith('sign-in.') || session === undefined;
}

/** What an event that is a line of its own tells; undefined for one that tells nothing, or that nobody knows. */
export function tellingOf(record: AuditRecord): ActivityKind | undefined {
  const telling = lines.get(`${record.event} ${record.outcome}`);
  if (typeof telling === 'function') return telling(record);
  if (telling !== undefined) return telling;
  return `${record.event} ${record.outcome}` === 'sign-in.second-step failure'
    ? 'second-step-wrong'
    : undefined;
}
