import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { LANE_LIMIT } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';
import { accountNamed, addEmployee, fill, lastEvent, refusing, WHY, waitingMessages } from './people.ts';

const ending = endOfSuite();
let opened: OpenedOperations;

before(async () => {
  opened = await openTestOperations(ending);
});

function unblock(loginName: string, ...more: string[]) {
  return say(opened.operations, ['user', 'unblock', loginName, ...WHY, ...more]);
}

/** A person with one known browser. */
async function addKnown(loginName: string, browser: string) {
  const { id } = await addEmployee(opened, loginName, { phone: '+31612345678' });
  const { tenant, clock } = opened.operations;
  await opened.stores.lanes.signedIn(tenant.id, id, { lane: STRANGERS, browser, at: clock.now() });
  return id;
}

async function close(accountId: string, lane: string): Promise<void> {
  const { tenant, clock } = opened.operations;
  const failure = { lane, of: 'password', limit: 1, at: clock.now() } as const;
  assert.notEqual(
    (await opened.stores.lanes.countFailure(tenant.id, accountId, failure))?.blockedAt,
    undefined,
  );
}

describe('user unblock', () => {
  test('opens every lane, lifts "this was not me" and ends every wait, and says so', async () => {
    const id = await addKnown('blocked', 'own-browser');
    const { tenant, accounts, clock } = opened.operations;
    await close(id, STRANGERS);
    await close(id, 'own-browser');
    await accounts.setSuspended(tenant.id, id, { by: 'person', at: clock.now() });
    await fill(opened, id, ({ of }) => of === 'password' || of === 'second-step', ['totp'], ['own-browser']);
    assert.ok((await refusing(opened, id, ['own-browser'])).length > 3);
    const said = await unblock('BLOCKED', '--json');
    assert.equal(said.exit, 0, said.stderr);
    const { waits, ...shown } = JSON.parse(said.stdout);
    const blocked = { strangers: true, own: 1 };
    assert.deepEqual(shown, { changed: true, loginName: 'blocked', blocked, suspendedBy: 'person' });
    assert.ok(waits > 3);
    assert.deepEqual(await refusing(opened, id, ['own-browser']), []);
    const lanes = await opened.stores.lanes.list(tenant.id, id);
    assert.deepEqual(
      lanes.map(({ blockedAt, failures }) => [blockedAt, failures]),
      [
        [undefined, 0],
        [undefined, 0],
      ],
    );
    assert.equal((await accountNamed(opened, 'blocked')).suspendedAt, undefined);
  });

  test('the person is told by mail and by text message, and the reason is kept with who gave it', async () => {
    const id = await addKnown('told', 'b');
    await close(id, STRANGERS);
    await waitingMessages(opened);
    await unblock('told');
    const messages = await waitingMessages(opened);
    assert.deepEqual(messages.map(({ to }) => to).toSorted(), ['+31612345678', 'told@example.nl']);
    const { event, reason, actor, subject, outcome, detail } = await lastEvent(opened, id);
    assert.deepEqual(
      { event, reason, actor, subject, outcome },
      {
        event: 'user.unblocked',
        reason: WHY[1],
        actor: { kind: 'operator', id: 'm.desk' },
        subject: id,
        outcome: 'success',
      },
    );
    assert.equal(detail?.changed, true);
  });

  test('lifts what a replaced address said as well, and warns of the address on record', async () => {
    const { id } = await addEmployee(opened, 'replaced');
    const { tenant, accounts, clock } = opened.operations;
    await accounts.setSuspended(tenant.id, id, { by: 'former-address', at: clock.now() });
    const said = await unblock('replaced');
    assert.match(said.stdout, /Somebody at a replaced address.*lifted/);
    assert.match(said.stdout, /`user show`/);
    assert.equal((await accounts.findStanding(tenant.id, id))?.suspendedBy, undefined);
  });

  test('lifts "this was not me" from no session that slipped through before it was said', async () => {
    const { id } = await addEmployee(opened, 'slipped');
    const { tenant, accounts, clock } = opened.operations;
    await accounts.setSuspended(tenant.id, id, { by: 'person', at: clock.now() });
    await opened.artifacts.upsert({
      ...{ tenantId: tenant.id, model: 'Session', id: 'session-slipped', uid: 'uid-slipped' },
      ...{ payload: {}, expiresIn: 600, accountId: id },
    });
    assert.equal((await unblock('slipped')).exit, 0);
    assert.equal(await opened.artifacts.find(tenant.id, 'Session', 'session-slipped'), undefined);
  });

  test('who was not blocked is told nothing, and that it was tried is kept all the same', async () => {
    const { id } = await addEmployee(opened, 'free');
    await waitingMessages(opened);
    const said = await unblock('free');
    assert.match(said.stdout, /free was not blocked/);
    assert.match(said.stdout, /user explain free/);
    assert.deepEqual(await waitingMessages(opened), []);
    assert.equal((await lastEvent(opened, id)).detail?.changed, false);
  });

  test('wrong tries that block nobody yet begin anew', async () => {
    const { id } = await addEmployee(opened, 'nearly');
    const { tenant, clock } = opened.operations;
    const failure = { lane: STRANGERS, of: 'password', limit: LANE_LIMIT, at: clock.now() } as const;
    for (let i = 0; i < 3; i += 1) await opened.stores.lanes.countFailure(tenant.id, id, failure);
    await unblock('nearly');
    assert.equal((await opened.stores.lanes.list(tenant.id, id))[0]?.failures, 0);
  });

  test('leaves disabled who is disabled, and says what lets them in', async () => {
    const { id } = await addEmployee(opened, 'former');
    await say(opened.operations, ['user', 'disable', 'former']);
    await close(id, STRANGERS);
    assert.match((await unblock('former')).stdout, /disabled: `user enable former`/);
    assert.notEqual((await accountNamed(opened, 'former')).disabledAt, undefined);
  });

  test('a colleague’s lanes and waits stay', async () => {
    await addEmployee(opened, 'one');
    const { id } = await addEmployee(opened, 'other');
    await close(id, STRANGERS);
    await fill(opened, id, ({ of }) => of === 'password');
    await unblock('one');
    assert.equal((await refusing(opened, id)).length, 1);
    const lanes = await opened.stores.lanes.list(opened.operations.tenant.id, id);
    assert.notEqual(lanes[0]?.blockedAt, undefined);
  });
});

