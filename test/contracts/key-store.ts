import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { KeyOwner, KeyStore, NewKey, StoredKey } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** An empty KeyStore and two tenants that exist. */
export interface KeyStoreSetting {
  keys: KeyStore;
  tenantId: TenantId;
  otherTenantId: TenantId;
  /** How often the keys have changed. */
  revision(): Promise<number>;
}

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const COOKIE: KeyOwner = { purpose: 'cookie', tenantId: undefined };
const DIGEST: KeyOwner = { purpose: 'digest', tenantId: undefined };
const signingOf = (tenantId: TenantId): KeyOwner => ({ purpose: 'signing', tenantId });

function newKey(id: string, owner: KeyOwner, more: Partial<NewKey> = {}): NewKey {
  const kind = owner.purpose === 'signing' ? 'ec' : 'hmac';
  const times = { createdAt: AT, currentFrom: AT, succeeds: undefined };
  return { id, ...owner, kind, secret: `secret of ${id}`, ...times, ...more };
}

function kept(key: NewKey, more: Partial<StoredKey> = {}): StoredKey {
  return { ...key, withdrawnAt: undefined, ...more };
}

const idsOf = (keys: readonly StoredKey[]) => keys.map(({ id }) => id);

type MakeStore = (t: TestContext) => Promise<KeyStoreSetting>;

function describeAdding(makeStore: MakeStore): void {
  test('a key comes back as it was put in', async (t) => {
    const { keys, tenantId } = await makeStore(t);
    const signing = newKey('ec-1', signingOf(tenantId), { currentFrom: AT + 5 });
    assert.equal(await keys.change(signingOf(tenantId), { add: signing }), true);
    assert.equal(await keys.change(COOKIE, { add: newKey('cookie-1', COOKIE) }), true);
    assert.deepEqual(await keys.list(signingOf(tenantId)), [kept(signing)]);
    assert.deepEqual(await keys.list(COOKIE), [kept(newKey('cookie-1', COOKIE))]);
  });

  test('a kind has one first key, and a key one successor: whoever comes second changes nothing', async (t) => {
    const { keys, tenantId } = await makeStore(t);
    const owner = signingOf(tenantId);
    const add = (id: string, succeeds: string | undefined) =>
      keys.change(owner, { add: newKey(id, owner, { succeeds, currentFrom: AT + 1 }) });
    assert.deepEqual([await add('a', undefined), await add('b', undefined)], [true, false]);
    assert.deepEqual([await add('c', 'a'), await add('d', 'a'), await add('e', 'c')], [true, false, true]);
    assert.deepEqual(idsOf(await keys.list(owner)).toSorted(), ['a', 'c', 'e']);
  });

  test('20 first starts at once agree on one key, and 20 rolls on one successor', async (t) => {
    const { keys } = await makeStore(t);
    const race = (succeeds: string | undefined, name: string) =>
      Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          keys.change(COOKIE, { add: newKey(`${name}-${at}`, COOKIE, { succeeds }) }),
        ),
      );
    assert.equal((await race(undefined, 'first')).filter(Boolean).length, 1);
    const [first] = await keys.list(COOKIE);
    assert.equal((await race(first?.id, 'second')).filter(Boolean).length, 1);
    assert.equal((await keys.list(COOKIE)).length, 2);
  });
}

