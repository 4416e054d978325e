import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { AccountId } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { createAccount, newAccount } from './account-store.ts';
import { describeKnownBrowsers } from './lane-browsers.ts';
import { createLaneModel, laneCommands } from './lane-model.ts';

/** A LaneStore, and two people (`werkgever`, `collega`) at whose accounts nobody tried anything. */
export interface LaneStoreSetting {
  lanes: LaneStore;
  accounts: AccountStore;
  tenantId: TenantId;
  accountId: AccountId;
  colleagueId: AccountId;
  otherTenantId: TenantId;
}

export type MakeLaneStore = (t: TestContext) => Promise<LaneStoreSetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const DAY = 86_400_000;
const OPEN = { failures: 0, codeFailures: 0, blockedAt: undefined };
/** What a lane that nobody signed in from tells of itself. */
const UNSEEN = { firstSeenAt: undefined, lastSeenAt: undefined, agent: undefined };

/** A setting with short ways to fail, sign in and look. */
async function bench(makeStore: MakeLaneStore, t: TestContext) {
  const setting = await makeStore(t);
  const { lanes, accounts, tenantId, accountId } = setting;
  return {
    ...setting,
    fail: (lane: string, with_: { of?: 'password' | 'code'; limit?: number; at?: number } = {}) =>
      lanes.countFailure(tenantId, accountId, { lane, of: 'password', limit: 100, at: AT, ...with_ }),
    signIn: (lane: string, browser: string, at = AT) =>
      lanes.signedIn(tenantId, accountId, { lane, browser, at }),
    list: () => lanes.list(tenantId, accountId),
    find: async (browser?: string) => {
      const name = { canonical: 'werkgever', email: undefined };
      const found = await accounts.findForSignIn(tenantId, name, browser);
      return [found?.lane, found?.laneBlockedAt];
    },
  };
}

function describeCounting(makeStore: MakeLaneStore): void {
  test('wrong passwords and wrong codes are counted apart, each from the first one on', async (t) => {
    const { fail, list } = await bench(makeStore, t);
    assert.deepEqual(await list(), []);
    assert.deepEqual(await fail(STRANGERS), { ...OPEN, failures: 1 });
    assert.deepEqual(await fail(STRANGERS, { of: 'code' }), { ...OPEN, failures: 1, codeFailures: 1 });
    assert.deepEqual(await fail(STRANGERS), { ...OPEN, failures: 2, codeFailures: 1 });
    assert.deepEqual(await list(), [{ lane: STRANGERS, ...UNSEEN, ...OPEN, failures: 2, codeFailures: 1 }]);
  });

  for (const kind of ['password', 'code'] as const) {
    test(`50 wrong tries at once (${kind}) are 50, and the last of a limit closes the lane once`, async (t) => {
      const { fail, list } = await bench(makeStore, t);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, nth) => fail(STRANGERS, { of: kind, limit: 49, at: AT + nth })),
      );
      const count = (answer: (typeof answers)[number]) =>
        kind === 'password' ? answer?.failures : answer?.codeFailures;
      assert.deepEqual(
        answers.map(count).sort((one, other) => Number(one) - Number(other)),
        Array.from({ length: 50 }, (_, nth) => nth + 1),
      );
      const closed = answers.filter((answer) => answer?.blockedAt !== undefined);
      assert.equal(closed.length, 2, 'the 49th and the one after');
      assert.equal(new Set(closed.map((answer) => answer?.blockedAt)).size, 1, 'closed at one moment');
      assert.equal((await list())[0]?.blockedAt, closed[0]?.blockedAt);
    });
  }

  test('a limit of one closes at the first, and a limit of the one kind ignores the other', async (t) => {
    const { fail, lanes, tenantId, colleagueId } = await bench(makeStore, t);
    await fail(STRANGERS, { of: 'code', limit: 2 });
    assert.equal((await fail(STRANGERS, { limit: 2 }))?.blockedAt, undefined);
    const once = { lane: STRANGERS, of: 'password', limit: 1, at: AT } as const;
    assert.equal((await lanes.countFailure(tenantId, colleagueId, once))?.blockedAt, AT);
  });

  test('nothing is counted for nobody, for a malformed id and across tenants', async (t) => {
    const { lanes, tenantId, otherTenantId, accountId, list } = await bench(makeStore, t);
    const failure = { lane: STRANGERS, of: 'password', limit: 1, at: AT } as const;
    for (const id of [undefined, randomUUID(), "' or true --"]) {
      assert.equal(await lanes.countFailure(tenantId, id, failure), undefined);
    }
    assert.equal(await lanes.countFailure(otherTenantId, accountId, failure), undefined);
    assert.deepEqual(await list(), []);
  });

  test('a lane that is no known browser’s is the strangers’', async (t) => {
    const { fail, list, signIn } = await bench(makeStore, t);
    await fail('made-up');
    assert.deepEqual(await fail('lane\0'), { ...OPEN, failures: 2 });
    assert.deepEqual(
      (await list()).map(({ lane }) => lane),
      [STRANGERS],
    );
    await fail(STRANGERS, { limit: 3 });
    assert.deepEqual(await signIn('made-up', 'made-up'), { kind: 'blocked' });
  });
}

