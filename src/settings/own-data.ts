import type { Account } from '#src/account/account.ts';
import type { AuditReading, AuditRecord } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import { PHONE_KIND, phoneIn } from '#src/message/phone-factor.ts';
import type { QueueStore } from '#src/message/queue-ports.ts';
import type { FormerAddress, MailLinkStore } from '#src/recovery/ports.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { BackupCodeStore, Factor, FactorStore } from '#src/sign-in/ports.ts';
import { TOLD, TRIES } from './activity-events.ts';
import type { ApplicationNames } from './application-names.ts';
import type { OwnDataFile, TriedInAnHour } from './own-data-file.ts';
import type { SettingsTurn } from './turn.ts';

/** Messages of 13 months, as far as anybody gets that many. */
const MESSAGES = 2_000;
/** Events that are read at once, and in all. */
const EVENTS = 1_000;
const MOST_EVENTS = 20_000;
/** Hours with wrong passwords. */
const HOURS = 5_000;

export interface OwnDataParts {
  factors: Pick<FactorStore, 'list'>;
  links: Pick<MailLinkStore, 'formerAddresses'>;
  enrolments: Pick<EnrolmentStore, 'load' | 'findQuestion'>;
  backupCodes: Pick<BackupCodeStore, 'find'>;
  lanes: Pick<LaneStore, 'list'>;
  sessions: Pick<Sessions, 'list' | 'grants'>;
  messages: Pick<QueueStore, 'ofAccount'>;
  audit: Pick<AuditReading, 'bySubject' | 'tally'>;
  applicationNames: ApplicationNames;
  settingsEvents: Pick<SettingsEvents, 'dataExported'>;
  clock: Clock;
}

function instant(at: number): string {
  return new Date(at).toISOString();
}

function optional(at: number | undefined): string | null {
  return at === undefined ? null : instant(at);
}

function accountIn(account: Account): OwnDataFile['account'] {
  const { id, loginName, givenName, familyName, email, emailVerified, phone, phoneVerified } = account;
  return {
    ...{ id, loginName, givenName, familyName, emailVerified, phoneVerified },
    ...{ email: email ?? null, phone: phone ?? null, language: account.locale, roles: [...account.roles] },
    createdAt: instant(account.createdAt),
    passwordChangedAt: optional(account.passwordChangedAt),
    recoveredByMailAt: optional(account.recoveredAt),
  };
}

/**
 * Little help to a thief: whoever asks gave both steps, and the link that brings the address back is in that mailbox alone.
 * What remains is that a thief learns which address it is and for how long it may come back, as the person does.
 */
function formerEmailIn({
  email,
  replacedAt,
  comesBackUntil,
}: FormerAddress): OwnDataFile['formerEmails'][number] {
  return { email, replacedAt: instant(replacedAt), comesBackUntil: instant(comesBackUntil) };
}

/** A method without what makes it work: only of a number is the number itself the person's own to know. */
function methodIn(factor: Factor): OwnDataFile['methods'][number] {
  const { kind, label } = factor;
  return {
    ...{ kind, label, number: kind === PHONE_KIND ? phoneIn(factor) : null },
    addedAt: instant(factor.createdAt),
    lastUsedAt: optional(factor.lastUsedAt),
    askedFirst: factor.preferredAt !== undefined,
    provesNothingInRecoveryUntil: optional(factor.coolsUntil),
  };
}

function eventIn(record: AuditRecord): OwnDataFile['activity']['events'][number] {
  const { actor, client, factor, reference, address, userAgent } = record;
  const byOperator = actor.kind === 'operator';
  return {
    ...{ at: instant(record.at), event: record.event, outcome: record.outcome, by: actor.kind },
    operator: byOperator ? actor.id : null,
    // Of anything that happens by itself it says what is wrong on our side.
    reason: actor.kind === 'system' ? null : (record.reason ?? null),
    ...{ application: client ?? null, method: factor ?? null, level: record.acr ?? null },
    ...{ reference: reference ?? null, address: address ?? null, browser: userAgent ?? null },
  };
}

/** Sign-ins and changes: what the activity page is made of, whole, as far as it is kept and as many as there may be. */
function createReadActivity({ audit }: Pick<OwnDataParts, 'audit'>) {
  return async ({ tenantId, account }: SettingsTurn): Promise<OwnDataFile['activity']> => {
    const events: AuditRecord[] = [];
    let more = true;
    while (more && events.length < MOST_EVENTS) {
      const from = { before: events.at(-1)?.seq, of: TOLD };
      const next = await audit.bySubject(tenantId, account.id, EVENTS, from);
      events.push(...next);
      more = next.length === EVENTS;
    }
    const tried = await audit.tally(tenantId, account.id, TRIES, { after: 0, limit: HOURS });
    return {
      complete: !more && tried.length < HOURS,
      events: events.map(eventIn),
      failedPasswordTries: tried.map(
        ({ at, count, reason }): TriedInAnHour => ({ lastAt: instant(at), count, reason: reason ?? null }),
      ),
    };
  };
}

