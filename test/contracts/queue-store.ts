import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { AccountId } from '#src/account/account.ts';
import type { ClaimedItem, QueueItem, QueueStore } from '#src/message/queue-ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A QueueStore that holds nothing yet, and somebody to write to in each of two tenants. */
export interface QueueStoreSetting {
  queue: QueueStore;
  tenantId: TenantId;
  otherTenantId: TenantId;
  accountId: AccountId;
}

type MakeStore = (t: TestContext) => Promise<QueueStoreSetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const LEASE = 60_000;

const claim = (queue: QueueStore, at = AT, most = 20) => queue.claim({ at, leaseUntil: at + LEASE, most });
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

/** An item of the setting's person. */
function newItem(
  { tenantId, accountId }: Pick<QueueStoreSetting, 'tenantId' | 'accountId'>,
  changes: Partial<QueueItem> = {},
): QueueItem {
  return {
    ...{ id: randomUUID(), tenantId, accountId, kind: 'message', payload: '{"to":"é€😀"}' },
    ...{ channel: 'sms', ending: '78', createdAt: AT, expiresAt: AT + 3_600_000 },
    ...changes,
  };
}

/** One item that was put in and taken out. */
async function withClaimed(makeStore: MakeStore, t: TestContext) {
  const setting = await makeStore(t);
  const item = newItem(setting);
  await setting.queue.put([item]);
  const [claimed] = await claim(setting.queue);
  assert.ok(claimed !== undefined, 'it was not given out');
  const records = () => setting.queue.ofAccount(setting.tenantId, setting.accountId, 10);
  return { ...setting, item, claimed, records };
}

function describeTaking(makeStore: MakeStore): void {
  test('an item comes out as it was put in, whatever tenant it is of', async (t) => {
    const setting = await makeStore(t);
    const { queue, otherTenantId } = setting;
    const items = [
      newItem(setting),
      newItem(setting, {
        ...{ tenantId: otherTenantId, accountId: undefined, kind: 'recovery', createdAt: AT + 1 },
        ...{ channel: undefined, ending: undefined, payload: '' },
      }),
    ];
    await queue.put(items);
    const expected = items.map((item): ClaimedItem => ({ ...item, attempts: 1, unreadable: false }));
    assert.deepEqual(await claim(queue, AT + 1), expected);
  });

  test('put twice, in one call or in two, it is there once and stays as it was', async (t) => {
    const setting = await makeStore(t);
    const { queue } = setting;
    const item = newItem(setting);
    const again = { ...item, payload: 'other', tenantId: setting.otherTenantId };
    await queue.put([item, item]);
    await queue.put([again]);
    await queue.put([]);
    assert.deepEqual(
      (await claim(queue)).map(({ id, payload }) => ({ id, payload })),
      [{ id: item.id, payload: item.payload }],
    );
  });

  test('what is put in again after it is over is not done again', async (t) => {
    const { queue, item, claimed } = await withClaimed(makeStore, t);
    await queue.done(claimed, { at: AT });
    await queue.put([item]);
    assert.deepEqual(await claim(queue, AT + LEASE), []);
  });

  test('the oldest come first, no more than are asked for, and none before its time', async (t) => {
    const setting = await makeStore(t);
    const { queue } = setting;
    const items = [4, 2, 3, 1].map((minute) => newItem(setting, { createdAt: AT + minute * 60_000 }));
    await queue.put(items);
    assert.deepEqual(await claim(queue, AT), []);
    const byAge = ids(items.toSorted((one, other) => one.createdAt - other.createdAt));
    assert.deepEqual(ids(await claim(queue, AT + 3 * 60_000, 2)), byAge.slice(0, 2));
    assert.deepEqual(ids(await claim(queue, AT + 3 * 60_000, 2)), byAge.slice(2, 3));
  });

  test('no two who take at once get the same, and together they get all', async (t) => {
    const setting = await makeStore(t);
    const { queue } = setting;
    const items = Array.from({ length: 60 }, () => newItem(setting));
    await queue.put(items);
    const taken = await Promise.all(Array.from({ length: 10 }, () => claim(queue, AT, 7)));
    assert.ok(taken.every((batch) => batch.length <= 7));
    const rest = await claim(queue, AT, 60);
    assert.deepEqual(ids([...taken.flat(), ...rest]).sort(), ids(items).sort());
  });

  test('a lease that ran out lets somebody else try', async (t) => {
    const { queue, item } = await withClaimed(makeStore, t);
    assert.deepEqual(await claim(queue, AT + LEASE - 1), []);
    const [again] = await claim(queue, AT + LEASE);
    assert.deepEqual([again?.id, again?.attempts, again?.payload], [item.id, 2, item.payload]);
  });
}

