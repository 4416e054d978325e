import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ThrottleStore, WaitCounter, WindowCounter } from '#src/lockout/ports.ts';
import { describeThrottleModel } from './throttle-model.ts';
import { describeReading } from './throttle-reading.ts';
import type { MakeBench } from './volatile-bench.ts';

const wait: WaitCounter = { kind: 'wait', key: 'account', free: 3, base: 30, max: 120, memory: 3_600 };
const window: WindowCounter = { kind: 'window', key: 'address', limit: 2, window: 600 };

/** What every ThrottleStore keeps to; the model in the file beside decides the rest. */
export function describeThrottleStoreContract(name: string, makeStore: MakeBench<ThrottleStore>): void {
  describe(`${name} as throttle store`, () => {
    describeWaits(makeStore);
    describeWindows(makeStore);
    describePeeking(makeStore);
    describeSettling(makeStore);
    describeTogether(makeStore);
    describeClockSetBack(makeStore);
    describeReading(makeStore);
    describeThrottleModel(makeStore);
  });
}

function describeWaits(makeStore: MakeBench<ThrottleStore>): void {
  test('after the free tries each failure doubles the wait, up to the longest', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    let at = now();
    for (let i = 0; i < wait.free; i += 1) {
      assert.deepEqual(await store.take(tenantId, [wait], at), { allowed: true });
    }
    for (const seconds of [30, 60, 120, 120]) {
      const until = at + seconds * 1000;
      const refused = { allowed: false, until, counter: wait.key };
      assert.deepEqual(await store.take(tenantId, [wait], at), refused);
      assert.deepEqual(await store.take(tenantId, [wait], until - 1), refused);
      at = until;
      assert.deepEqual(await store.take(tenantId, [wait], at), { allowed: true });
    }
  });

  test('a failure is forgotten after its memory, and not before', async (t) => {
    for (const [passed, free] of [
      [wait.memory - 1, 0],
      [wait.memory, wait.free - 1],
    ] as const) {
      const { store, tenantId, now, pass } = await makeStore(t);
      for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
      await pass(passed * 1000);
      assert.deepEqual(await store.take(tenantId, [wait], now()), { allowed: true });
      const next = await store.take(tenantId, [wait], now());
      assert.equal(next.allowed, free > 0);
    }
  });

  test('a wait longer than the memory is served to its end', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    const long: WaitCounter = { kind: 'wait', key: 'k', free: 1, base: 900, max: 900, memory: 60 };
    const start = now();
    await store.take(tenantId, [long], start);
    await pass(899_000);
    const until = start + 900_000;
    assert.deepEqual(await store.take(tenantId, [long], now()), { allowed: false, until, counter: long.key });
    await pass(1_000);
    assert.deepEqual(await store.take(tenantId, [long], now()), { allowed: true });
  });
}

function describeWindows(makeStore: MakeBench<ThrottleStore>): void {
  test('a window takes its limit and opens again at its end, counted from the first failure', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    const refused = { allowed: false, until: now() + 600_000, counter: window.key };
    await store.take(tenantId, [window], now());
    await pass(300_000);
    await store.take(tenantId, [window], now());
    assert.deepEqual(await store.take(tenantId, [window], now()), refused);
    await pass(299_000);
    assert.deepEqual(await store.take(tenantId, [window], now()), refused);
    await pass(1_000);
    assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
  });

  test('50 parallel tries get no more than the limit', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    const tries = Array.from({ length: 50 }, () => store.take(tenantId, [wait, window], now()));
    assert.equal((await Promise.all(tries)).filter((taken) => taken.allowed).length, window.limit);
  });

  test('tenants are walls: one tenant’s failures are none of another’s', async (t) => {
    const { store, tenantId, otherTenantId, now } = await makeStore(t);
    for (let i = 0; i < window.limit; i += 1) await store.take(tenantId, [window], now());
    assert.deepEqual(await store.take(otherTenantId, [window], now()), { allowed: true });
    await store.settle(otherTenantId, { clear: [window.key], giveBack: [] });
    assert.equal((await store.take(tenantId, [window], now())).allowed, false);
  });
}