/** The rest of it: stores side by side. */
function createReadKept(parts: OwnDataParts) {
  return async ({ tenantId, account: { id } }: SettingsTurn) => {
    const [methods, former, record, question, code, lanes, sessions, grants, messages] = await Promise.all([
      parts.factors.list(tenantId, id),
      parts.links.formerAddresses(tenantId, id),
      parts.enrolments.load(tenantId, id),
      parts.enrolments.findQuestion(tenantId, id),
      parts.backupCodes.find(tenantId, id),
      parts.lanes.list(tenantId, id),
      parts.sessions.list(tenantId, id),
      parts.sessions.grants(tenantId, id),
      parts.messages.ofAccount(tenantId, id, MESSAGES),
    ]);
    const clients = [
      ...grants.map(({ clientId }) => clientId),
      ...sessions.flatMap(({ applications }) => applications.map(({ clientId }) => clientId)),
    ];
    const nameOf = await parts.applicationNames(tenantId, clients);
    return { methods, former, record, question, code, lanes, sessions, grants, messages, nameOf };
  };
}

type Kept = Awaited<ReturnType<ReturnType<typeof createReadKept>>>;

function backupCodeIn({ code, record }: Kept): OwnDataFile['backupCode'] {
  if (code !== undefined) return { state: 'works', madeAt: instant(code.createdAt) };
  return { state: record.backupCode === undefined ? 'never-made' : 'used-or-void', madeAt: null };
}

function whereIn({ lanes, sessions, grants, nameOf }: Kept) {
  const application = (clientId: string) => ({ id: clientId, name: nameOf(clientId) });
  return {
    knownBrowsers: lanes
      .filter(({ lane }) => lane !== STRANGERS)
      .map(({ agent, firstSeenAt, lastSeenAt }) => ({
        ...{ browser: agent ?? null, firstSeenAt: optional(firstSeenAt), lastSeenAt: optional(lastSeenAt) },
      })),
    sessions: sessions.map(({ signedInAt, lastUsedAt, facts, applications }) => ({
      ...{ signedInAt: instant(signedInAt), lastUsedAt: instant(lastUsedAt) },
      ...{ browser: facts?.userAgent ?? null, address: facts?.address ?? null },
      sharedComputer: facts?.shared ?? null,
      applications: applications.map(({ clientId }) => application(clientId)),
    })),
    access: grants.map(({ clientId, scopes, since }) => ({
      ...{ application: application(clientId), scopes: [...scopes], since: instant(since) },
    })),
  };
}

function messagesIn({ messages }: Kept): OwnDataFile['messages'] {
  return messages.map(({ kind, channel, ending, state, supplier, ...message }) => ({
    ...{ kind, channel: channel ?? null, numberEndsWith: ending ?? null, state, supplier: supplier ?? null },
    delivery: message.deliveryState ?? null,
    createdAt: instant(message.createdAt),
    endedAt: optional(message.endedAt),
  }));
}

/**
 * Gathers what is kept of a person, for that person alone (GDPR art. 15 and 20). Records it before it is handed out.
 * Throws AppError `store-unavailable`.
 */
export function createOwnData(parts: OwnDataParts) {
  const readActivity = createReadActivity(parts);
  const readKept = createReadKept(parts);
  return async (at: SettingsTurn): Promise<OwnDataFile> => {
    const { tenant, account } = at;
    const [kept, activity] = await Promise.all([readKept(at), readActivity(at)]);
    const { record, question, methods, former } = kept;
    parts.settingsEvents.dataExported(at, { account: account.id });
    return {
      ...{ format: 'poortwachter-account', version: 1, createdAt: instant(parts.clock.now()) },
      organisation: { name: tenant.settings.name, signInAddress: tenant.issuer },
      account: accountIn(account),
      formerEmails: former.map(formerEmailIn),
      methods: methods.map(methodIn),
      securityQuestion: question?.text ?? null,
      backupCode: backupCodeIn(kept),
      firstSignIn: { finishedAt: optional(record.finishedAt), skippedPages: [...record.skipped] },
      ...whereIn(kept),
      messages: messagesIn(kept),
      activity,
    };
  };
}

export type OwnData = ReturnType<typeof createOwnData>;
