import type { ColumnType } from 'kysely';
import type { Locale } from '#src/account/account.ts';
import type { StoredKey } from '#src/provider/ports.ts';
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
  given_name: Fixed<string>;
  family_name: Fixed<string>;
  email_sealed: string | null;
  email_digest: string | null;
  email_verified: boolean;
  phone_sealed: Fixed<string | null>;
  phone_digest: Fixed<string | null>;
  phone_verified: Fixed<boolean>;
  locale: Fixed<Locale>;
  roles: Fixed<string[]>;
  /** When the first factor was set up; null until then, and after a reset. Whoever sets it may add that factor. */
  enrolled_at: ColumnType<Date | null, never, Date | null>;
  disabled_at: ColumnType<Date | null, never, Date | null>;
  created_at: MadeAt;
}

export interface FactorTable {
  id: Fixed<string>;
  tenant_id: Fixed<string>;
  account_id: Fixed<string>;
  kind: Fixed<string>;
  label: Fixed<string>;
  data_sealed: string;
  /** Keyed digest; unique for the account's methods of this kind. */
  identity: Fixed<string | null>;
  last_counter: number | null;
  created_at: Fixed<Date>;
  /** Null for what was set up before setting up counted as a use. */
  last_used_at: ColumnType<Date | null, Date, Date>;
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
  kysely_migration: MigrationTable;
}

/** What a role may do with one table; `update` names the columns. */
export interface TablePrivileges {
  select: boolean;
  insert: boolean;
  update: readonly string[];
  delete: boolean;
}

/**
 * What the application role may do, and nothing else (ground rule 6, ASVS 13.2.2): no DDL, no change of an
 * issuer, of a login name or of a key. A table that is not listed is closed to it.
 */
export const applicationPrivileges: Readonly<Record<string, TablePrivileges>> = {
  tenant: { select: true, insert: true, update: ['settings'], delete: false },
  account: {
    select: true,
    insert: true,
    update: [
      ...['password_hash', 'enrolled_at', 'disabled_at'],
      ...['email_sealed', 'email_digest', 'email_verified'],
    ],
    delete: false,
  },
  factor: {
    select: true,
    insert: true,
    update: ['data_sealed', 'last_counter', 'last_used_at'],
    delete: true,
  },
  backup_code: {
    select: true,
    insert: true,
    update: ['id', 'hash', 'tries', 'created_at', 'used_at'],
    delete: true,
  },
  enrolment: { select: true, insert: true, update: ['skipped', 'asked_at', 'finished_at'], delete: false },
  security_question: {
    select: true,
    insert: true,
    update: ['question_key', 'question_text', 'answer_hash', 'set_at'],
    delete: false,
  },
  client: { select: true, insert: true, update: [], delete: true },
  key: { select: true, insert: true, update: ['withdrawn_at', 'secret_sealed'], delete: false },
  revision: { select: true, insert: false, update: ['value'], delete: false },
  kysely_migration: { select: true, insert: false, update: [], delete: false },
};
