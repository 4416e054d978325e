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
      ...['password_hash', 'password_changed_at', 'enrolled_at'],
      ...['disabled_at', 'suspended_at', 'suspended_by'],
      ...['email_sealed', 'email_digest', 'email_verified'],
      ...['locale', 'recovered_at', 'kept_session'],
    ],
    delete: false,
  },
  factor: {
    select: true,
    insert: true,
    update: ['data_sealed', 'last_counter', 'last_used_at', 'label', 'preferred_at'],
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
  sign_in_lane: {
    select: true,
    insert: true,
    update: ['failures', 'code_failures', 'blocked_at', 'first_seen_at', 'last_seen_at', 'agent'],
    delete: true,
  },
  mail_link: {
    select: true,
    insert: true,
    update: ['tries', 'opened_at', 'spent_at', 'spent_by', 'ended_at', 'former_email_sealed'],
    delete: true,
  },
  message: {
    select: true,
    insert: true,
    update: [
      ...['payload_sealed', 'state', 'attempts', 'next_at', 'ended_at'],
      ...['supplier', 'delivery', 'delivery_state', 'fault'],
    ],
    delete: false,
  },
  // What was written stays as it was written; only the owner forgets, by a command that records it.
  audit_event: { select: true, insert: true, update: [], delete: false },
  audit_origin: { select: true, insert: true, update: [], delete: false },
  audit_pending: { select: true, insert: true, update: [], delete: true },
  audit_seal: { select: true, insert: true, update: [], delete: false },
  kysely_migration: { select: true, insert: false, update: [], delete: false },
};

/** Doors in the wall between tenants (0004, 0006) that the application role may use. */
export const applicationFunctions: readonly string[] = [
  'claim_messages',
  'message_depths',
  'tenants_to_seal',
];
