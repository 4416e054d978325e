import type { Suspender } from '#src/account/account.ts';
import type { ShownInvitation } from './invitations.ts';

/** Moments are ISO 8601 in UTC; what is not there is null. */
type Instant = string;

/** Wrong tries since the last whole sign-in, of browsers new to the account or of one of the person's own. */
export interface ShownLane {
  lane: 'strangers' | 'own';
  failures: number;
  codeFailures: number;
  blockedAt: Instant | null;
  lastSeenAt: Instant | null;
}

/** A second step that is set up. Of a number only its last two digits. */
export interface ShownMethod {
  kind: string;
  label: string;
  createdAt: Instant;
  lastUsedAt: Instant | null;
  /** A number that was set up in the settings is new until then; null when it is not. */
  newUntil: Instant | null;
  /** It proves nothing until then: a password was set by a link in a mail since. */
  proves: boolean;
}

/** A counter that holds something. `until`: it refuses until then; null while it refuses nobody. */
export interface ShownLimit {
  of: 'password' | 'second-step' | 'set-up' | 'answer' | 'text-messages' | 'mails' | 'reset-mails';
  lane: 'strangers' | 'own' | null;
  method: string | null;
  ending: string | null;
  count: number;
  until: Instant | null;
}

/** One event of the audit log about the person. */
export interface ShownEvent {
  at: Instant;
  event: string;
  outcome: 'success' | 'failure';
  reason: string | null;
  method: string | null;
  reference: string | null;
  by: string | null;
}

/** One message to the person. */
export interface ShownMessage {
  at: Instant;
  kind: string;
  channel: string | null;
  ending: string | null;
  state: 'waiting' | 'done' | 'dead';
  attempts: number;
  supplier: string | null;
  delivery: string | null;
  fault: string | null;
}

/** Everything that tells why somebody can't get in, as `--json` shows it. Keys may be added, none changes its meaning. */
export interface Explanation {
  id: string;
  loginName: string;
  disabledAt: Instant | null;
  suspended: { at: Instant; by: Suspender } | null;
  password: { set: boolean; changedAt: Instant | null };
  email: { set: boolean; proved: boolean };
  invitation: ShownInvitation | null;
  methods: ShownMethod[];
  backupCodeWorks: boolean;
  questionSet: boolean;
  firstSignInDoneAt: Instant | null;
  knownBrowsers: number;
  lanes: ShownLane[];
  limits: ShownLimit[];
  events: ShownEvent[];
  messages: ShownMessage[];
  /** What to do next, a sentence each. */
  advice: string[];
}
