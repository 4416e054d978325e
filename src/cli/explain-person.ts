import type { Account } from '#src/account/account.ts';
import { comparableEmail } from '#src/account/profile.ts';
import type { AuditRecord } from '#src/audit/ports.ts';
import { accountCounters } from '#src/lockout/account-counters.ts';
import { type LaneCount, STRANGERS, type ThrottleCounter } from '#src/lockout/ports.ts';
import { accountSends, type CountedNumber } from '#src/message/account-sends.ts';
import { PHONE_KIND, phoneIdentity, phoneIn } from '#src/message/phone-factor.ts';
import type { DeliveryRecord } from '#src/message/queue-ports.ts';
import { resetCounter } from '#src/recovery/limits.ts';
import { coolingUntil } from '#src/sign-in/cooling.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { adviceOn } from './explain-advice.ts';
import type {
  Explanation,
  ShownEvent,
  ShownLane,
  ShownLimit,
  ShownMessage,
  ShownMethod,
} from './explanation.ts';
import { invitationsOf, shownInvitation } from './invitations.ts';
import type { Operations } from './operations.ts';

/** Events and messages that are looked back on. */
const LAST = 20;

const instant = (millis: number) => new Date(millis).toISOString();
const optional = (millis: number | undefined) => (millis === undefined ? null : instant(millis));

function laneName(lane: string): 'strangers' | 'own' {
  return lane === STRANGERS ? 'strangers' : 'own';
}

/** The last two digits of a number, wherever one stands. */
function withoutNumbers(text: string): string {
  return text.replace(/\+?\d[\d\s().-]*\d/g, (digits) => {
    const plain = digits.replace(/\D/g, '');
    return plain.length > 2 ? `…${plain.slice(-2)}` : digits;
  });
}

function shownMethod(factor: Factor, recoveredAt: Account['recoveredAt'], now: number): ShownMethod {
  const { kind, label, createdAt, lastUsedAt, coolsUntil = 0 } = factor;
  const name = kind === PHONE_KIND ? [label, `number ending in ${phoneIn(factor).slice(-2)}`] : [label];
  return {
    kind,
    label: name
      .filter((part) => part !== '')
      .map(withoutNumbers)
      .join(', '),
    createdAt: instant(createdAt),
    lastUsedAt: optional(lastUsedAt),
    newUntil: optional(coolsUntil > now ? coolsUntil : undefined),
    proves: coolingUntil(factor, recoveredAt, now) === undefined,
  };
}

function shownLane(lane: LaneCount & { lane: string; lastSeenAt: number | undefined }): ShownLane {
  const { failures, codeFailures, blockedAt, lastSeenAt } = lane;
  return {
    lane: laneName(lane.lane),
    ...{ failures, codeFailures },
    blockedAt: optional(blockedAt),
    lastSeenAt: optional(lastSeenAt),
  };
}

function shownEvent({ at, event, outcome, reason, factor, reference, actor }: AuditRecord): ShownEvent {
  return {
    at: instant(at),
    ...{ event, outcome },
    reason: reason ?? null,
    method: factor ?? null,
    reference: reference ?? null,
    by: actor.kind === 'operator' ? actor.id : null,
  };
}

function shownMessage(record: DeliveryRecord): ShownMessage {
  const { createdAt, kind, channel, ending, state, attempts, supplier, deliveryState, fault } = record;
  return {
    at: instant(createdAt),
    kind,
    channel: channel ?? null,
    ending: ending ?? null,
    ...{ state, attempts },
    supplier: supplier ?? null,
    delivery: deliveryState ?? null,
    fault: fault ?? null,
  };
}

/** A counter with what it is called. */
interface NamedCounter extends Pick<ShownLimit, 'of' | 'lane' | 'method' | 'ending'> {
  counter: ThrottleCounter;
}

