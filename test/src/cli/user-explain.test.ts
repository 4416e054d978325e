import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Explanation } from '#src/cli/explanation.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { accountSends } from '#src/message/account-sends.ts';
import { queuedMessage } from '#src/message/queued-message.ts';
import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
import { resetCounter } from '#src/recovery/limits.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { replaceNumber } from '../../support/renumbered.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';
import { addEmployee, fill, lastEvent, WHY } from './people.ts';

const ending = endOfSuite();
let opened: OpenedOperations;

before(async () => {
  opened = await openTestOperations(ending);
});

async function explain(loginName: string): Promise<Explanation> {
  const said = await say(opened.operations, ['user', 'explain', loginName, ...WHY, '--json']);
  assert.equal(said.exit, 0, said.stderr);
  return JSON.parse(said.stdout);
}

async function explainInWords(loginName: string): Promise<string> {
  const said = await say(opened.operations, ['user', 'explain', loginName, ...WHY]);
  assert.equal(said.exit, 0, said.stderr);
  return said.stdout;
}

const iso = (at: number) => new Date(at).toISOString();

describe('user explain', () => {
  test('tells what is set up, and of a number no more than two digits', async () => {
    const { id } = await addEmployee(opened, 'm.set', { phone: '+31612345678' });
    const { tenant, clock } = opened.operations;
    await opened.stores.lanes.signedIn(tenant.id, id, { lane: STRANGERS, browser: 'b', at: clock.now() });
    const told = await explain('M.Set');
    assert.equal(told.loginName, 'm.set');
    assert.deepEqual(told.password, { set: true, changedAt: null });
    assert.deepEqual(told.email, { set: true, proved: true });
    assert.deepEqual([told.questionSet, told.backupCodeWorks, told.knownBrowsers], [false, false, 1]);
    const [method] = told.methods;
    assert.equal(method?.kind, 'sms');
    assert.equal(method?.label, 'werk …78, number ending in 78');
    assert.equal(method?.lastUsedAt, iso(clock.now()));
    const text = JSON.stringify(told) + (await explainInWords('m.set'));
    for (const secret of ['612345', '12345678', 'm.set@example.nl', 'argon2']) {
      assert.ok(!text.includes(secret), secret);
    }
  });

  test('tells that a number is too new to be called back on, and what that means behind a recovery', async () => {
    const account = await addEmployee(opened, 'renumbered', { phone: '+31655555501' });
    const { operations, stores, clock } = opened;
    const { accounts, tenant, people } = operations;
    const composition = { clock, tenant, durable: { ...stores, digester: people.digester } };
    const until = iso(await replaceNumber(composition, account, '+31655555502'));
    const told = await explain('renumbered');
    assert.deepEqual(
      told.methods.map(({ newUntil, proves }) => [newUntil, proves]),
      [[until, true]],
    );
    const warned = (advice: string[]) =>
      advice.find((line) => line.includes(`call back on it before ${until}`));
    assert.match(warned(told.advice) ?? '', /number ending in 02/);
    assert.match(await explainInWords('renumbered'), new RegExp(`NEW UNTIL\\n.*${until}`));

    const change = { hash: 'another', at: clock.now(), provesEmail: undefined, recovered: true };
    assert.ok(await accounts.changePassword(tenant.id, account.id, change));
    const recovered = await explain('renumbered');
    assert.equal(recovered.methods[0]?.proves, false);
    assert.match(
      warned(recovered.advice) ?? '',
      /it proves nothing .* another method or the backup code does/,
    );

    clock.advance(72 * 60 * 60_000);
    const later = await explain('renumbered');
    assert.deepEqual([later.methods[0]?.newUntil, later.methods[0]?.proves], [null, true]);
    assert.equal(warned(later.advice), undefined);
  });

  test('tells which counter refuses until when, and what ends it sooner', async () => {
    const { id } = await addEmployee(opened, 'waits');
    await fill(opened, id, ({ of, lane }) => of === 'password' && lane === STRANGERS);
    const { limits, advice } = await explain('waits');
    const until = iso(opened.clock.now() + 30_000);
    const none = { method: null, ending: null };
    assert.deepEqual(limits, [{ of: 'password', lane: 'strangers', ...none, count: 5, until }]);
    assert.ok(
      advice.includes(`A wait after wrong passwords until ${until}: \`user unblock waits\` ends it sooner.`),
    );
    opened.clock.advance(30_000);
    const over = await explain('waits');
    assert.deepEqual(over.limits, [{ of: 'password', lane: 'strangers', ...none, count: 5, until: null }]);
    assert.ok(!over.advice.some((sentence) => sentence.includes('wait')));
  });

  test('tells of a method that waits by its name', async () => {
    const { id } = await addEmployee(opened, 'by-method');
    await fill(opened, id, ({ of, method }) => of === 'second-step' && method === 'totp');
    const { limits } = await explain('by-method');
    assert.deepEqual(
      limits.map(({ of, method, until }) => [of, method, until !== null]),
      [['second-step', 'totp', true]],
    );
  });

  test('tells that no more messages go out, which nothing lifts sooner', async () => {
    const { id, email } = await addEmployee(opened, 'sent-much', { phone: '+31633333344' });
    const { tenant, people, clock } = opened.operations;
    const numbers = [{ digest: people.digester.digest('phone', '+31633333344'), accounts: 1, ending: '44' }];
    const digest = people.digester.digest('email', email ?? '');
    const sends = accountSends({ accountId: id, numbers, email: digest, scale: 'normal' });
    for (const { counter } of [...sends, { counter: resetCounter(id) }]) {
      for (let i = 0; i < counter.limit; i += 1)
        await opened.stores.throttle.take(tenant.id, [counter], clock.now());
    }
    const { limits, advice } = await explain('sent-much');
    assert.equal(limits.length, sends.length + 1);
    assert.ok(limits.every(({ until }) => until !== null));
    assert.ok(limits.some(({ of, ending }) => of === 'text-messages' && ending === '44'));
    for (const what of [
      'text messages and calls',
      'mails with a code',
      'mails with a link to a new password',
    ]) {
      assert.ok(
        advice.some((line) => line.startsWith(`No more ${what} until`) && line.includes('nothing lifts it')),
        what,
      );
    }
  });

  for (const [lane, words] of [
    [STRANGERS, /browsers new to this account \(one that the person used before still works\)/],
    ['known', /one of the person’s own browsers/],
  ] as const) {
    test(`tells what is blocked where wrong tries came from ${lane === STRANGERS ? 'strangers' : 'a known browser'}`, async () => {
      const loginName = `blocked-${lane}`;
      const { id } = await addEmployee(opened, loginName);
      const { tenant, clock } = opened.operations;
      const { lanes } = opened.stores;
      await lanes.signedIn(tenant.id, id, { lane: STRANGERS, browser: 'known', at: clock.now() });
      await lanes.countFailure(tenant.id, id, { lane, of: 'password', limit: 1, at: clock.now() });
      const told = await explain(loginName);
      const blocked = told.lanes.filter(({ blockedAt }) => blockedAt !== null);
      assert.deepEqual(
        blocked.map((one) => [one.lane, one.failures]),
        [[lane === STRANGERS ? 'strangers' : 'own', 1]],
      );
      assert.match(told.advice.join(), words);
      assert.match(told.advice.join(), new RegExp(`user unblock ${loginName}`));
    });
  }

  test('tells who said "this was not me", and what lifts it', async () => {
    const { tenant, accounts, clock } = opened.operations;
    for (const [by, words] of [
      ['person', /the person can request a new password, which lifts it/],
      ['former-address', /whose the e-mail address is now/],
    ] as const) {
      const { id } = await addEmployee(opened, `closed-${by}`);
      await accounts.setSuspended(tenant.id, id, { by, at: clock.now() });
      const told = await explain(`closed-${by}`);
      assert.deepEqual(told.suspended, { at: iso(clock.now()), by });
      assert.match(told.advice.join(), words);
    }
  });

  test('tells a disabled person from everybody else', async () => {
    await addEmployee(opened, 'off');
    await say(opened.operations, ['user', 'disable', 'off']);
    assert.match((await explain('off')).advice[0] ?? '', /run `user enable off`/);
    assert.match(await explainInWords('off'), /^State +disabled since/m);
  });

  test('tells how far an invitation got, and what to do about it', async () => {
    const person = ['--given-name', 'Jo', '--family-name', 'Jansen', '--email', 'i@example.nl'];
    await say(opened.operations, ['user', 'invite', 'invited', ...person]);
    const sent = await explain('invited');
    assert.equal(sent.invitation?.status, 'sent');
    assert.deepEqual(sent.password, { set: false, changedAt: null });
    assert.match(sent.advice.join(), /`user invite invited` to send it again/);
    assert.deepEqual(
      sent.messages.map(({ channel, state }) => [channel, state]),
      [['email', 'waiting']],
    );
    opened.clock.advance(30 * 24 * 60 * 60_000);
    assert.match((await explain('invited')).advice.join(), /too old: run `user invite invited`/);
  });

  test('tells what was sent and whether it arrived', async () => {
    const { id } = await addEmployee(opened, 'messages');
    const { tenant, clock } = opened.operations;
    const message = { channel: 'sms', to: '+31612345699', text: 'geheim 123456', locale: 'nl' } as const;
    const shared = {
      tenantId: tenant.id,
      issuer: tenant.issuer,
      accountId: id,
      createdAt: clock.now(),
      message,
    };
    await opened.stores.queue.put([queuedMessage({ id: crypto.randomUUID(), ...shared })]);
    const claimed = await opened.stores.queue.claim({
      ...{ at: clock.now(), leaseUntil: clock.now() + 1_000, most: 100 },
    });
    const item = claimed.find(({ accountId }) => accountId === id);
    assert.ok(item !== undefined);
    await opened.stores.queue.dead(item, { at: clock.now(), fault: 'number' });
    const { messages, advice } = await explain('messages');
    const [told] = messages;
    assert.deepEqual(
      { channel: told?.channel, ending: told?.ending, state: told?.state, fault: told?.fault },
      { channel: 'sms', ending: '99', state: 'dead', fault: 'number' },
    );
    assert.match(advice.join(), /did not leave \(number\)/);
    assert.ok(!(await explainInWords('messages')).includes('123456'));
  });

  test('tells of an application that did not hear that a session ended, which is no message to anybody', async () => {
    const { id: accountId } = await addEmployee(opened, 'untold');
    const { tenant, clock } = opened.operations;
    const at = clock.now();
    const item = {
      id: crypto.randomUUID(),
      tenantId: tenant.id,
      accountId,
      kind: LOGOUT_KIND,
      createdAt: at,
    };
    await opened.stores.queue.put([{ ...item, payload: '{}', expiresAt: at + 1_000 }]);
    const claimed = await opened.stores.queue.claim({ at, leaseUntil: at + 1_000, most: 100 });
    const waiting = claimed.find(({ id }) => id === item.id);
    assert.ok(waiting !== undefined);
    await opened.stores.queue.dead(waiting, { at, fault: 'status-500' });
    const advice = (await explain('untold')).advice.join();
    assert.match(advice, /application was not told that a session of the person ended \(status-500\)/);
    assert.doesNotMatch(advice, /did not leave/);
  });

  test('is recorded, and the next one shows it with who looked and why', async () => {
    const { id } = await addEmployee(opened, 'watched');
    await explain('watched');
    const { event, reason, actor } = await lastEvent(opened, id);
    assert.deepEqual([event, reason, actor], ['user.explained', WHY[1], { kind: 'operator', id: 'm.desk' }]);
    const [last] = (await explain('watched')).events;
    assert.deepEqual([last?.event, last?.reason, last?.by], ['user.explained', WHY[1], 'm.desk']);
    assert.match(
      await explainInWords('watched'),
      /user\.explained +success +rang the number in the file, by m\.desk/,
    );
  });

  test('what a person called a method can not move the cursor', async () => {
    const { id } = await addEmployee(opened, 'tricky');
    const factor = {
      id: crypto.randomUUID(),
      tenantId: opened.operations.tenant.id,
      accountId: id,
      kind: 'totp',
    };
    const kept = { label: 'app\u001b[2J', data: '{}', identity: undefined, lastCounter: undefined };
    await opened.stores.factors.addFirst({ ...factor, ...kept }, opened.clock.now());
    const text = await explainInWords('tricky');
    assert.ok(!text.includes('\u001b'));
    assert.match(text, /app\\u\{1b\}\[2J/);
  });
});
