/*
 * What a person gets who asks for their own data: one JSON file. Names and times (ISO 8601, UTC) mean the same for as long
 * as `version` is the same; a field may be added to it, none goes or changes. No password, seed, key, code, answer or
 * digest is in it, nor the name of a session: whoever finds the file can't get in with it.
 */

/** An application: its client id, and what people call it. */
interface NamedApplication {
  id: string;
  name: string;
}

/** An address that was the account's own, while it is kept for its way back (docs/own-account.md). */
interface FormerEmail {
  email: string;
  replacedAt: string;
  /** Until when the link that was mailed to it may bring it back; may be past. */
  comesBackUntil: string;
}

interface OwnMethod {
  /** `sms`, `totp`, `webauthn`, `yubico-otp`. */
  kind: string;
  /** What the person calls it; may be empty. */
  label: string;
  /** E.164, of a phone. */
  number: string | null;
  addedAt: string;
  lastUsedAt: string | null;
  askedFirst: boolean;
  provesNothingInRecoveryUntil: string | null;
}

interface OwnSession {
  signedInAt: string;
  lastUsedAt: string;
  /** What the browser called itself. */
  browser: string | null;
  address: string | null;
  sharedComputer: boolean | null;
  applications: NamedApplication[];
}

/** A message that was sent, without what it said: that is not kept. */
interface OwnMessage {
  kind: string;
  channel: string | null;
  numberEndsWith: string | null;
  state: string;
  /** Who delivered it. */
  supplier: string | null;
  delivery: string | null;
  createdAt: string;
  endedAt: string | null;
}

/** An event by its name in the audit log (docs/audit.md). */
interface OwnEvent {
  at: string;
  event: string;
  outcome: string;
  /** Who did it: `person`, `operator`, `client`, `anonymous` or `system`. */
  by: string;
  /** Which operator. */
  operator: string | null;
  /** An operator's reason, or the short name of the outcome. */
  reason: string | null;
  /** Client id. */
  application: string | null;
  method: string | null;
  level: string | null;
  reference: string | null;
  address: string | null;
  browser: string | null;
}

/** Passwords that let nobody in, of one hour (UTC). */
export interface TriedInAnHour {
  lastAt: string;
  count: number;
  reason: string | null;
}

/** The file. */
export interface OwnDataFile {
  format: 'poortwachter-account';
  version: 1;
  createdAt: string;
  organisation: { name: string; signInAddress: string };
  account: {
    id: string;
    loginName: string;
    givenName: string;
    familyName: string;
    email: string | null;
    emailVerified: boolean;
    phone: string | null;
    phoneVerified: boolean;
    language: string;
    roles: string[];
    createdAt: string;
    passwordChangedAt: string | null;
    recoveredByMailAt: string | null;
  };
  /** Newest first. */
  formerEmails: FormerEmail[];
  methods: OwnMethod[];
  /** The question; never its answer. */
  securityQuestion: string | null;
  backupCode: { state: 'works' | 'used-or-void' | 'never-made'; madeAt: string | null };
  firstSignIn: { finishedAt: string | null; skippedPages: string[] };
  /** In which wrong tries are counted apart from those of strangers. */
  knownBrowsers: { browser: string | null; firstSeenAt: string | null; lastSeenAt: string | null }[];
  sessions: OwnSession[];
  /** What applications may read. */
  access: { application: NamedApplication; scopes: string[]; since: string }[];
  messages: OwnMessage[];
  /** `complete`: false when there is more than one file holds; the newest are in it. */
  activity: { complete: boolean; events: OwnEvent[]; failedPasswordTries: TriedInAnHour[] };
}