function numbersOf({ tenant, people }: Operations, factors: readonly Factor[]): Promise<CountedNumber[]> {
  const phones = factors.filter(({ kind }) => kind === PHONE_KIND).map(phoneIn);
  return Promise.all(
    phones.map(async (number) => {
      const identity = phoneIdentity(people.digester, tenant.id, number);
      const accounts = await people.factors.countAccounts(tenant.id, PHONE_KIND, identity);
      return { digest: people.digester.digest('phone', number), accounts, ending: number.slice(-2) };
    }),
  );
}

async function countersOf(
  operations: Operations,
  { id, email }: Account,
  { factors, lanes }: { factors: readonly Factor[]; lanes: readonly string[] },
): Promise<NamedCounter[]> {
  const { tenant, people } = operations;
  const tries = accountCounters({ accountId: id, lanes, methods: await people.methodKinds() });
  const sends = accountSends({
    accountId: id,
    numbers: await numbersOf(operations, factors),
    email: email === undefined ? undefined : people.digester.digest('email', comparableEmail(email)),
    scale: tenant.settings.phone.sendLimits,
  });
  const none = { lane: null, method: null, ending: null };
  return [
    ...tries.map(({ of, lane, method = null, counter }) => {
      return { ...none, of, lane: laneName(lane), method, counter };
    }),
    ...sends.map(({ of, ending = null, counter }) => ({ ...none, of, ending, counter })),
    { ...none, of: 'reset-mails', counter: resetCounter(id) },
  ];
}

async function limitsOf(operations: Operations, counters: readonly NamedCounter[]): Promise<ShownLimit[]> {
  const { tenant, people, clock } = operations;
  const held = await people.throttle.read(
    tenant.id,
    counters.map(({ counter }) => counter),
    clock.now(),
  );
  const states = new Map(held.map((state) => [state.key, state]));
  return counters.flatMap(({ counter, of, lane, method, ending }) => {
    const state = states.get(counter.key);
    if (state === undefined) return [];
    return [{ of, lane, method, ending, count: state.count, until: optional(state.until) }];
  });
}

/** Everything that is known of why somebody can or can't get in. Reads only. Throws AppError `store-unavailable`. */
export async function explainPerson(operations: Operations, account: Account): Promise<Explanation> {
  const { tenant, accounts, people, audit } = operations;
  const { id } = account;
  const [standing, factors, enrolment, question, lanes, events, messages] = await Promise.all([
    accounts.findStanding(tenant.id, id),
    people.factors.list(tenant.id, id),
    people.enrolments.load(tenant.id, id),
    people.enrolments.findQuestion(tenant.id, id),
    people.lanes.list(tenant.id, id),
    audit.bySubject(tenant.id, id, LAST),
    people.messages.ofAccount(tenant.id, id, LAST),
  ]);
  const counters = await countersOf(operations, account, { factors, lanes: lanes.map(({ lane }) => lane) });
  const { suspendedAt } = account;
  const by = standing?.suspendedBy;
  const known = {
    ...{ id, loginName: account.loginName },
    disabledAt: optional(account.disabledAt),
    suspended: suspendedAt === undefined || by === undefined ? null : { at: instant(suspendedAt), by },
    password: { set: standing?.hasPassword === true, changedAt: optional(account.passwordChangedAt) },
    email: { set: account.email !== undefined, proved: account.emailVerified },
    invitation: shownInvitation((await invitationsOf(operations, [account])).get(id)),
    methods: factors.map((factor) => shownMethod(factor, account.recoveredAt, operations.clock.now())),
    backupCodeWorks: enrolment.backupCodeWorks,
    questionSet: question !== undefined,
    firstSignInDoneAt: optional(enrolment.finishedAt),
    knownBrowsers: lanes.filter(({ lane, lastSeenAt }) => lane !== STRANGERS && lastSeenAt !== undefined)
      .length,
    lanes: lanes.map(shownLane),
    limits: await limitsOf(operations, counters),
    events: events.map(shownEvent),
    messages: messages.map(shownMessage),
  };
  return { ...known, advice: adviceOn(known) };
}