describe('user reset-second-step', () => {
  const reset = (loginName: string, ...more: string[]) =>
    say(opened.operations, ['user', 'reset-second-step', loginName, ...WHY, ...more]);

  test('takes methods away, ends what the person is signed in to, and tells every channel there was', async () => {
    const { id } = await addEmployee(opened, 'lost', { phone: '+31687654321' });
    const { tenant, clock, people } = opened.operations;
    await people.enrolments.load(tenant.id, id);
    await opened.stores.enrolments.finish(tenant.id, id, clock.now());
    await opened.artifacts.upsert({
      ...{ tenantId: tenant.id, model: 'Session', id: 'session-lost', uid: 'uid-lost' },
      ...{ payload: {}, expiresIn: 600, accountId: id },
    });
    await waitingMessages(opened);
    const said = await reset('lost', '--json');
    assert.equal(said.exit, 0, said.stderr);
    assert.deepEqual(JSON.parse(said.stdout), {
      loginName: 'lost',
      methods: 1,
      ended: { sessions: 1, grants: 0 },
    });
    assert.deepEqual(await people.factors.list(tenant.id, id), []);
    assert.equal((await people.enrolments.load(tenant.id, id)).finishedAt, undefined);
    const told = await waitingMessages(opened);
    assert.deepEqual(told.map(({ to }) => to).toSorted(), ['+31687654321', 'lost@example.nl']);
    const { event, reason, detail } = await lastEvent(opened, id);
    assert.deepEqual([event, reason, detail?.sessions], ['second-step.reset', WHY[1], 1]);
  });

  test('leaves question and e-mail address, so that the next sign-in begins at the methods', async () => {
    const { id } = await addEmployee(opened, 'asked', { phone: '+31611111111' });
    const { tenant, clock, people } = opened.operations;
    const question = { key: 'q', text: 'Wat?', answerHash: 'hash' };
    const saved = { question, email: 'asked@example.nl' };
    await opened.stores.enrolments.saveFirstSignIn(tenant.id, id, saved, clock.now());
    await reset('asked');
    assert.deepEqual(await people.enrolments.findQuestion(tenant.id, id), question);
    assert.equal((await people.enrolments.load(tenant.id, id)).askedQuestion, true);
    assert.equal((await accountNamed(opened, 'asked')).emailVerified, true);
  });

  test('ends the waits for second steps, never those for passwords', async () => {
    const { id } = await addEmployee(opened, 'waits');
    const factor = { id: randomUUID(), tenantId: opened.operations.tenant.id, accountId: id, kind: 'totp' };
    const kept = { label: '', data: '{}', identity: undefined, lastCounter: undefined };
    await opened.stores.factors.addFirst({ ...factor, ...kept }, opened.clock.now());
    await fill(opened, id, ({ of }) => of === 'second-step' || of === 'password');
    await reset('waits');
    assert.deepEqual(await refusing(opened, id), [`password:account:${id}`]);
  });
});

describe('commands by hand', () => {
  for (const command of ['unblock', 'reset-second-step', 'explain']) {
    test(`${command} without a reason is a wrong call that does nothing`, async () => {
      await addEmployee(opened, `no-reason-${command}`);
      for (const more of [[], ['--reason', ' '], ['--reason', 'x']]) {
        const said = await say(undefined, ['user', command, `no-reason-${command}`, ...more]);
        assert.deepEqual([said.exit, said.stdout], [2, '']);
        assert.match(said.stderr, /--reason/);
      }
    });

    test(`${command} of nobody is refused`, async () => {
      const said = await say(opened.operations, ['user', command, 'nobody-here', ...WHY]);
      assert.deepEqual(said, { exit: 1, stdout: '', stderr: 'Nobody has this login name.\n' });
    });

    test(`${command} that can't be recorded fails`, async () => {
      const loginName = `dark-${command}`;
      await addEmployee(opened, loginName);
      const dark = { settled: () => Promise.reject(new Error('not kept')) };
      const said = await say({ ...opened.operations, trail: dark }, ['user', command, loginName, ...WHY]);
      assert.deepEqual([said.exit, said.stdout], [1, '']);
    });
  }
});
