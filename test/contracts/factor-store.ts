import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { AccountId } from '#src/account/account.ts';
import type { FactorStore, NewFactor } from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { describeFactorChanges } from './factor-changes.ts';

/** A FactorStore, and people without a factor in two tenants. */
export interface FactorStoreSetting {
  factors: FactorStore;
  tenantId: TenantId;
  accountId: AccountId;
  colleagueId: AccountId;
  otherTenantId: TenantId;
}

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);

/** What a factor has before its person wishes anything, or another one took its place. */
const PLAIN = { preferredAt: undefined, coolsUntil: undefined };

function totp(tenantId: TenantId, accountId: AccountId): NewFactor {
  return {
    id: randomUUID(),
    tenantId,
    accountId,
    kind: 'totp',
    label: 'Telefoon',
    data: '{"seed":"JBSWY3DPEHPK3PXP"}',
    identity: undefined,
    lastCounter: 58_000_000,
  };
}

/** A method that is known by something outside. */
function phone(tenantId: TenantId, accountId: AccountId, identity: string): NewFactor {
  return { ...totp(tenantId, accountId), kind: 'sms', identity, lastCounter: undefined };
}

function describeAdding(makeStore: (t: TestContext) => Promise<FactorStoreSetting>): void {
  test('a first factor comes back as it was proved, which counts as a use', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const factor = totp(tenantId, accountId);
    assert.deepEqual(await factors.list(tenantId, accountId), []);
    assert.equal(await factors.addFirst(factor, AT), true);
    assert.deepEqual(await factors.list(tenantId, accountId), [
      { ...factor, ...PLAIN, createdAt: AT, lastUsedAt: AT },
    ]);
  });

  test('of 20 first factors at once one is added', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const added = await Promise.all(
      Array.from({ length: 20 }, () => factors.addFirst(totp(tenantId, accountId), AT)),
    );
    assert.equal(added.filter(Boolean).length, 1);
    assert.equal((await factors.list(tenantId, accountId)).length, 1);
  });

  test('a refused factor leaves nothing behind, and a colleague is not in the way', async (t) => {
    const { factors, tenantId, accountId, colleagueId } = await makeStore(t);
    const first = totp(tenantId, accountId);
    assert.equal(await factors.addFirst(first, AT), true);
    assert.equal(await factors.addFirst(totp(tenantId, accountId), AT + 1), false);
    assert.deepEqual(
      (await factors.list(tenantId, accountId)).map((factor) => factor.id),
      [first.id],
    );
    assert.equal(await factors.addFirst(totp(tenantId, colleagueId), AT), true);
  });

  test('a factor that can not be kept does not count as the first', async (t) => {
    const { factors, tenantId, accountId, colleagueId } = await makeStore(t);
    const taken = totp(tenantId, colleagueId);
    await factors.addFirst(taken, AT);
    await assert.rejects(factors.addFirst({ ...totp(tenantId, accountId), id: taken.id }, AT));
    assert.equal(await factors.addFirst(totp(tenantId, accountId), AT), true);
  });
}

