import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Account } from '#src/account/account.ts';
import { createNotices, type Notice, type NoticeContext, type NoticeKind } from '#src/message/notices.ts';
import { phoneData } from '#src/message/phone-factor.ts';
import type { QueueItem } from '#src/message/queue-ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { notedEntry } from '../../support/noted-events.ts';
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
    suspendedAt: undefined,
    passwordChangedAt: undefined,
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
  const items: QueueItem[] = [];
  const asked: string[] = [];
  const parts = {
    queue: {
      put: async (given: readonly QueueItem[]) => {
        items.push(...given);
      },
    },
    reportHref: async (of: Tenant, id: string, { formerEmail }: { formerEmail: string | undefined }) => {
      assert.deepEqual([of.id, id], [tenant.id, accountId]);
      asked.push(formerEmail ?? 'own');
      return formerEmail === undefined ? 'https://own.example' : 'https://former.example';
    },
    factors: bench.factors,
    accounts: {
      findById: async (tenantId: string, id: string) =>
        tenantId === tenant.id && id === accountId ? account : undefined,
    },
    render: {
      phone: ({ what, loginName, locale, at, reportHref }: Notice, channel: string) =>
        `${what} ${loginName} ${locale} ${at} ${channel} ${reportHref}`,
      email: ({ what, detail, reportHref }: Notice) => ({
        subject: what,
        text: `${detail.count} ${reportHref}`,
        html: '<p>html</p>',
      }),
    },
    throttle: bench.throttle,
    log: bench.log,
    events: bench.events,
  };
  return { ...bench, context, parts, items, asked };
}

const messageIn = ({ payload }: QueueItem): Record<string, string> => JSON.parse(payload);

const told = ({ items }: { items: readonly QueueItem[] }) =>
  items
    .map(messageIn)
    .map(({ channel, to }) => `${channel} ${to}`)
    .sort();

/** Tells and waits for it. */
async function tell(
  bench: Pick<ReturnType<typeof createBench>, 'parts'> & { context: NoticeContext },
  what: NoticeKind = 'backup-code-used',
) {
  await using notices = createNotices(bench.parts);
  await notices.tell(bench.context, what);
}

