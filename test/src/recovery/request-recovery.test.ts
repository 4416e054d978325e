import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { composeRecovery } from '#src/compose/recovery.ts';
import type { QueueItem } from '#src/message/queue-ports.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { recordCalls } from '../sign-in/sign-in-bench.ts';
import { createRecoveryBench, onlyWay, type RecoveryBench, waysIn } from './recovery-bench.ts';

/** A recovery whose stores write down what is asked of them. */
function observed(bench: RecoveryBench) {
  const { durable, volatile } = bench;
  const accounts = recordCalls(durable.accounts);
  const links = recordCalls(durable.links);
  const enrolments = recordCalls(durable.enrolments);
  const throttle = recordCalls(volatile.throttle);
  const flows = recordCalls(volatile.flows);
  const hasher = recordCalls(bench.hasher);
  const items: QueueItem[] = [];
  const rests: unknown[] = [];
  const { recovery } = composeRecovery({
    ...bench.given,
    durable: {
      ...durable,
      accounts: accounts.recorded,
      links: links.recorded,
      enrolments: enrolments.recorded,
    },
    volatile: { ...volatile, throttle: throttle.recorded, flows: flows.recorded },
    hasher: hasher.recorded,
    queue: {
      put: async (some, { rest } = {}) => {
        items.push(...some);
        rests.push(rest);
      },
    },
  });
  const all = { accounts, links, enrolments, throttle, flows, hasher };
  return {
    recovery,
    items,
    rests,
    calls: () => Object.entries(all).flatMap(([name, { calls }]) => calls.map((call) => `${name}.${call}`)),
  };
}

describe('asking for a mail', async () => {
  const ending = endOfSuite();
  const bench = await createRecoveryBench(ending);
  await bench.addPerson('bekend', { email: 'bekend@example.org' });

  test('does the same for every name: one throttle call, one item of one size, no look at any account', async () => {
    const seen: unknown[] = [];
    const names = ['bekend', 'BEKEND@example.org', 'niemand', 'x', 'é"\\\u0001'.repeat(80), 'a'.repeat(5000)];
    for (const typed of names) {
      const { recovery, items, calls } = observed(bench);
      const outcome = await recovery.ask(bench.browser(), 'password', typed);
      assert.equal(outcome.kind, 'sent');
      const [item] = items;
      seen.push([calls(), items.length, Buffer.byteLength(item?.payload ?? ''), item?.accountId, item?.kind]);
    }
    for (const one of seen) assert.deepEqual(one, seen[0]);
    assert.deepEqual(seen[0], [
      ['throttle.take', 'flows.load', 'flows.save'],
      1,
      3072,
      undefined,
      'recovery',
    ]);
  });

  test('is followed up only when the answer has long been given: its time would tell who exists', async () => {
    const { recovery, rests } = observed(bench);
    await recovery.ask(bench.browser(), 'password', 'bekend');
    assert.deepEqual(rests, [250]);
  });

  test('without a name is told so, and costs nothing', async () => {
    const { recovery, items, calls } = observed(bench);
    const at = bench.browser();
    assert.deepEqual(await recovery.ask(at, 'password', ' \t '), { kind: 'empty' });
    assert.deepEqual([items.length, calls().filter((call) => call.startsWith('throttle'))], [0, []]);
    const flow = await recovery.current(at);
    assert.ok(flow.step === 'start');
    assert.deepEqual(flow.refused?.problem, { kind: 'empty' });
  });

  for (const name of ['bekend', 'onbekend']) {
    test(`is refused the fourth time in an hour for one name, in any spelling, known or not: ${name}`, async () => {
      bench.clock.advance(3_600_000);
      for (const typed of [name, name.toUpperCase(), ` ${name} `]) {
        assert.equal((await bench.recovery.ask(bench.browser(), 'password', typed)).kind, 'sent');
      }
      const before = await bench.durable.queue.depth();
      const at = bench.browser();
      const outcome = await bench.recovery.ask(at, 'password', name);
      assert.deepEqual(outcome, { kind: 'wait', until: bench.clock.now() + 3_600_000 });
      assert.deepEqual(await bench.durable.queue.depth(), before);
      assert.equal(bench.events('recovery.asked').at(-1)?.outcome, 'failure');
      assert.equal(bench.settled.at(-1), at.reference);
      bench.clock.advance(3_600_000);
      assert.equal((await bench.recovery.ask(bench.browser(), 'password', name)).kind, 'sent');
    });
  }

  test('is refused the eleventh time in an hour from one address, whoever is named', async () => {
    bench.clock.advance(3_600_000);
    const { address } = bench.browser();
    for (let index = 0; index < 10; index += 1) {
      const at = { ...bench.browser(), address };
      assert.equal((await bench.recovery.ask(at, 'login-name', `a${index}@example.org`)).kind, 'sent');
    }
    const refused = await bench.recovery.ask({ ...bench.browser(), address }, 'password', 'iemand');
    assert.equal(refused.kind, 'wait');
  });
});