function describeEnding(makeStore: MakeStore): void {
  test('what is to be tried again waits until then', async (t) => {
    const { queue, claimed, records } = await withClaimed(makeStore, t);
    await queue.retry(claimed, { nextAt: AT + 30_000, fault: 'balance' });
    assert.deepEqual(await claim(queue, AT + 29_999), []);
    const [record] = await records();
    assert.deepEqual([record?.state, record?.attempts, record?.fault], ['waiting', 1, 'balance']);
    assert.equal((await claim(queue, AT + 30_000))[0]?.attempts, 2);
  });

  test('what is done says by whom, and what went wrong before no more', async (t) => {
    const { queue, item, claimed, records } = await withClaimed(makeStore, t);
    await queue.retry(claimed, { nextAt: AT, fault: 'unreachable' });
    const [second] = await claim(queue);
    assert.ok(second !== undefined, 'it was not given out again');
    const delivery = randomUUID();
    await queue.done(second, { at: AT + 5, supplier: 'http', delivery });
    assert.deepEqual(await records(), [
      {
        ...{ id: item.id, kind: 'message', channel: 'sms', ending: '78', state: 'done', attempts: 2 },
        ...{ createdAt: AT, endedAt: AT + 5, supplier: 'http', deliveryState: undefined, fault: undefined },
      },
    ]);
    assert.deepEqual(await claim(queue, AT + 10 * LEASE), []);
  });

  test('what is dead keeps its fault, and is given out no more', async (t) => {
    const { queue, claimed, records } = await withClaimed(makeStore, t);
    await queue.dead(claimed, { at: AT + 7, fault: 'number' });
    const [record] = await records();
    assert.deepEqual(
      [record?.state, record?.endedAt, record?.fault, record?.supplier],
      ['dead', AT + 7, 'number', undefined],
    );
    assert.deepEqual(await claim(queue, AT + 10 * LEASE), []);
  });

  test('who comes too late decides nothing but that it is done', async (t) => {
    const { queue, claimed: late, records } = await withClaimed(makeStore, t);
    await claim(queue, AT + LEASE);
    await queue.dead(late, { at: AT + LEASE, fault: 'number' });
    await queue.retry(late, { nextAt: AT, fault: 'balance' });
    const [held] = await records();
    assert.deepEqual([held?.state, held?.fault], ['waiting', undefined]);
    assert.deepEqual(await claim(queue, AT + LEASE), [], 'it is still the other one’s');
    await queue.done(late, { at: AT + LEASE });
    assert.equal((await records())[0]?.state, 'done');
    assert.deepEqual(await claim(queue, AT + 10 * LEASE), []);
  });
}

