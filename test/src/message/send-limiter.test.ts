import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ThrottleCounter } from '#src/lockout/ports.ts';
import { createSendLimiter, type LimitedSend, type SendLimiter } from '#src/message/send-limiter.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createMessageBench, MOBILE, newAddress, newTenant } from './message-bench.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const withPhone = (phone: Partial<Tenant['settings']['phone']>) =>
  newTenant({ phone: { countries: ['NL'], dailyBudget: 100_000, sendLimits: 'normal', ...phone } });
const newNumber = (() => {
  let last = 10_000_000;
  return () => {
    last += 1;
    return `+316${last}`;
  };
})();

interface Send {
  tenant?: Tenant;
  accountId?: string;
  address?: string;
  lane?: string;
  number?: string;
  purpose?: 'set-up' | 'sign-in';
  accounts?: number;
}

/** Opens sends; whatever a test does not name is somebody else's each time. */
function createBench() {
  const bench = createMessageBench();
  const tenant = withPhone({});
  const senderOf = (send: Send) => ({
    tenant: send.tenant ?? tenant,
    accountId: send.accountId ?? randomUUID(),
    address: send.address ?? newAddress(),
    lane: send.lane,
  });
  const open = (send: Send = {}, limiter: SendLimiter = bench.limiter) =>
    limiter.open(senderOf(send), {
      number: send.number ?? newNumber(),
      purpose: send.purpose ?? 'sign-in',
      accounts: send.accounts ?? 1,
    });
  /** How many of `tries` sends are allowed, one right after the other. */
  const count = async (tries: number, send: Send): Promise<number> => {
    let allowed = 0;
    for (let i = 0; i < tries; i += 1) if ((await open(send)).kind === 'open') allowed += 1;
    return allowed;
  };
  return { ...bench, tenant, senderOf, open, count };
}

function ticketOf(opened: LimitedSend) {
  assert.ok(opened.kind === 'open', `is ${opened.kind}`);
  return opened.ticket;
}