function describeAddingFurther(makeStore: (t: TestContext) => Promise<FactorStoreSetting>): void {
  test('a further factor comes back as it was proved, before the first one', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const [first, further] = [totp(tenantId, accountId), phone(tenantId, accountId, 'digest')];
    await factors.addFirst(first, AT);
    assert.equal(await factors.add(further, AT + 1), true);
    assert.deepEqual(await factors.list(tenantId, accountId), [
      { ...further, ...PLAIN, createdAt: AT + 1, lastUsedAt: AT + 1 },
      { ...first, ...PLAIN, createdAt: AT, lastUsedAt: AT },
    ]);
  });

  test('nobody gets a further factor without a first one', async (t) => {
    const { factors, tenantId, accountId, colleagueId } = await makeStore(t);
    await factors.addFirst(totp(tenantId, colleagueId), AT);
    assert.equal(await factors.add(totp(tenantId, accountId), AT), false);
    assert.deepEqual(await factors.list(tenantId, accountId), []);
    assert.equal(await factors.addFirst(totp(tenantId, accountId), AT), true);
  });

  test('a person has an identity of a kind once; another kind, another person and none at all may be had again', async (t) => {
    const { factors, tenantId, accountId, colleagueId } = await makeStore(t);
    await factors.addFirst(phone(tenantId, accountId, 'one'), AT);
    assert.equal(await factors.add(phone(tenantId, accountId, 'one'), AT), false);
    assert.equal(await factors.add(phone(tenantId, accountId, 'other'), AT), true);
    assert.equal(await factors.add({ ...phone(tenantId, accountId, 'one'), kind: 'voice' }, AT), true);
    for (let i = 0; i < 2; i += 1) assert.equal(await factors.add(totp(tenantId, accountId), AT), true);
    assert.equal(await factors.addFirst(phone(tenantId, colleagueId, 'one'), AT), true);
    assert.equal((await factors.list(tenantId, accountId)).length, 5);
  });

  test('of 20 further factors of one identity at once one is added', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    await factors.addFirst(totp(tenantId, accountId), AT);
    const added = await Promise.all(
      Array.from({ length: 20 }, () => factors.add(phone(tenantId, accountId, 'one'), AT)),
    );
    assert.equal(added.filter(Boolean).length, 1);
    assert.equal((await factors.list(tenantId, accountId)).length, 2);
  });

  test('accounts are counted by kind and identity, in their own tenant', async (t) => {
    const { factors, tenantId, accountId, colleagueId, otherTenantId } = await makeStore(t);
    assert.equal(await factors.countAccounts(tenantId, 'sms', 'one'), 0);
    await factors.addFirst(phone(tenantId, accountId, 'one'), AT);
    await factors.add(phone(tenantId, accountId, 'other'), AT);
    assert.equal(await factors.countAccounts(tenantId, 'sms', 'one'), 1);
    await factors.addFirst(totp(tenantId, colleagueId), AT);
    await factors.add(phone(tenantId, colleagueId, 'one'), AT);
    assert.equal(await factors.countAccounts(tenantId, 'sms', 'one'), 2);
    assert.equal(await factors.countAccounts(tenantId, 'sms', 'other'), 1);
    assert.equal(await factors.countAccounts(tenantId, 'totp', 'one'), 0);
    assert.equal(await factors.countAccounts(otherTenantId, 'sms', 'one'), 0);
    assert.equal(await factors.countAccounts(tenantId, 'sms', 'one\0'), 0);
  });
}

function describeStrangers(makeStore: (t: TestContext) => Promise<FactorStoreSetting>): void {
  test('nobody gets a factor in a tenant that is not theirs', async (t) => {
    const { factors, tenantId, accountId, otherTenantId } = await makeStore(t);
    assert.equal(await factors.addFirst(totp(otherTenantId, accountId), AT), false);
    await factors.addFirst(totp(tenantId, accountId), AT);
    assert.equal(await factors.add(totp(otherTenantId, accountId), AT), false);
    assert.deepEqual(await factors.list(otherTenantId, accountId), []);
  });

  test('a malformed id is nobody’s', async (t) => {
    const { factors, tenantId } = await makeStore(t);
    assert.deepEqual(await factors.list(tenantId, "' or true --"), []);
    assert.equal(await factors.addFirst(totp(tenantId, 'nobody\0'), AT), false);
    assert.equal(await factors.add(totp(tenantId, 'nobody\0'), AT), false);
    assert.equal(await factors.use(tenantId, 'nothing', { counter: 1 }, AT), false);
  });
}