function describePeeking(makeStore: MakeBench<ThrottleStore>): void {
  test('a counter that is only looked at refuses when full and counts nothing', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    const looked: WindowCounter = { ...window, peek: true };
    for (let i = 0; i < window.limit + 2; i += 1) {
      assert.deepEqual(await store.take(tenantId, [looked], now()), { allowed: true });
    }
    for (let i = 0; i < window.limit; i += 1) {
      assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
    }
    assert.equal((await store.take(tenantId, [looked], now())).allowed, false);
  });
}

function describeSettling(makeStore: MakeBench<ThrottleStore>): void {
  test('clearing forgets a counter; giving back takes one try off it', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    const many: WindowCounter = { ...window, limit: 3 };
    for (let i = 0; i < 3; i += 1) await store.take(tenantId, [wait, many], now());
    await store.settle(tenantId, { clear: [wait.key], giveBack: [many.key] });
    assert.deepEqual(await store.take(tenantId, [wait, many], now()), { allowed: true });
    assert.deepEqual(await store.take(tenantId, [wait], now()), { allowed: true });
    assert.equal((await store.take(tenantId, [many], now())).allowed, false);
  });

  test('giving back never goes below zero, whether or not anything was counted', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    await store.take(tenantId, [window], now());
    for (let i = 0; i < 5; i += 1) await store.settle(tenantId, { clear: [], giveBack: [window.key, 'new'] });
    for (let i = 0; i < window.limit; i += 1) {
      assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
    }
    assert.equal((await store.take(tenantId, [window], now())).allowed, false);
  });

  test('a window that is given back has room for one more, and ends when it would have', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    const refused = { allowed: false, until: now() + 600_000, counter: window.key };
    await store.take(tenantId, [window], now());
    await pass(300_000);
    await store.take(tenantId, [window], now());
    await pass(100_000);
    await store.settle(tenantId, { clear: [], giveBack: [window.key] });
    assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
    assert.deepEqual(await store.take(tenantId, [window], now()), refused);
    await pass(199_999);
    assert.deepEqual(await store.take(tenantId, [window], now()), refused);
    await pass(1);
    for (let i = 0; i < window.limit; i += 1) {
      assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
    }
    assert.equal((await store.take(tenantId, [window], now())).allowed, false);
  });

  test('giving back the try that set the first wait lifts that wait', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    await store.settle(tenantId, { clear: [], giveBack: [wait.key] });
    assert.deepEqual(await store.take(tenantId, [wait], now()), { allowed: true });
    assert.equal((await store.take(tenantId, [wait], now())).allowed, false);
  });

  test('giving back a later try lifts the wait that it had set', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    const later = now() + wait.base * 1000;
    assert.deepEqual(await store.take(tenantId, [wait], later), { allowed: true });
    await store.settle(tenantId, { clear: [], giveBack: [wait.key] });
    assert.deepEqual(await store.take(tenantId, [wait], later), { allowed: true });
  });

  test('settling nothing and taking on no counter change nothing', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    assert.deepEqual(await store.take(tenantId, [], now()), { allowed: true });
    await store.settle(tenantId, { clear: [], giveBack: [] });
    await store.settle(tenantId, { clear: ['never'], giveBack: [] });
    assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
  });
}