describe('sends to one number', () => {
  test('are 3 in 10 minutes, 5 in an hour and 10 in a day, whoever sends from wherever', async () => {
    const { count, clock } = createBench();
    const number = newNumber();
    const allowed: number[] = [];
    for (const pause of [10 * MINUTE, 50 * MINUTE, 10 * MINUTE, 50 * MINUTE, DAY - 2 * HOUR, 0]) {
      allowed.push(await count(20, { number }));
      clock.advance(pause);
    }
    assert.deepEqual(allowed, [3, 2, 3, 2, 0, 3]);
  });

  test('are as many more as accounts have it, at most 60; the tenant halves or doubles all of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(['half', 0.5] as const, ['normal', 1] as const, ['double', 2] as const),
        async (accounts, [sendLimits, scale]) => {
          const { count } = createBench();
          const send = { tenant: withPhone({ sendLimits }), number: newNumber(), accounts };
          const most = Math.ceil(Math.min(3 * Math.max(1, accounts), 60) * scale);
          assert.equal(await count(most + 5, send), most);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('say until when nothing is sent', async () => {
    const { open, count, clock } = createBench();
    const number = newNumber();
    const start = clock.now();
    await count(3, { number });
    assert.deepEqual(await open({ number }), { kind: 'wait', until: start + 10 * MINUTE });
  });

  test('of 50 parallel ones get no more than the limit', async () => {
    const { open } = createBench();
    const number = newNumber();
    const opened = await Promise.all(Array.from({ length: 50 }, () => open({ number })));
    assert.equal(opened.filter(({ kind }) => kind === 'open').length, 3);
  });
});

test('whoever sets up a number uses up no sends of those who sign in with it', async () => {
  const { count } = createBench();
  const number = newNumber();
  assert.equal(await count(10, { number, purpose: 'set-up' }), 3);
  assert.equal(await count(10, { number, purpose: 'sign-in' }), 3);
});

describe('sends for one account', () => {
  test('wait 30, 60, 120, 120 seconds for each other', async () => {
    const { open, clock } = createBench();
    const accountId = randomUUID();
    for (const seconds of [30, 60, 120, 120]) {
      ticketOf(await open({ accountId }));
      const until = clock.now() + seconds * SECOND;
      clock.set(until - 1);
      assert.deepEqual(await open({ accountId }), { kind: 'wait', until });
      clock.set(until);
    }
  });

  test('are 5 in an hour, whatever the numbers', async () => {
    const { open, clock } = createBench();
    const accountId = randomUUID();
    const start = clock.now();
    for (let i = 0; i < 5; i += 1) {
      ticketOf(await open({ accountId }));
      clock.advance(2 * MINUTE);
    }
    assert.deepEqual(await open({ accountId }), { kind: 'wait', until: start + HOUR });
    clock.set(start + HOUR);
    ticketOf(await open({ accountId }));
  });

  test('tell when the next one may be: then it may, and no moment earlier', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { minLength: 1, maxLength: 8 }),
        async (pauses) => {
          const { open, clock } = createBench();
          const send = { accountId: randomUUID(), number: newNumber(), address: newAddress() };
          for (const pause of pauses) {
            const againAt = await ticketOf(await open(send)).sent();
            assert.ok(againAt >= clock.now() + 30 * SECOND);
            clock.set(againAt - 1);
            assert.deepEqual(await open(send), { kind: 'wait', until: againAt });
            clock.set(againAt);
            const next = await open(send);
            await ticketOf(next).failed();
            clock.advance(pause);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('have no wait after a redeemed code, and a question for the next moment counts nowhere', async () => {
    const { open, count, limiter, senderOf, clock } = createBench();
    const send = { accountId: randomUUID(), number: newNumber(), address: newAddress() };
    const ticket = ticketOf(await open(send));
    await limiter.redeemed(senderOf(send));
    assert.equal(await ticket.sent(), clock.now());
    ticketOf(await open(send));
    assert.equal(await count(5, { number: send.number }), 1);
  });
});

describe('sends from one address', () => {
  test('are 30 in an hour; IPv6 counts by its /64', async () => {
    const { count, clock } = createBench();
    assert.equal(await count(40, { address: '192.0.2.7' }), 30);
    assert.equal(await count(20, { address: '2001:db8::1' }), 20);
    assert.equal(await count(20, { address: '2001:db8::2' }), 10);
    clock.advance(HOUR);
    assert.equal(await count(1, { address: '192.0.2.7' }), 1);
  });

  test('by browsers that signed in before do not count, and give no slot back', async () => {
    const { count, open, limiter, senderOf } = createBench();
    const address = newAddress();
    assert.equal(await count(40, { address, lane: 'a-known-browser' }), 40);
    const known = { address, accountId: randomUUID(), lane: 'a-known-browser' };
    await ticketOf(await open(known)).sent();
    await limiter.redeemed(senderOf(known));
    assert.equal(await count(40, { address }), 30, 'strangers have all of their own');
    await limiter.redeemed(senderOf(known));
    assert.equal(await count(1, { address }), 0);
  });

  test('whose code was redeemed do not count: an office is one address', async () => {
    const { open, limiter, senderOf, count } = createBench();
    const address = newAddress();
    for (let i = 0; i < 100; i += 1) {
      const send = { address, accountId: randomUUID() };
      ticketOf(await open(send));
      await limiter.redeemed(senderOf(send));
    }
    assert.equal(await count(40, { address }), 30);
  });
});

describe('a send that nobody took', () => {
  test('counts against nothing but the tries of its account, 20 in an hour', async () => {
    const { open, count, clock } = createBench();
    const send = { accountId: randomUUID(), number: newNumber(), address: newAddress() };
    for (let i = 0; i < 20; i += 1) await ticketOf(await open(send)).failed();
    assert.deepEqual(await open(send), { kind: 'wait', until: clock.now() + HOUR });
    clock.advance(HOUR);
    ticketOf(await open(send));
    assert.deepEqual(await open(send), { kind: 'wait', until: clock.now() + 30 * SECOND });
    assert.equal(await count(5, { number: send.number }), 2);
    assert.equal(await count(40, { address: send.address }), 29);
  });
});

describe('whatever is sent, in any order', () => {
  const step = fc.record({
    account: fc.nat(2),
    number: fc.nat(2),
    address: fc.nat(1),
    failed: fc.boolean(),
    pause: fc.constantFrom(0, 1, 15 * SECOND, 30 * SECOND, MINUTE, 10 * MINUTE, HOUR, 5 * HOUR),
  });

  test('a window that began with a send has no more than its limit, and refused or failed sends change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { open, clock } = createBench();
        const times = new Map<string, number[]>();
        const note = (key: string) => times.set(key, [...(times.get(key) ?? []), clock.now()]);
        const [numbers, places] = [[1, 2, 3].map(() => newNumber()), [1, 2].map(() => newAddress())];
        const people = [1, 2, 3].map(() => randomUUID());
        for (const { account, number, address, failed, pause } of steps) {
          const opened = await open({
            accountId: people[account] ?? '',
            number: numbers[number] ?? '',
            address: places[address] ?? '',
          });
          if (opened.kind === 'open' && failed) await opened.ticket.failed();
          if (opened.kind === 'open' && !failed) for (const key of [`a${account}`, `n${number}`]) note(key);
          clock.advance(pause);
        }
        const most = (key: string, limit: number, window: number) => {
          let [from, count] = [Number.NEGATIVE_INFINITY, 0];
          for (const at of times.get(key) ?? []) {
            if (at >= from + window) [from, count] = [at, 0];
            count += 1;
            assert.ok(count <= limit, `${key}: ${count} of ${limit}`);
          }
        };
        for (const n of [0, 1, 2]) {
          most(`n${n}`, 3, 10 * MINUTE);
          most(`n${n}`, 5, HOUR);
          most(`n${n}`, 10, DAY);
          most(`a${n}`, 5, HOUR);
          most(`a${n}`, 1, 30 * SECOND);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the daily budget of a tenant', () => {
  const told = (lines: Record<string, unknown>[]) => lines.map(({ event }) => event);

  test('ends sending for everybody of the tenant until its window ends, and for no other tenant', async () => {
    const { open, count, clock } = createBench();
    const tenant = withPhone({ dailyBudget: 10, sendLimits: 'double' });
    assert.equal(await count(15, { tenant }), 10);
    assert.deepEqual(await open({ tenant }), { kind: 'spent' });
    ticketOf(await open({ tenant: withPhone({ dailyBudget: 10 }) }));
    clock.advance(DAY);
    ticketOf(await open({ tenant }));
  });

  test('is told to the operator at four fifths and when it is used up, once a day, by one process of several', async () => {
    const { open, count, clock, lines, throttle, digester, log, events, noted } = createBench();
    const tenant = withPhone({ dailyBudget: 10 });
    const other = createSendLimiter({ throttle, digester, clock, log, events });
    for (const late of [5 * HOUR, 0]) {
      lines.length = 0;
      await count(7, { tenant });
      clock.advance(late);
      assert.deepEqual(told(lines), []);
      ticketOf(await open({ tenant }));
      assert.deepEqual(told(lines), ['send-budget.low']);
      await count(2, { tenant });
      assert.deepEqual(told(lines), ['send-budget.low']);
      for (let i = 0; i < 5; i += 1) {
        clock.advance(HOUR);
        assert.equal((await open({ tenant })).kind, 'spent');
        assert.equal((await open({ tenant }, other)).kind, 'spent');
      }
      assert.deepEqual(told(lines), ['send-budget.low', 'send-budget.used-up']);
      const until = lines.map((line) => line.until);
      assert.deepEqual(
        noted.splice(0).map(({ tenantId, event, outcome, detail }) => [tenantId, event, outcome, detail]),
        [
          [tenant.id, 'send-budget.low', 'success', { dailyBudget: 10, until: until[0] }],
          [tenant.id, 'send-budget.used-up', 'failure', { dailyBudget: 10, until: until[1] }],
        ],
      );
      clock.advance(DAY - late - 5 * HOUR);
    }
  });

  test('is not touched by what nobody took, and a send it refuses counts against no person', async () => {
    const { open, count, lines, clock } = createBench();
    const tenant = withPhone({ dailyBudget: 5 });
    for (let i = 0; i < 20; i += 1) await ticketOf(await open({ tenant })).failed();
    assert.deepEqual(told(lines), []);
    assert.equal(await count(10, { tenant }), 5);
    const send = { tenant, accountId: randomUUID(), number: newNumber(), address: newAddress() };
    for (let i = 0; i < 10; i += 1) assert.equal((await open(send)).kind, 'spent');
    clock.advance(DAY - 1);
    assert.equal((await open(send)).kind, 'spent');
    clock.advance(1);
    assert.equal(await count(5, { tenant, number: send.number }), 3);
  });

  test('of one message is a budget too', async () => {
    const { count, lines } = createBench();
    assert.equal(await count(3, { tenant: withPhone({ dailyBudget: 1 }) }), 1);
    assert.deepEqual(told(lines), ['send-budget.used-up']);
  });
});

describe('what limits leave behind', () => {
  test('no number and no address stands in a key or in the log', async () => {
    const keys: string[] = [];
    const spy = createMessageBench((throttle) => ({
      ...throttle,
      take(tenantId: string, counters: readonly ThrottleCounter[], now: number) {
        keys.push(...counters.map(({ key }) => key));
        return throttle.take(tenantId, counters, now);
      },
    }));
    const tenant = withPhone({ dailyBudget: 1 });
    for (let i = 0; i < 3; i += 1) {
      const sender = { tenant, accountId: randomUUID(), address: '192.0.2.77' };
      await spy.limiter.open(sender, { number: MOBILE, purpose: 'sign-in', accounts: 1 });
    }
    const written = `${keys.join()} ${JSON.stringify(spy.lines)}`;
    assert.ok(keys.length > 10);
    for (const secret of ['612345678', '192.0.2.77']) assert.equal(written.includes(secret), false);
  });
});