function describeSigningIn(makeStore: MakeLaneStore): void {
  test('a sign-in ends the counts of its lane and gives the browser a lane of its own', async (t) => {
    const { fail, signIn, list, find } = await bench(makeStore, t);
    await fail(STRANGERS);
    await fail(STRANGERS, { of: 'code' });
    assert.deepEqual(await find('laptop'), [STRANGERS, undefined]);
    assert.deepEqual(await signIn(STRANGERS, 'laptop'), {
      kind: 'signed-in',
      before: { failures: 1, codeFailures: 1, blockedAt: undefined },
      newBrowser: true,
      knownBrowsers: 0,
    });
    assert.deepEqual(await list(), [
      { lane: STRANGERS, ...UNSEEN, ...OPEN },
      { lane: 'laptop', ...UNSEEN, firstSeenAt: AT, lastSeenAt: AT, ...OPEN },
    ]);
    assert.deepEqual(await find('laptop'), ['laptop', undefined]);
    assert.deepEqual(await find('other'), [STRANGERS, undefined]);
    assert.deepEqual(await find(), [STRANGERS, undefined]);
    assert.deepEqual(await find('\0'), [STRANGERS, undefined]);
  });

  test('a known browser counts apart, and is told from the other known ones', async (t) => {
    const { fail, signIn, list } = await bench(makeStore, t);
    await signIn(STRANGERS, 'laptop');
    await fail(STRANGERS);
    await fail('laptop');
    assert.deepEqual(await signIn('laptop', 'laptop', AT + 1), {
      kind: 'signed-in',
      before: { ...OPEN, failures: 1 },
      newBrowser: false,
      knownBrowsers: 0,
    });
    assert.deepEqual(await signIn(STRANGERS, 'phone', AT + 2), {
      kind: 'signed-in',
      before: { ...OPEN, failures: 1 },
      newBrowser: true,
      knownBrowsers: 1,
    });
    assert.deepEqual(
      (await list()).map(({ lane, lastSeenAt }) => [lane, lastSeenAt]),
      [
        [STRANGERS, undefined],
        ['phone', AT + 2],
        ['laptop', AT + 1],
      ],
    );
  });

  test('a closed lane lets nobody in and is left as it was, while the others stay open', async (t) => {
    const { fail, signIn, list, find } = await bench(makeStore, t);
    await signIn(STRANGERS, 'laptop');
    await fail(STRANGERS, { limit: 1 });
    const before = await list();
    assert.deepEqual(await signIn(STRANGERS, 'thief', AT + 1), { kind: 'blocked' });
    assert.deepEqual(await list(), before);
    assert.deepEqual(await find('thief'), [STRANGERS, AT]);
    assert.deepEqual(await find('laptop'), ['laptop', undefined]);
    assert.equal((await signIn('laptop', 'laptop')).kind, 'signed-in');
    await fail('laptop', { limit: 1, at: AT + 2 });
    assert.deepEqual(await find('laptop'), ['laptop', AT + 2]);
    assert.deepEqual(await signIn('laptop', 'laptop'), { kind: 'blocked' });
    assert.equal((await list()).find(({ lane }) => lane === STRANGERS)?.blockedAt, AT);
  });

  test('nobody is let in who is not there, disabled, suspended or another tenant’s', async (t) => {
    const { lanes, accounts, signIn, list, tenantId, otherTenantId, accountId } = await bench(makeStore, t);
    const of = { lane: STRANGERS, browser: 'laptop', at: AT };
    for (const id of [randomUUID(), "' or true --"]) {
      assert.deepEqual(await lanes.signedIn(tenantId, id, of), { kind: 'blocked' });
    }
    assert.deepEqual(await lanes.signedIn(otherTenantId, accountId, of), { kind: 'blocked' });
    await accounts.setDisabled(tenantId, accountId, AT);
    assert.deepEqual(await signIn(STRANGERS, 'laptop'), { kind: 'blocked' });
    await accounts.setDisabled(tenantId, accountId, undefined);
    await accounts.setSuspended(tenantId, accountId, { by: 'person', at: AT });
    assert.deepEqual(await signIn(STRANGERS, 'laptop'), { kind: 'blocked' });
    assert.deepEqual(await list(), []);
    await assert.rejects(signIn(STRANGERS, STRANGERS), TypeError);
  });

  test('nobody is let in by a password that was changed since it was read', async (t) => {
    const { lanes, accounts, tenantId, accountId } = await bench(makeStore, t);
    const by = (passwordSince: number | undefined) =>
      lanes.signedIn(tenantId, accountId, { lane: STRANGERS, browser: 'laptop', at: AT, passwordSince });
    assert.equal((await by(0)).kind, 'signed-in');
    await accounts.changePassword(tenantId, accountId, { hash: 'new', at: AT, provesEmail: undefined });
    for (const since of [0, AT - 1]) assert.deepEqual(await by(since), { kind: 'blocked' });
    for (const since of [AT, undefined]) assert.equal((await by(since)).kind, 'signed-in');
  });

  test('of 20 sign-ins at once by one browser one is new, and their failures are told once', async (t) => {
    const { fail, signIn, list } = await bench(makeStore, t);
    for (let count = 0; count < 3; count += 1) await fail(STRANGERS);
    const all = await Promise.all(Array.from({ length: 20 }, () => signIn(STRANGERS, 'laptop')));
    const settled = all.filter((answer) => answer.kind === 'signed-in');
    assert.equal(settled.length, 20);
    assert.equal(settled.filter(({ newBrowser }) => newBrowser).length, 1);
    assert.deepEqual(
      settled.map(({ before }) => before.failures).filter((failures) => failures > 0),
      [3],
    );
    assert.equal((await list()).length, 2);
  });

  test('no failure is lost while people sign in: each ends in an answer or in the count', async (t) => {
    const { fail, signIn, list } = await bench(makeStore, t);
    const turns = Array.from({ length: 40 }, (_, nth) =>
      nth % 4 === 0 ? signIn(STRANGERS, `browser-${nth}`) : fail(STRANGERS),
    );
    let told = 0;
    for (const answer of await Promise.all(turns)) {
      if (answer !== undefined && 'kind' in answer)
        told += answer.kind === 'signed-in' ? answer.before.failures : 0;
    }
    assert.equal(told + ((await list())[0]?.failures ?? 0), 30);
  });

  test('a new browser drives out those not seen for 400 days, closed or not, and no other', async (t) => {
    const { fail, signIn, list } = await bench(makeStore, t);
    await signIn(STRANGERS, 'old', AT);
    await signIn(STRANGERS, 'older', AT - DAY);
    await fail('older', { limit: 1 });
    await signIn(STRANGERS, 'recent', AT + DAY);
    const names = async () => (await list()).map(({ lane }) => lane);
    await signIn('recent', 'recent', AT + 401 * DAY - 1);
    assert.deepEqual(await names(), ['recent', 'old', 'older'], 'a known one drives out nobody');
    await signIn(STRANGERS, 'new', AT + 400 * DAY);
    assert.deepEqual(await names(), ['recent', 'new', 'old']);
  });
}