describe('a notice', () => {
  test('goes to every proved channel of the person, in the person’s own language', async () => {
    const bench = createBench({ phones: [MOBILE, '+31687654321'] });
    await tell(bench);
    assert.deepEqual(told(bench), [`email ${EMAIL}`, `sms ${MOBILE}`, 'sms +31687654321'].sort());
    const { tenant, now, accountId } = bench.context;
    const [text, , mail] = bench.items;
    assert.ok(text !== undefined && mail !== undefined);
    const { id, payload, ...item } = text;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(item, {
      ...{ tenantId: tenant.id, accountId, kind: 'message', channel: 'sms', ending: '78' },
      ...{ createdAt: now, expiresAt: now + 24 * 3_600_000 },
    });
    assert.deepEqual(JSON.parse(payload), {
      ...{ issuer: tenant.issuer, channel: 'sms', to: MOBILE, locale: 'en' },
      text: `backup-code-used j.devries en ${now} sms https://own.example`,
    });
    const { subject, text: words, html } = messageIn(mail);
    assert.deepEqual(
      [subject, words, html],
      ['backup-code-used', 'undefined https://own.example', '<p>html</p>'],
    );
    assert.equal(mail.ending, undefined);
    assert.equal(new Set(bench.items.map((one) => one.id)).size, 3);
    assert.deepEqual(bench.asked, ['own'], 'one link for all of them');
  });

  test('of a replaced address goes to both, each with a way to say so', async () => {
    const bench = createBench();
    const formerEmail = 'oud@voorbeeld.example';
    await tell({ ...bench, context: { ...bench.context, formerEmail } }, 'email-replaced');
    assert.deepEqual(told(bench), [`email ${EMAIL}`, `email ${formerEmail}`, `sms ${MOBILE}`]);
    const linkOf = (to: string) =>
      bench.items
        .map(messageIn)
        .find((message) => message.to === to)
        ?.text?.split(' ')
        .at(-1);
    assert.equal(linkOf(formerEmail), 'https://former.example');
    for (const own of [EMAIL, MOBILE]) assert.equal(linkOf(own), 'https://own.example');
    assert.deepEqual(bench.asked, ['own', formerEmail], 'the link keeps the address that it may bring back');
  });

  test('of an account that was closed goes to everybody, also to a replaced address, without a link', async () => {
    for (const what of ['account-closed', 'account-held', 'email-restored'] as const) {
      const bench = createBench();
      const formerEmail = 'dief@voorbeeld.example';
      await tell({ ...bench, context: { ...bench.context, formerEmail } }, what);
      assert.deepEqual(told(bench), [`email ${formerEmail}`, `email ${EMAIL}`, `sms ${MOBILE}`].sort());
      assert.deepEqual(bench.asked, []);
    }
  });

  test('of a replaced address goes to the old one alone while the new one is not proved, and to one address once', async () => {
    const unproved = createBench({ phones: [], account: { emailVerified: false } });
    const formerEmail = 'oud@voorbeeld.example';
    await tell({ ...unproved, context: { ...unproved.context, formerEmail } }, 'email-replaced');
    assert.deepEqual(told(unproved), [`email ${formerEmail}`]);
    const same = createBench({ phones: [] });
    await tell({ ...same, context: { ...same.context, formerEmail: EMAIL } }, 'email-replaced');
    assert.deepEqual(told(same), [`email ${EMAIL}`]);
  });

  test('tells what else there is to tell', async () => {
    const bench = createBench({ phones: [] });
    await tell(
      { ...bench, context: { ...bench.context, detail: { count: 12 } } },
      'signed-in-after-failures',
    );
    assert.equal(bench.items.map(messageIn)[0]?.text, '12 https://own.example');
  });

  test('goes to no address that is not proved', async () => {
    const bench = createBench({ account: { emailVerified: false } });
    await tell(bench);
    assert.deepEqual(told(bench), [`sms ${MOBILE}`]);
  });

  test('calls a landline, unless the tenant has no calls', async () => {
    const called = createBench({ phones: [LANDLINE], account: { email: undefined } });
    await tell(called);
    assert.deepEqual(told(called), [`voice ${LANDLINE}`]);
    const { settings } = newTenant();
    const tenant = newTenant({ secondStep: { ...settings.secondStep, spokenCode: false } });
    const silent = createBench({ tenant, phones: [LANDLINE], account: { email: undefined } });
    await tell(silent);
    assert.deepEqual(told(silent), []);
  });

  test('goes to no country that the tenant closed', async () => {
    const bench = createBench({ phones: ['+32470123456'] });
    await tell(bench);
    assert.deepEqual(told(bench), [`email ${EMAIL}`]);
  });

  test('makes no link for a call', async () => {
    const bench = createBench({ phones: [LANDLINE], account: { email: undefined } });
    await tell(bench);
    assert.deepEqual(bench.asked, []);
  });

  test('is told before anybody waits for it, and disposing waits for what is under way', async () => {
    const bench = createBench();
    const notices = createNotices(bench.parts);
    const telling = notices.tell(bench.context, 'method-added');
    assert.deepEqual(told(bench), []);
    await notices[Symbol.asyncDispose]();
    assert.equal(bench.items.length, 2);
    assert.equal(await telling, undefined);
  });

  test('goes to a person’s phones ten times a day, and by mail always: it is in no budget', async () => {
    const bench = createBench({ phones: [MOBILE, '+31687654321'] });
    for (let times = 0; times < 12; times += 1) await tell(bench);
    const to = (wanted: string) => bench.items.filter(({ channel }) => channel === wanted).length;
    assert.deepEqual([to('sms'), to('email')], [20, 12]);
    assert.equal(bench.lines.filter(({ event }) => event === 'notice.limited').length, 2);
    const { tenant, accountId: subject } = bench.context;
    const limited = notedEntry({
      ...{ tenantId: tenant.id, event: 'notice.limited', outcome: 'failure', subject },
      detail: { what: 'backup-code-used' },
    });
    assert.deepEqual(bench.noted, [limited, limited]);
    const tomorrow = { ...bench.context, now: bench.context.now + 24 * 3_600_000 };
    await tell({ ...bench, context: tomorrow });
    assert.equal(to('sms'), 22);
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
      () => ({ queue: { put: away } }),
      () => ({ reportHref: away }),
    ]) {
      const bench = createBench();
      await using notices = createNotices({ ...bench.parts, ...breaking(bench.parts) });
      await notices.tell(bench.context, 'method-added');
      assert.deepEqual(
        bench.lines.map(({ event, level }) => ({ event, level })),
        [{ event: 'notice.failed', level: 50 }],
      );
    }
  });

  test('goes by mail also while nobody can count what goes to phones', async () => {
    const bench = createBench();
    const throttle = { take: () => Promise.reject(new Error('the store is away')) };
    await tell({ ...bench, parts: { ...bench.parts, throttle: { ...bench.throttle, ...throttle } } });
    assert.deepEqual(told(bench), [`email ${EMAIL}`]);
    assert.deepEqual(
      bench.lines.map(({ event }) => event),
      ['notice.failed'],
    );
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
    const queue = { put: () => new Promise<never>(() => undefined) };
    const notices = createNotices({ ...bench.parts, queue, patience: 5 });
    notices.tell(bench.context, 'backup-code-void');
    await notices[Symbol.asyncDispose]();
  });

  test('about an account that is gone goes nowhere', async () => {
    const bench = createBench();
    await tell({ ...bench, context: { ...bench.context, accountId: randomUUID() } });
    assert.deepEqual(told(bench), []);
    assert.deepEqual(bench.lines, []);
  });
});
