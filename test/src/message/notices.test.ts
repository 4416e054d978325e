import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Account } from '#src/account/account.ts';
import { createNotices, type NoticeKind } from '#src/message/notices.ts';
import { phoneData } from '#src/message/phone-factor.ts';
import type { Courier } from '#src/message/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createMessageBench, LANDLINE, MOBILE, newTenant } from './message-bench.ts';

interface Person {
  tenant?: Tenant;
  phones?: readonly string[];
  /** In place of the data of a phone. */
  data?: string;
  account?: Partial<Account>;
}

const EMAIL = 'j.devries@voorbeeld.example';

function createBench({ tenant = newTenant(), phones = [MOBILE], data, account: changes }: Person = {}) {
  const bench = createMessageBench();
  const context = bench.context({ tenant, locale: 'nl' });
  const { accountId } = context;
  const account: Account = {
    id: accountId,
    tenantId: tenant.id,
    loginName: 'j.devries',
    givenName: 'J',
    familyName: 'de Vries',
    email: EMAIL,
    emailVerified: true,
    phone: undefined,
    phoneVerified: false,
    locale: 'en',
    roles: [],
    disabledAt: undefined,
    createdAt: 0,
    ...changes,
  };
  for (const phone of phones) {
    bench.factors.all.push({
      id: randomUUID(),
      tenantId: tenant.id,
      accountId,
      kind: 'sms',
      label: '',
      data: data ?? phoneData(phone),
      identity: phone,
      lastCounter: undefined,
      createdAt: 0,
      lastUsedAt: undefined,
    });
  }
  const parts = {
    courier: bench.courier,
    factors: bench.factors,
    accounts: {
      findById: async (tenantId: string, id: string) =>
        tenantId === tenant.id && id === accountId ? account : undefined,
    },
    render: {
      phone: ({
        what,
        loginName,
        locale,
        at,
      }: {
        what: NoticeKind;
        loginName: string;
        locale: string;
        at: number;
      }) => `${what} ${loginName} ${locale} ${at}`,
      email: ({ what }: { what: NoticeKind }) => ({ subject: what, text: 'text', html: '<p>html</p>' }),
    },
    throttle: bench.throttle,
    log: bench.log,
  };
  return { ...bench, context, parts };
}

const told = ({ sent }: { sent: readonly { channel: string; to: string }[] }) =>
  sent.map(({ channel, to }) => `${channel} ${to}`).sort();

/** Tells and waits for it. */
async function tell(bench: ReturnType<typeof createBench>, what: NoticeKind = 'backup-code-used') {
  await using notices = createNotices(bench.parts);
  notices.tell(bench.context, what);
}