function describeTogether(makeStore: MakeBench<ThrottleStore>): void {
  test('when one counter refuses none is counted, and the latest refusal is told with its counter', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    const shorter: WindowCounter = { kind: 'window', key: 'shorter', limit: 1, window: 60 };
    const untouched: WindowCounter = { kind: 'window', key: 'untouched', limit: 1, window: 60 };
    for (let i = 0; i < window.limit; i += 1) await store.take(tenantId, [window], now());
    await store.take(tenantId, [shorter], now());
    const refused = { allowed: false, until: now() + 600_000, counter: window.key };
    assert.deepEqual(await store.take(tenantId, [untouched, window, shorter], now()), refused);
    assert.deepEqual(await store.take(tenantId, [shorter, untouched, window], now()), refused);
    assert.deepEqual(await store.take(tenantId, [untouched], now()), { allowed: true });
  });

  test('of counters that refuse for equally long the first one named is told', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    const twin: WindowCounter = { ...window, key: 'twin' };
    for (let i = 0; i < window.limit; i += 1) await store.take(tenantId, [window, twin], now());
    for (const named of [
      [window, twin],
      [twin, window],
    ]) {
      const refused = { allowed: false, until: now() + 600_000, counter: named[0]?.key };
      assert.deepEqual(await store.take(tenantId, named, now()), refused);
    }
  });
}

function describeClockSetBack(makeStore: MakeBench<ThrottleStore>): void {
  const HOURS = 3_600_000;

  test('set back by hours, the clock leaves a wait its own length from then on', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    await pass(10_000 - 5 * HOURS);
    const refused = { allowed: false, until: now() + 30_000, counter: wait.key };
    assert.deepEqual(await store.take(tenantId, [wait], now()), refused);
    await pass(20_000);
    assert.deepEqual(await store.take(tenantId, [wait], now()), refused, 'a later try moves nothing');
    await pass(10_000);
    assert.deepEqual(await store.take(tenantId, [wait], now()), { allowed: true });
    const next = { allowed: false, until: now() + 60_000, counter: wait.key };
    assert.deepEqual(await store.take(tenantId, [wait], now()), next, 'the count went on');
  });

  test('set back within a wait, the clock neither moves nor lengthens it beyond its own length', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    const refused = { allowed: false, until: now() + 30_000, counter: wait.key };
    await pass(20_000);
    await pass(-20_000);
    assert.deepEqual(await store.take(tenantId, [wait], now()), refused);
  });

  test('set back by hours, the clock frees nobody: a window begins anew with what was counted', async (t) => {
    for (const peek of [false, true]) {
      const { store, tenantId, now, pass } = await makeStore(t);
      for (let i = 0; i < window.limit; i += 1) await store.take(tenantId, [window], now());
      await pass(-5 * HOURS);
      const refused = { allowed: false, until: now() + 600_000, counter: window.key };
      for (const seconds of [0, 300, 299]) {
        await pass(seconds * 1000);
        assert.deepEqual(await store.take(tenantId, [{ ...window, peek }], now()), refused);
      }
      await pass(1_000);
      assert.deepEqual(await store.take(tenantId, [{ ...window, peek }], now()), { allowed: true });
    }
  });

  test('a count is moved even when another counter refuses the try or it is only looked at', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    const full: WindowCounter = { kind: 'window', key: 'full', limit: 1, window: 6_000 };
    const half: WindowCounter = { ...window, peek: true };
    await store.take(tenantId, [full, window], now());
    await pass(-5 * HOURS);
    assert.equal((await store.take(tenantId, [full, half], now())).allowed, false);
    await pass(599_999);
    assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
    assert.equal((await store.take(tenantId, [window], now())).allowed, false);
    await pass(1);
    assert.deepEqual(await store.take(tenantId, [window], now()), { allowed: true });
  });

  test('set on and back again, the clock brings no forgotten count back and traps nobody', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    for (let i = 0; i < wait.free; i += 1) await store.take(tenantId, [wait], now());
    await pass(5 * HOURS);
    await store.take(tenantId, [wait], now());
    await pass(-5 * HOURS);
    for (let i = 1; i < wait.free; i += 1) {
      assert.deepEqual(await store.take(tenantId, [wait], now()), { allowed: true });
    }
    const refused = { allowed: false, until: now() + 30_000, counter: wait.key };
    assert.deepEqual(await store.take(tenantId, [wait], now()), refused);
  });
}
