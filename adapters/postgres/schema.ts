import type { ColumnType } from 'kysely';
import type { Locale, Suspender } from '#src/account/account.ts';
import type { Channel, DeliveryState } from '#src/message/ports.ts';
import type { StoredKey } from '#src/provider/ports.ts';
import type { LinkPurpose } from '#src/recovery/ports.ts';
import type { RevisionName } from '#src/revision/ports.ts';

/** Set by the database when the row is made, never changed. */
type MadeAt = ColumnType<Date, Date | undefined, never>;

/** Set at insertion, never changed: the application role may not update it. */
type Fixed<T> = ColumnType<T, T, never>;

export interface TenantTable {
  id: Fixed<string>;
  key: Fixed<string>;
  issuer: string;
  /** Made by the database from the issuer: host, and port when it is not the scheme's own. */
  host: ColumnType<string, never, never>;
  /** Checked against the tenant schema when read; null while the configuration holds them. Written as JSON text. */
  settings: ColumnType<unknown, string | null, string>;
  created_at: MadeAt;
}

/** `*_sealed` columns hold text of the Sealer, `*_digest` columns a keyed digest to find a sealed value by. */
export interface AccountTable {
  id: Fixed<string>;
  tenant_id: Fixed<string>;
  login_name: Fixed<string>;
  login_name_canonical: Fixed<string>;
  password_hash: string | null;
  /** When the password was last set anew; null for the one that the account was made with. */
  password_changed_at: ColumnType<Date | null, never, Date | null>;
  given_name: Fixed<string>;
  family_name: Fixed<string>;
  email_sealed: string | null;
  email_digest: string | null;
  email_verified: boolean;
  phone_sealed: Fixed<string | null>;
  phone_digest: Fixed<string | null>;
  phone_verified: Fixed<boolean>;
  locale: Locale;
  roles: Fixed<string[]>;
  /** When the password was last set anew by a link in a mail. */
  recovered_at: ColumnType<Date | null, never, Date | null>;
  /** Mark of the session that the password was last set anew in; null when that was by a link. */
  kept_session: ColumnType<string | null, never, string | null>;
  /** When the first factor was set up; null until then, and after a reset. Whoever sets it may add that factor. */
  enrolled_at: ColumnType<Date | null, never, Date | null>;
  disabled_at: ColumnType<Date | null, never, Date | null>;
  /** When somebody said "this was not me", and from which address: both or none. */
  suspended_at: ColumnType<Date | null, never, Date | null>;
  suspended_by: ColumnType<Suspender | null, never, Suspender | null>;
  created_at: MadeAt;
}

export interface FactorTable {
  id: Fixed<string>;
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  kind: Fixed<string>;
  label: string;
  data_sealed: string;
  /** Keyed digest; unique for the account's methods of this kind. */
  identity: Fixed<string | null>;
  last_counter: number | null;
  created_at: Fixed<Date>;
  /** Null for what was set up before setting up counted as a use. */
  last_used_at: ColumnType<Date | null, Date, Date>;
  /** When the person wished to be asked for it first; one of an account at most. */
  preferred_at: ColumnType<Date | null, never, Date | null>;
  /** A number that took the place of another one does not help in a recovery until then. */
  cools_until: Fixed<Date | null>;
}

/** The last one made for a person, used or not. A new one takes its row, and its tries begin again. */
export interface BackupCodeTable {
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  id: string;
  hash: string;
  tries: ColumnType<number, number | undefined, number>;
  created_at: Date;
  used_at: ColumnType<Date | null, never, Date | null>;
}

/** How far a first sign-in got, beside the factors. */
export interface EnrolmentTable {
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  /** Pages, in the order in which they were skipped. */
  skipped: ColumnType<string[], string[] | undefined, string[]>;
  asked_at: ColumnType<Date | null, Date | undefined, Date>;
  finished_at: ColumnType<Date | null, Date | undefined, Date | null>;
}

export interface SecurityQuestionTable {
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  question_key: string;
  question_text: string;
  answer_hash: string;
  set_at: Date;
}

/** `metadata` holds everything but client_id and client_secret; written as JSON text. */
export interface ClientTable {
  tenant_id: Fixed<string>;
  client_id: Fixed<string>;
  metadata: ColumnType<Record<string, unknown>, string, never>;
  secret_sealed: Fixed<string | null>;
  created_at: MadeAt;
}

/** `tenant_id` is null for the keys of the installation (cookie, digest). */
export interface KeyTable {
  id: Fixed<string>;
  purpose: Fixed<StoredKey['purpose']>;
  tenant_id: Fixed<string | null>;
  kind: Fixed<StoredKey['kind']>;
  /** Null once a withdrawn key's secret was wiped. */
  secret_sealed: ColumnType<string | null, string, string | null>;
  created_at: Fixed<Date>;
  current_from: Fixed<Date>;
  withdrawn_at: ColumnType<Date | null, never, Date>;
  succeeds: Fixed<string | null>;
}