function describeTakingAway(makeStore: MakeStore): void {
  test('a key is withdrawn at its moment together with what comes in its place, or neither happens', async (t) => {
    const { keys } = await makeStore(t);
    const [a, b, c] = ['a', 'b', 'c'].map((id, at, all) =>
      newKey(id, COOKIE, { succeeds: all[at - 1], currentFrom: AT + at }),
    );
    await keys.change(COOKIE, { add: a });
    assert.equal(await keys.change(COOKIE, { add: b, withdraw: [{ id: 'a', at: AT + 9 }] }), true);
    assert.equal((await keys.list(COOKIE))[0]?.withdrawnAt, AT + 9);
    assert.equal(await keys.change(COOKIE, { add: c, withdraw: [{ id: 'a', at: AT + 1 }] }), false);
    assert.deepEqual(idsOf(await keys.list(COOKIE)), ['a', 'b'], 'the key that would have come did not');
    assert.equal((await keys.list(COOKIE))[0]?.withdrawnAt, AT + 9, 'a withdrawal does not move');
  });

  test('a wiped secret is gone for good, and its key is withdrawn; an earlier withdrawal keeps its moment', async (t) => {
    const { keys } = await makeStore(t);
    await keys.change(COOKIE, { add: newKey('a', COOKIE), withdraw: [{ id: 'a', at: AT + 3 }] });
    await keys.change(COOKIE, { add: newKey('b', COOKIE, { succeeds: 'a', currentFrom: AT + 3 }) });
    await keys.change(COOKIE, { add: newKey('c', COOKIE, { succeeds: 'b', currentFrom: AT + 4 }) });
    await keys.wipe(COOKIE, ['a', 'b'], AT + 7);
    const facts = (await keys.list(COOKIE)).map(({ id, secret, withdrawnAt }) => [id, secret, withdrawnAt]);
    assert.deepEqual(facts, [
      ['a', undefined, AT + 3],
      ['b', undefined, AT + 7],
      ['c', 'secret of c', undefined],
    ]);
  });

  test('every change is counted once, and what changed nothing is not', async (t) => {
    const { keys, revision } = await makeStore(t);
    const before = await revision();
    const grew = async () => (await revision()) - before;
    await keys.change(COOKIE, { add: newKey('a', COOKIE) });
    assert.equal(await grew(), 1);
    await keys.change(COOKIE, { add: newKey('b', COOKIE) });
    await keys.wipe(COOKIE, [], AT);
    assert.equal(await grew(), 1);
    await keys.change(COOKIE, { withdraw: [{ id: 'a', at: AT }] });
    await keys.wipe(COOKIE, ['a'], AT);
    assert.equal(await grew(), 3);
  });
}

function describeApart(makeStore: MakeStore): void {
  test('kinds and purposes do not stand in each other’s way, and come in the order in which they sign', async (t) => {
    const { keys, tenantId } = await makeStore(t);
    const owner = signingOf(tenantId);
    await keys.change(owner, { add: newKey('ec-1', owner, { currentFrom: AT + 1 }) });
    await keys.change(owner, { add: newKey('okp-1', owner, { kind: 'okp' }) });
    await keys.change(COOKIE, { add: newKey('cookie-1', COOKIE) });
    await keys.change(DIGEST, { add: newKey('digest-1', DIGEST) });
    assert.deepEqual(idsOf(await keys.list(owner)), ['okp-1', 'ec-1']);
    assert.deepEqual(idsOf(await keys.list(COOKIE)), ['cookie-1']);
    assert.deepEqual(idsOf(await keys.list(DIGEST)), ['digest-1']);
  });

  test('a tenant neither sees nor touches the keys of another, nor of the installation', async (t) => {
    const { keys, tenantId, otherTenantId } = await makeStore(t);
    const [owner, other] = [signingOf(tenantId), signingOf(otherTenantId)];
    await keys.change(owner, { add: newKey('ec-1', owner) });
    await keys.change(COOKIE, { add: newKey('cookie-1', COOKIE) });
    assert.deepEqual(await keys.list(other), []);
    for (const id of ['ec-1', 'cookie-1']) {
      assert.equal(await keys.change(other, { withdraw: [{ id, at: AT }] }), false, id);
      await keys.wipe(other, [id], AT);
    }
    await keys.change(other, { add: newKey('ec-2', other) });
    assert.deepEqual(await keys.list(other), [kept(newKey('ec-2', other))]);
    assert.deepEqual(await keys.list(owner), [kept(newKey('ec-1', owner))]);
    assert.deepEqual(await keys.list(COOKIE), [kept(newKey('cookie-1', COOKIE))]);
  });
}

/** What every KeyStore must do. */
export function describeKeyStoreContract(name: string, makeStore: MakeStore): void {
  describe(`KeyStore on ${name}`, () => {
    describeAdding(makeStore);
    describeTakingAway(makeStore);
    describeApart(makeStore);
  });
}