describe('a request', async () => {
  const ending = endOfSuite();
  const bench = await createRecoveryBench(ending);
  const shared = 'gedeeld@example.org';
  await bench.addPerson('anna', { email: shared, locale: 'en' });
  await bench.addPerson('bert', { email: shared });
  await bench.addPerson('carla', { email: 'carla@example.org' });
  await bench.addPerson('dirk', { email: 'dirk@example.org', verified: false });
  await bench.addPerson('els');

  const ask = async (lost: 'login-name' | 'password', typed: string) => {
    bench.clock.advance(3_600_000);
    const at = bench.browser();
    assert.equal((await bench.recovery.ask(at, lost, typed)).kind, 'sent');
    const mails = await bench.work();
    const answers = bench.events('recovery.answered').filter(({ reference }) => reference === at.reference);
    assert.ok(bench.settled.includes(at.reference));
    return { mails, answers: answers.map(({ reason }) => reason) };
  };

  test('for login names is answered by one mail to the proved address, with all names there', async () => {
    const { mails, answers } = await ask('login-name', 'Gedeeld@Example.org');
    assert.deepEqual(
      mails.map(({ to, locale }) => [to, locale]),
      [[shared, 'en']],
    );
    assert.match(mails[0]?.text ?? '', /anna[\s\S]*bert/);
    assert.doesNotMatch(mails[0]?.text ?? '', /carla/);
    assert.deepEqual(answers, ['sent', 'sent']);
  });

  test('for login names by a login name is answered by nothing', async () => {
    assert.deepEqual(await ask('login-name', 'carla'), { mails: [], answers: ['nobody'] });
  });

  test('for a password by login name is mailed to the own address alone', async () => {
    const { mails } = await ask('password', 'Bert');
    assert.deepEqual(
      mails.map(({ to }) => to),
      [shared],
    );
    assert.equal(mails.flatMap(waysIn).length, 1);
  });

  test('for a password by a shared address is one mail, with a way in for each account', async () => {
    const { mails, answers } = await ask('password', shared);
    assert.equal(mails.length, 1);
    const ways = mails.flatMap(waysIn);
    assert.equal(new Set(ways.map(({ token }) => token)).size, 2);
    assert.equal(new Set(ways.map(({ code }) => code)).size, 2);
    assert.deepEqual(answers, ['sent', 'sent']);
  });

  for (const [who, reason] of [
    ['niemand', 'nobody'],
    ['dirk', 'no-address'],
    ['els', 'no-address'],
    ['dirk@example.org', 'nobody'],
  ] as const) {
    test(`for a password of ${who} is answered by nothing, and the record says why: ${reason}`, async () => {
      assert.deepEqual(await ask('password', who), { mails: [], answers: [reason] });
    });
  }

  test('is worth no more than three links an hour to one account, by whatever name', async () => {
    bench.clock.advance(3_600_000);
    for (const typed of ['carla', 'carla', 'carla@example.org', 'carla@example.org']) {
      await bench.recovery.ask(bench.browser(), 'password', typed);
    }
    assert.equal((await bench.work()).length, 3);
    assert.equal(bench.events('recovery.answered').at(-1)?.reason, 'limited');
  });

  test('that is worked off twice comes to one mail, whose link works', async () => {
    bench.clock.advance(3_600_000);
    await bench.recovery.ask(bench.browser(), 'password', 'carla');
    const [item] = await bench.claim();
    assert.ok(item);
    await bench.handler(item);
    await bench.handler(item);
    await bench.durable.queue.done(item, { at: bench.clock.now() });
    const { token } = onlyWay(await bench.work());
    assert.equal((await bench.recovery.spendLink(bench.browser(), token)).kind, 'spent');
  });

  test('of a tenant that is not there is dead', async () => {
    await bench.recovery.ask(bench.browser(), 'password', 'carla');
    const [item] = await bench.claim();
    assert.ok(item);
    const issuer = '"https://bench.example"';
    const payload = item.payload.replace(issuer, '"https://elders.example"');
    assert.deepEqual(await bench.handler({ ...item, payload }), { kind: 'dead', fault: 'no-tenant' });
    assert.deepEqual(await bench.handler({ ...item, payload: '{' }), { kind: 'dead', fault: 'malformed' });
    await bench.durable.queue.done(item, { at: bench.clock.now() });
  });

  test('for somebody whose former address said "this was not me" is answered by nothing', async () => {
    const account = await bench.addPerson('fien', { email: 'fien@example.org' });
    const by = { by: 'former-address', at: bench.clock.now() } as const;
    await bench.durable.accounts.setSuspended(bench.tenant.id, account.id, by);
    assert.deepEqual(await ask('password', 'fien'), { mails: [], answers: ['nobody'] });
  });
});
