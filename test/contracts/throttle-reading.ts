import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThrottleStore, WaitCounter, WindowCounter } from '#src/lockout/ports.ts';
import type { MakeBench } from './volatile-bench.ts';

const wait: WaitCounter = { kind: 'wait', key: 'account', free: 3, base: 30, max: 120, memory: 3_600 };
const window: WindowCounter = { kind: 'window', key: 'address', limit: 2, window: 600 };

/** What every ThrottleStore tells operators. */
export function describeReading(makeStore: MakeBench<ThrottleStore>): void {
  test('what counters hold is told in the order asked, without those that hold nothing', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    assert.deepEqual(await store.read(tenantId, [], now()), []);
    assert.deepEqual(await store.read(tenantId, [wait, window], now()), []);
    await store.take(tenantId, [wait, window], now());
    const held = (key: string) => ({ key, count: 1, until: undefined });
    const never: WaitCounter = { ...wait, key: 'never' };
    const read = await store.read(tenantId, [window, never, wait], now());
    assert.deepEqual(read, [held(window.key), held(wait.key)]);
  });

  test('a counter that refuses is told with the moment that a try would be told', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    for (let i = 0; i < window.limit; i += 1) await store.take(tenantId, [window], now());
    for (const [counter, count] of [
      [wait, wait.free],
      [window, window.limit],
    ] as const) {
      const refused = await store.take(tenantId, [counter], now());
      assert.equal(refused.allowed, false);
      const read = await store.read(tenantId, [counter], now());
      assert.deepEqual(read, [{ key: counter.key, count, until: 'until' in refused ? refused.until : 0 }]);
    }
  });

  test('a wait that is over refuses nobody and is still counted, until it is forgotten', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    await pass(wait.base * 1000);
    const over = [{ key: wait.key, count: wait.free, until: undefined }];
    assert.deepEqual(await store.read(tenantId, [wait], now()), over);
    await pass((wait.memory - wait.base) * 1000);
    assert.deepEqual(await store.read(tenantId, [wait], now()), []);
  });

  test('reading changes nothing, also where the clock was set back', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    await pass(-3_600_000);
    const refused = [{ key: wait.key, count: wait.free, until: now() + 30_000 }];
    for (let i = 0; i < 3; i += 1) assert.deepEqual(await store.read(tenantId, [wait], now()), refused);
    await pass(5_000);
    // Nothing was moved: the wait is told anew from now on, as a try would find it.
    const later = [{ key: wait.key, count: wait.free, until: now() + 30_000 }];
    assert.deepEqual(await store.read(tenantId, [wait], now()), later);
  });

  test('a counter of one kind is none of the other', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    await store.take(tenantId, [wait], now());
    assert.deepEqual(await store.read(tenantId, [{ ...window, key: wait.key }], now()), []);
  });

  test('tenants are walls: nothing is told of another tenant’s counters', async (t) => {
    const { store, tenantId, otherTenantId, now } = await makeStore(t);
    await store.take(tenantId, [wait], now());
    assert.deepEqual(await store.read(otherTenantId, [wait], now()), []);
  });
}
