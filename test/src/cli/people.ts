import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AuditRecord } from '#src/audit/ports.ts';
import { type AccountCounter, accountCounters } from '#src/lockout/account-counters.ts';
import { phoneData } from '#src/message/phone-factor.ts';
import type { OpenedOperations } from './command-line.ts';

/** What every command by hand is told. */
export const WHY = ['--reason', 'rang the number in the file', '--by', 'm.desk'] as const;

/** Whoever has this login name. */
export async function accountNamed({ operations }: OpenedOperations, loginName: string): Promise<Account> {
  const { accounts, tenant } = operations;
  const account = await accounts.findByLoginName(tenant.id, canonicalLoginName(loginName) ?? '');
  assert.ok(account !== undefined, `nobody is called ${loginName}`);
  return account;
}

/** A person with a password, a proved address and, when asked for, a proved number. */
export async function addEmployee(
  opened: OpenedOperations,
  loginName: string,
  { email = `${loginName}@example.nl`, phone }: { email?: string | undefined; phone?: string } = {},
): Promise<Account> {
  const { accounts, people, tenant, clock } = opened.operations;
  const made = await accounts.create({
    tenantId: tenant.id,
    loginName,
    loginNameCanonical: loginName,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    givenName: 'Jo',
    familyName: 'Jansen',
    email,
    emailVerified: true,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles: [],
  });
  assert.equal(made.kind, 'created');
  if (phone !== undefined) {
    const factor = { id: randomUUID(), tenantId: tenant.id, accountId: made.account.id, kind: 'sms' };
    const kept = {
      label: 'werk 0612345678',
      data: phoneData(phone),
      identity: phone,
      lastCounter: undefined,
    };
    assert.equal(await opened.stores.factors.addFirst({ ...factor, ...kept }, clock.now()), true);
    await people.enrolments.load(tenant.id, made.account.id);
  }
  return made.account;
}

/** Fills counters until they refuse, as so many wrong tries would. */
export async function fill(
  { operations, stores }: OpenedOperations,
  accountId: string,
  which: (counter: AccountCounter) => boolean,
  methods: readonly string[] = ['totp'],
  lanes: readonly string[] = [],
): Promise<void> {
  const { tenant, clock } = operations;
  for (const { counter } of accountCounters({ accountId, lanes, methods }).filter(which)) {
    for (let i = 0; i < counter.free; i += 1) await stores.throttle.take(tenant.id, [counter], clock.now());
    assert.equal((await stores.throttle.take(tenant.id, [counter], clock.now())).allowed, false);
  }
}

/** Counters of a person that refuse now. */
export async function refusing(
  { operations, stores }: OpenedOperations,
  accountId: string,
  lanes: readonly string[] = [],
) {
  const { tenant, clock } = operations;
  const all = accountCounters({ accountId, lanes, methods: ['totp', 'webauthn'] });
  const counters = all.map(({ counter }) => counter);
  const held = await stores.throttle.read(tenant.id, counters, clock.now());
  return held.filter(({ until }) => until !== undefined).map(({ key }) => key);
}

/** What waits in the queue to be sent, in words. */
export async function waitingMessages({ stores, clock }: OpenedOperations) {
  const items = await stores.queue.claim({ at: clock.now(), leaseUntil: clock.now() + 1_000_000, most: 100 });
  return items.map(({ accountId, payload }) => {
    const { channel, to, subject = '', text }: Record<string, string> = JSON.parse(payload);
    return { accountId, channel, to, subject, text: text ?? '' };
  });
}

/** The last event about a person. */
export async function lastEvent({ operations }: OpenedOperations, accountId: string): Promise<AuditRecord> {
  const [last] = await operations.audit.bySubject(operations.tenant.id, accountId, 1);
  assert.ok(last !== undefined, 'nothing was recorded');
  return last;
}