function describeUnblocking(makeStore: MakeLaneStore): void {
  test('unblocking opens every lane, begins its counts anew, and browsers stay known', async (t) => {
    const { fail, signIn, list, find, lanes, tenantId, otherTenantId, accountId } = await bench(makeStore, t);
    await signIn(STRANGERS, 'laptop');
    await fail('laptop', { of: 'code', limit: 5 });
    assert.equal(await lanes.unblock(tenantId, accountId), false, 'none was closed');
    assert.equal((await list())[0]?.codeFailures, 0);
    await fail('laptop', { limit: 1 });
    await fail(STRANGERS, { limit: 1 });
    assert.equal(await lanes.unblock(otherTenantId, accountId), false);
    const answers = await Promise.all([1, 2, 3].map(() => lanes.unblock(tenantId, accountId)));
    assert.deepEqual(answers.sort(), [false, false, true]);
    assert.deepEqual(
      (await list()).map(({ lane, firstSeenAt, lastSeenAt, agent, ...count }) => [lane, count]),
      [
        [STRANGERS, OPEN],
        ['laptop', OPEN],
      ],
    );
    assert.deepEqual(await find('laptop'), ['laptop', undefined]);
    assert.equal(await lanes.unblock(tenantId, "' or true --"), false);
    assert.deepEqual(await lanes.list(tenantId, "' or true --"), []);
    assert.deepEqual(await lanes.list(otherTenantId, accountId), []);
  });
}

function describeModel(makeStore: MakeLaneStore): void {
  test('whatever happens in whatever order, lanes stand as the plain reference says', async (t) => {
    const { lanes, accounts, tenantId } = await makeStore(t);
    const rule = fc.asyncProperty(laneCommands, async (commands) => {
      const { id } = await createAccount(accounts, newAccount(tenantId, randomUUID()));
      const model = createLaneModel();
      for (const command of commands) {
        const real = await command.run({ lanes, tenantId, accountId: id });
        assert.deepEqual(real, command.expect(model), command.text);
      }
      assert.deepEqual(await lanes.list(tenantId, id), model.list());
    });
    await fc.assert(rule, { numRuns: 20 });
  });
}

/** What every LaneStore must do. */
export function describeLaneStoreContract(name: string, makeStore: MakeLaneStore): void {
  describe(`LaneStore on ${name}`, () => {
    describeCounting(makeStore);
    describeSigningIn(makeStore);
    describeUnblocking(makeStore);
    describeKnownBrowsers(makeStore);
    describeModel(makeStore);
  });
}