function describeNews(makeStore: MakeStore): void {
  test('the depth counts all tenants: what waits, what is dead, and since when', async (t) => {
    const setting = await makeStore(t);
    const { queue, otherTenantId } = setting;
    const kind = 'message';
    assert.deepEqual(await queue.depth(), []);
    await queue.put([newItem(setting), newItem(setting, { createdAt: AT + 1 })]);
    await queue.put([newItem(setting, { tenantId: otherTenantId, createdAt: AT - 5 })]);
    assert.deepEqual(await queue.depth(), [{ kind, waiting: 3, dead: 0, oldestAt: AT - 5 }]);
    const [oldest, next] = await claim(queue, AT + 1);
    assert.ok(oldest !== undefined && next !== undefined, 'nothing was given out');
    await queue.dead(oldest, { at: AT, fault: 'number' });
    await queue.done(next, { at: AT });
    assert.deepEqual(await queue.depth(), [{ kind, waiting: 1, dead: 1, oldestAt: AT + 1 }]);
  });

  test('the depth of one kind says nothing of another, also of one that only a newer version knows', async (t) => {
    const setting = await makeStore(t);
    const { queue } = setting;
    const kinds = ['message', 'back-channel-logout', 'recovery', 'from-tomorrow'];
    const items = kinds.map((kind, at) => newItem(setting, { kind, createdAt: AT + at }));
    await queue.put([...items, newItem(setting, { kind: 'recovery', createdAt: AT + 9 })]);
    const [message, logout, recovery] = await claim(queue, AT + 9);
    assert.ok(message !== undefined && logout !== undefined && recovery !== undefined);
    await queue.done(message, { at: AT });
    await queue.dead(logout, { at: AT, fault: 'timeout' });
    await queue.dead(recovery, { at: AT, fault: 'malformed' });
    const depths = (await queue.depth()).toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
    assert.deepEqual(depths, [
      { kind: 'back-channel-logout', waiting: 0, dead: 1, oldestAt: undefined },
      { kind: 'from-tomorrow', waiting: 1, dead: 0, oldestAt: AT + 3 },
      { kind: 'recovery', waiting: 1, dead: 1, oldestAt: AT + 9 },
    ]);
  });

  test('a person’s messages are told newest first, and nobody else’s', async (t) => {
    const setting = await makeStore(t);
    const { queue, tenantId, otherTenantId, accountId } = setting;
    const items = [1, 3, 2].map((minute) => newItem(setting, { createdAt: AT + minute }));
    const others = [
      newItem(setting, { accountId: randomUUID() }),
      newItem(setting, { accountId: undefined }),
    ];
    await queue.put([...items, ...others, newItem(setting, { tenantId: otherTenantId })]);
    const newest = ids(items.toSorted((one, other) => other.createdAt - one.createdAt));
    assert.deepEqual(ids(await queue.ofAccount(tenantId, accountId, 10)), newest);
    assert.deepEqual(ids(await queue.ofAccount(tenantId, accountId, 2)), newest.slice(0, 2));
    assert.deepEqual(await queue.ofAccount(tenantId, 'nobody', 10), []);
  });

  test('news of a message is kept with it; late news of less is none', async (t) => {
    const { queue, tenantId, otherTenantId, claimed, records } = await withClaimed(makeStore, t);
    const delivery = randomUUID();
    assert.equal(await queue.report(tenantId, delivery, 'accepted'), undefined);
    await queue.done(claimed, { at: AT, supplier: 'messagebird', delivery });
    const stateAfter = async (state: 'accepted' | 'delivered' | 'failed') => {
      assert.deepEqual(await queue.report(tenantId, delivery, state), { accountId: claimed.accountId });
      return (await records())[0]?.deliveryState;
    };
    assert.equal(await stateAfter('accepted'), 'accepted');
    assert.equal(await stateAfter('delivered'), 'delivered');
    assert.equal(await stateAfter('accepted'), 'delivered');
    assert.equal(await stateAfter('failed'), 'failed');
    assert.equal(await queue.report(otherTenantId, delivery, 'delivered'), undefined);
    assert.equal((await records())[0]?.deliveryState, 'failed');
  });
}

/** What every QueueStore must do. */
export function describeQueueStoreContract(name: string, makeStore: MakeStore): void {
  describe(`QueueStore on ${name}`, () => {
    describeTaking(makeStore);
    describeEnding(makeStore);
    describeNews(makeStore);
  });
}
