import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { STRANGERS } from '#src/lockout/ports.ts';
import type { MakeLaneStore } from './lane-store.ts';

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const OPEN = { failures: 0, codeFailures: 0, blockedAt: undefined };
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A setting with short ways to sign in and look. */
async function bench(makeStore: MakeLaneStore, t: TestContext) {
  const setting = await makeStore(t);
  const { lanes, tenantId, accountId } = setting;
  return {
    ...setting,
    signIn: (browser: string | undefined, of: { lane?: string; agent?: string; at?: number } = {}) =>
      lanes.signedIn(tenantId, accountId, { lane: STRANGERS, at: AT, browser, ...of }),
    fail: (lane: string, limit = 100) =>
      lanes.countFailure(tenantId, accountId, { lane, of: 'password', limit, at: AT }),
    list: () => lanes.list(tenantId, accountId),
    names: async () => (await lanes.list(tenantId, accountId)).map(({ lane }) => lane),
  };
}

/** The part of the lane store's contract that is about the browsers that people see, and forget. */
export function describeKnownBrowsers(makeStore: MakeLaneStore): void {
  test('a known browser is told by when it was first and last seen, and by what it last called itself', async (t) => {
    const { signIn, list } = await bench(makeStore, t);
    const told = async () => {
      const [{ firstSeenAt, lastSeenAt, agent } = assert.fail('it is not listed')] = await list();
      return [firstSeenAt, lastSeenAt, agent];
    };
    await signIn('laptop', { agent: FIREFOX });
    assert.deepEqual(await told(), [AT, AT, FIREFOX]);
    await signIn('laptop', { lane: 'laptop', agent: 'Chrome', at: AT + 5 });
    assert.deepEqual(await told(), [AT, AT + 5, 'Chrome']);
    // Whatever a stranger sends: shortened, or nothing at all.
    await signIn('laptop', { lane: 'laptop', agent: 'x'.repeat(5_000) });
    assert.equal((await list())[0]?.agent, 'x'.repeat(300));
    for (const agent of ['a\0b', undefined]) {
      await signIn('laptop', { lane: 'laptop', ...(agent !== undefined && { agent }) });
      assert.equal((await list())[0]?.agent, undefined);
    }
  });

  test('a browser that is not to be remembered gets no lane, while counts begin anew', async (t) => {
    const { signIn, fail, list, names } = await bench(makeStore, t);
    await fail(STRANGERS);
    const shared = { kind: 'signed-in', newBrowser: true } as const;
    assert.deepEqual(await signIn(undefined), {
      ...{ ...shared, knownBrowsers: 0 },
      before: { ...OPEN, failures: 1 },
    });
    assert.deepEqual(await names(), [STRANGERS]);
    assert.equal((await list())[0]?.failures, 0);
    await signIn('laptop');
    await fail('laptop');
    assert.deepEqual(await signIn(undefined, { lane: 'laptop', at: AT + 9 }), {
      ...{ ...shared, knownBrowsers: 1 },
      before: { ...OPEN, failures: 1 },
    });
    const [, laptop] = await list();
    assert.deepEqual(
      [laptop?.lastSeenAt, laptop?.failures],
      [AT, 0],
      'it was not seen, for it was not asked',
    );
    await fail(STRANGERS, 1);
    assert.deepEqual(await signIn(undefined), { kind: 'blocked' });
  });

  test('forgetting one browser forgets what it counted, and leaves the others', async (t) => {
    const { lanes, accounts, signIn, fail, names, tenantId, accountId } = await bench(makeStore, t);
    await fail(STRANGERS);
    for (const [nth, browser] of ['laptop', 'phone'].entries()) await signIn(browser, { at: AT - nth });
    await fail('laptop', 1);
    assert.equal(await lanes.forget(tenantId, accountId, { lane: 'laptop' }), 1);
    assert.deepEqual(await names(), [STRANGERS, 'phone']);
    const name = { canonical: 'werkgever', email: undefined };
    const found = await accounts.findForSignIn(tenantId, name, 'laptop');
    assert.deepEqual([found?.lane, found?.laneBlockedAt], [STRANGERS, undefined]);
    assert.equal(await lanes.forget(tenantId, accountId, { lane: 'laptop' }), 0);
    const again = await signIn('laptop', { lane: 'laptop' });
    assert.ok(again.kind === 'signed-in');
    assert.deepEqual([again.newBrowser, again.knownBrowsers], [true, 1]);
  });

  test('forgetting all but one leaves that one and the count of strangers', async (t) => {
    const { lanes, signIn, fail, list, names, tenantId, accountId } = await bench(makeStore, t);
    await signIn('laptop');
    for (const browser of ['phone', 'tablet']) await signIn(browser, { at: AT - 1 });
    await fail(STRANGERS);
    assert.equal(await lanes.forget(tenantId, accountId, { allBut: 'laptop' }), 2);
    assert.deepEqual(await names(), [STRANGERS, 'laptop']);
    assert.equal(await lanes.forget(tenantId, accountId, { allBut: undefined }), 1);
    assert.deepEqual(await names(), [STRANGERS]);
    assert.equal((await list())[0]?.failures, 1);
    for (const which of [{ lane: STRANGERS }, { allBut: STRANGERS }, { allBut: undefined }]) {
      assert.equal(await lanes.forget(tenantId, accountId, which), 0);
    }
    assert.deepEqual(await names(), [STRANGERS]);
  });

  test('nothing of another person, of another tenant, or by a name that can be none is forgotten', async (t) => {
    const { lanes, signIn, names, ...setting } = await bench(makeStore, t);
    const { tenantId, otherTenantId, accountId, colleagueId } = setting;
    await signIn('laptop');
    for (const which of [{ lane: 'laptop' }, { allBut: undefined }]) {
      assert.equal(await lanes.forget(tenantId, colleagueId, which), 0);
      assert.equal(await lanes.forget(otherTenantId, accountId, which), 0);
      for (const id of [randomUUID(), "' or true --"])
        assert.equal(await lanes.forget(tenantId, id, which), 0);
    }
    for (const lane of ['made-up', 'lap\0top', '%', "' or true --"]) {
      assert.equal(await lanes.forget(tenantId, accountId, { lane }), 0);
    }
    assert.equal(
      await lanes.forget(tenantId, accountId, { allBut: 'lap\0top' }),
      0,
      'by nobody’s name, nothing',
    );
    assert.deepEqual(await names(), ['laptop']);
  });

  test('of 10 presses at once one forgets a browser', async (t) => {
    const { lanes, signIn, tenantId, accountId } = await bench(makeStore, t);
    await signIn('laptop');
    const presses = Array.from({ length: 10 }, () => lanes.forget(tenantId, accountId, { lane: 'laptop' }));
    assert.deepEqual((await Promise.all(presses)).sort(), [...Array(9).fill(0), 1]);
  });
}