describe('a notice', () => {
  test('goes to every proved channel of the person, in the person’s own language', async () => {
    const bench = createBench({ phones: [MOBILE, '+31687654321'] });
    await tell(bench);
    assert.deepEqual(told(bench.courier), [`email ${EMAIL}`, `sms ${MOBILE}`, 'sms +31687654321'].sort());
    const { tenant, now } = bench.context;
    const text = bench.courier.sent.find(({ to }) => to === MOBILE);
    assert.deepEqual(text, {
      tenantId: tenant.id,
      issuer: tenant.issuer,
      channel: 'sms',
      to: MOBILE,
      text: `backup-code-used j.devries en ${now}`,
      locale: 'en',
    });
    const mail = bench.courier.sent.find(({ channel }) => channel === 'email');
    assert.equal(mail?.subject, 'backup-code-used');
    assert.equal(mail?.html, '<p>html</p>');
  });

  test('goes to no address that is not proved', async () => {
    const bench = createBench({ account: { emailVerified: false } });
    await tell(bench);
    assert.deepEqual(told(bench.courier), [`sms ${MOBILE}`]);
  });

  test('calls a landline, unless the tenant has no calls', async () => {
    const called = createBench({ phones: [LANDLINE], account: { email: undefined } });
    await tell(called);
    assert.deepEqual(told(called.courier), [`voice ${LANDLINE}`]);
    const { settings } = newTenant();
    const tenant = newTenant({ secondStep: { ...settings.secondStep, spokenCode: false } });
    const silent = createBench({ tenant, phones: [LANDLINE], account: { email: undefined } });
    await tell(silent);
    assert.deepEqual(told(silent.courier), []);
  });

  test('goes to no country that the tenant closed', async () => {
    const bench = createBench({ phones: ['+32470123456'] });
    await tell(bench);
    assert.deepEqual(told(bench.courier), [`email ${EMAIL}`]);
  });

  test('is told before anybody waits for it, and disposing waits for what is under way', async () => {
    const bench = createBench();
    const notices = createNotices(bench.parts);
    assert.equal(notices.tell(bench.context, 'method-added'), undefined);
    assert.deepEqual(told(bench.courier), []);
    await notices[Symbol.asyncDispose]();
    assert.equal(bench.courier.sent.length, 2);
  });

  test('goes to a person’s phones ten times a day, and by mail always: it is in no budget', async () => {
    const bench = createBench({ phones: [MOBILE, '+31687654321'] });
    for (let times = 0; times < 12; times += 1) await tell(bench);
    const to = (wanted: string) => bench.courier.sent.filter(({ channel }) => channel === wanted).length;
    assert.deepEqual([to('sms'), to('email')], [20, 12]);
    assert.equal(bench.lines.filter(({ event }) => event === 'notice.limited').length, 2);
    const tomorrow = { ...bench.context, now: bench.context.now + 24 * 3_600_000 };
    await tell({ ...bench, context: tomorrow });
    assert.equal(to('sms'), 22);
  });

  test('that no supplier takes is logged, without number, address or text', async () => {
    const bench = createBench();
    bench.courier.fault = 'balance';
    await tell(bench);
    assert.deepEqual(
      bench.lines.map(({ event, what, channel, fault }) => ({ event, what, channel, fault })),
      ['sms', 'email'].map((channel) => ({
        event: 'notice.failed',
        what: 'backup-code-used',
        channel,
        fault: 'balance',
      })),
    );
    const written = JSON.stringify(bench.lines);
    for (const secret of [MOBILE, '612345678', EMAIL, 'j.devries'])
      assert.equal(written.includes(secret), false);
  });

  test('that fails anywhere is logged and throws nowhere', async () => {
    type Parts = ReturnType<typeof createBench>['parts'];
    const away = () => Promise.reject(new Error('the store is away'));
    const broken = () => {
      throw new Error('broken');
    };
    for (const breaking of [
      ({ factors }: Parts) => ({ factors: { ...factors, list: away } }),
      () => ({ accounts: { findById: broken } }),
      ({ render }: Parts) => ({ render: { ...render, phone: broken } }),
    ]) {
      const bench = createBench();
      await using notices = createNotices({ ...bench.parts, ...breaking(bench.parts) });
      notices.tell(bench.context, 'method-added');
      await notices[Symbol.asyncDispose]();
      assert.deepEqual(
        bench.lines.map(({ event, level }) => ({ event, level })),
        [{ event: 'notice.failed', level: 50 }],
      );
    }
  });

  test('whose data can’t be read is logged without the data', async () => {
    const bench = createBench({ data: `{"phone":"${MOBILE}"` });
    await tell(bench);
    assert.deepEqual(
      bench.lines.map(({ event }) => event),
      ['notice.failed'],
    );
    assert.equal(JSON.stringify(bench.lines).includes('612345678'), false);
  });

  test('that takes for ever holds up nobody who stops', async () => {
    const bench = createBench();
    const courier: Courier = { channels: ['sms', 'email'], send: () => new Promise(() => undefined) };
    const notices = createNotices({ ...bench.parts, courier, patience: 5 });
    notices.tell(bench.context, 'backup-code-void');
    await notices[Symbol.asyncDispose]();
  });

  test('about an account that is gone goes nowhere', async () => {
    const bench = createBench();
    await tell({ ...bench, context: { ...bench.context, accountId: randomUUID() } });
    assert.deepEqual(told(bench.courier), []);
    assert.deepEqual(bench.lines, []);
  });
});