function describeUsing(makeStore: (t: TestContext) => Promise<FactorStoreSetting>): void {
  test('a counter is accepted once, and never an earlier one', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const factor = totp(tenantId, accountId);
    await factors.addFirst(factor, AT);
    assert.equal(await factors.use(tenantId, factor.id, { counter: 58_000_000 }, AT + 1), false);
    assert.equal(await factors.use(tenantId, factor.id, { counter: 58_000_002 }, AT + 2), true);
    assert.equal(await factors.use(tenantId, factor.id, { counter: 58_000_002 }, AT + 3), false);
    assert.equal(await factors.use(tenantId, factor.id, { counter: 58_000_001 }, AT + 4), false);
    const [used] = await factors.list(tenantId, accountId);
    assert.equal(used?.lastCounter, 58_000_002);
    assert.equal(used?.lastUsedAt, AT + 2);
  });

  test('of 50 uses of one counter at once one is accepted', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const factor = totp(tenantId, accountId);
    await factors.addFirst(factor, AT);
    const accepted = await Promise.all(
      Array.from({ length: 50 }, () => factors.use(tenantId, factor.id, { counter: 58_000_001 }, AT + 1)),
    );
    assert.equal(accepted.filter(Boolean).length, 1);
  });

  test('a factor that never counted starts with any counter, up to the largest', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const factor = { ...totp(tenantId, accountId), lastCounter: undefined };
    await factors.addFirst(factor, AT);
    assert.equal((await factors.list(tenantId, accountId))[0]?.lastCounter, undefined);
    assert.equal(await factors.use(tenantId, factor.id, { counter: 0 }, AT), true);
    assert.equal(await factors.use(tenantId, factor.id, { counter: Number.MAX_SAFE_INTEGER }, AT), true);
    assert.equal((await factors.list(tenantId, accountId))[0]?.lastCounter, Number.MAX_SAFE_INTEGER);
  });

  test('a factor is used in its own tenant only', async (t) => {
    const { factors, tenantId, accountId, otherTenantId } = await makeStore(t);
    const factor = totp(tenantId, accountId);
    await factors.addFirst(factor, AT);
    assert.equal(await factors.use(otherTenantId, factor.id, { counter: 58_000_001 }, AT), false);
    assert.equal((await factors.list(tenantId, accountId))[0]?.lastCounter, factor.lastCounter);
  });

  test('a use without a counter is recorded, and leaves the counter where it is', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const factor = totp(tenantId, accountId);
    await factors.addFirst(factor, AT);
    for (const at of [AT + 1, AT + 2]) assert.equal(await factors.use(tenantId, factor.id, {}, at), true);
    assert.deepEqual(await factors.list(tenantId, accountId), [
      { ...factor, ...PLAIN, createdAt: AT, lastUsedAt: AT + 2 },
    ]);
    assert.equal(await factors.use(tenantId, randomUUID(), {}, AT), false);
  });

  test('a use replaces the data with its own, and a refused one does not', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const factor = totp(tenantId, accountId);
    await factors.addFirst(factor, AT);
    const dataOf = async () => (await factors.list(tenantId, accountId))[0]?.data;
    assert.equal(await factors.use(tenantId, factor.id, { counter: 58_000_001, data: '{"a":1}' }, AT), true);
    assert.equal(await dataOf(), '{"a":1}');
    assert.equal(await factors.use(tenantId, factor.id, { counter: 58_000_001, data: '{"a":2}' }, AT), false);
    assert.equal(await dataOf(), '{"a":1}');
    assert.equal(await factors.use(tenantId, factor.id, { data: '{"a":3}' }, AT), true);
    assert.equal(await dataOf(), '{"a":3}');
  });

  test('the factor that was used last comes first', async (t) => {
    const { factors, tenantId, accountId } = await makeStore(t);
    const [first, further] = [totp(tenantId, accountId), totp(tenantId, accountId)];
    await factors.addFirst(first, AT);
    await factors.add(further, AT + 1);
    await factors.use(tenantId, first.id, {}, AT + 2);
    assert.deepEqual(
      (await factors.list(tenantId, accountId)).map(({ id }) => id),
      [first.id, further.id],
    );
  });
}

/** What every FactorStore must do. */
export function describeFactorStoreContract(
  name: string,
  makeStore: (t: TestContext) => Promise<FactorStoreSetting>,
): void {
  describe(`FactorStore on ${name}`, () => {
    describeAdding(makeStore);
    describeAddingFurther(makeStore);
    describeStrangers(makeStore);
    describeUsing(makeStore);
    describeFactorChanges(makeStore);
  });
}