/** One row for each kind of thing that processes hold in memory; `value` grows with every change to it. */
export interface RevisionTable {
  name: Fixed<RevisionName>;
  value: ColumnType<number, never, number>;
}

/** Kysely's own record of the migrations that ran. */
export interface MigrationTable {
  name: Fixed<string>;
}

/** Wrong tries by lane: the digest of a browser that signed in before, or empty for all others together. */
export interface SignInLaneTable {
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  lane: Fixed<string>;
  failures: ColumnType<number, number | undefined, number>;
  code_failures: ColumnType<number, number | undefined, number>;
  blocked_at: Date | null;
  first_seen_at: Date | null;
  last_seen_at: Date | null;
  /** What the browser called itself when it was last seen. */
  agent: ColumnType<string | null, string | null | undefined, string | null>;
}

/** `token_hash` is the SHA-256 of what stands in the link, `code_digest` a keyed digest of the code beside it. */
export interface MailLinkTable {
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  id: Fixed<string>;
  purpose: Fixed<LinkPurpose>;
  token_hash: Fixed<string>;
  code_digest: Fixed<string | null>;
  /** The address that a link of purpose `former-address` brings back; gone once the link is over. */
  former_email_sealed: ColumnType<string | null, string | null, null>;
  tries: ColumnType<number, number | undefined, number>;
  created_at: Fixed<Date>;
  expires_at: Fixed<Date>;
  opened_at: ColumnType<Date | null, never, Date>;
  spent_at: ColumnType<Date | null, never, Date>;
  /** Digest of the browser that spent it. */
  spent_by: ColumnType<string | null, never, string>;
  /** When a newer one, or a new password, took its place. */
  ended_at: ColumnType<Date | null, never, Date>;
}

/** The queue. `payload_sealed` is gone once it is over; `ending` is the end of a number, never more of it. */
export interface MessageTable {
  id: Fixed<string>;
  tenant_id: Fixed<string>;
  account_id: Fixed<string | null>;
  kind: Fixed<string>;
  channel: Fixed<Channel | null>;
  ending: Fixed<string | null>;
  payload_sealed: string | null;
  state: ColumnType<'waiting' | 'done' | 'dead', 'waiting' | undefined, 'waiting' | 'done' | 'dead'>;
  attempts: ColumnType<number, number | undefined, number>;
  next_at: Date;
  expires_at: Fixed<Date>;
  created_at: Fixed<Date>;
  ended_at: ColumnType<Date | null, never, Date>;
  supplier: ColumnType<string | null, never, string | null>;
  delivery: ColumnType<string | null, never, string | null>;
  delivery_state: ColumnType<DeliveryState | null, never, DeliveryState>;
  fault: ColumnType<string | null, never, string | null>;
}

export interface AuditEventTable {
  seq: ColumnType<number, never, never>;
  id: Fixed<string>;
  tenant_id: Fixed<string>;
  version: Fixed<number>;
  at: Fixed<Date>;
  event: Fixed<string>;
  outcome: Fixed<string>;
  reason: Fixed<string | null>;
  subject: Fixed<string | null>;
  actor_kind: Fixed<string>;
  actor: Fixed<string | null>;
  client: Fixed<string | null>;
  session: Fixed<string | null>;
  factor: Fixed<string | null>;
  acr: Fixed<string | null>;
  reference: Fixed<string | null>;
  trace: Fixed<string | null>;
  address_digest: Fixed<string | null>;
  agent_digest: Fixed<string | null>;
  /** Written as JSON text. */
  detail: ColumnType<unknown, string, never>;
}

/** Where an event came from, as it was told; forgotten long before the event. */
export interface AuditOriginTable {
  event_id: Fixed<string>;
  tenant_id: Fixed<string>;
  at: Fixed<Date>;
  address: Fixed<string | null>;
  agent: Fixed<string | null>;
}

/** Events that no seal covers yet. */
export interface AuditPendingTable {
  seq: Fixed<number>;
  tenant_id: Fixed<string>;
}

/** One batch of events: `content` is over them, `hash` over that and the seal before. */
export interface AuditSealTable {
  tenant_id: Fixed<string>;
  number: Fixed<number>;
  seqs: Fixed<number[]>;
  content: Fixed<string>;
  previous: Fixed<string>;
  hash: Fixed<string>;
  sealed_at: Fixed<Date>;
}

/** The tables, as Kysely types queries by. */
export interface Database {
  tenant: TenantTable;
  account: AccountTable;
  factor: FactorTable;
  backup_code: BackupCodeTable;
  enrolment: EnrolmentTable;
  security_question: SecurityQuestionTable;
  client: ClientTable;
  key: KeyTable;
  revision: RevisionTable;
  sign_in_lane: SignInLaneTable;
  mail_link: MailLinkTable;
  message: MessageTable;
  audit_event: AuditEventTable;
  audit_origin: AuditOriginTable;
  audit_pending: AuditPendingTable;
  audit_seal: AuditSealTable;
  kysely_migration: MigrationTable;
}
