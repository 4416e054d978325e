import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive, each, inTurn } from '../../bench/load.ts';

/** A server that has used 5 ms of CPU time more at each look. */
function countingCpu() {
  let used = 0;
  return async () => {
    used += 5;
    return used;
  };
}

const never = new AbortController().signal;

/** Hashing threads whose use grows by 3 ms a look. */
let hashed = 0;
const hashing = () => {
  hashed += 3;
  return hashed;
};

describe('a slice of load', () => {
  test('does each operation once and tells the CPU time between its ends', async () => {
    const done: number[] = [];
    const next = each([1, 2, 3, 4, 5], async (thing) => {
      done.push(thing);
    });
    const slice = await drive({ next, clients: 2, seconds: 60, cpu: countingCpu(), hashing, signal: never });
    assert.deepEqual(done, [1, 2, 3, 4, 5]);
    assert.equal(slice.operations, 5);
    assert.equal(slice.latencies.length, 5);
    assert.equal(slice.cpuMs, 5);
    assert.equal(slice.hashMs, 3);
  });

  test('keeps no more operations under way than there are clients', async () => {
    let [now, most] = [0, 0];
    const next = each(Array.from({ length: 40 }), async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    });
    await drive({ next, clients: 3, seconds: 60, cpu: countingCpu(), hashing, signal: never });
    assert.equal(most, 3);
  });

  test('ends with the first failure: what failed was not fast', async () => {
    let begun = 0;
    const next = () => async () => {
      begun += 1;
      if (begun === 3) throw new Error('the answer was 500');
    };
    const load = { next, clients: 1, seconds: 60, cpu: countingCpu(), hashing, signal: never };
    await assert.rejects(drive(load), /the answer was 500/);
    assert.equal(begun, 3);
  });

  test('ends when it is stopped from outside', async () => {
    const stop = new AbortController();
    const next = () => async () => stop.abort(new Error('stopped'));
    const load = { next, clients: 1, seconds: 60, cpu: countingCpu(), hashing, signal: stop.signal };
    await assert.rejects(drive(load), /stopped/);
  });

  test('gives a thing to one client at a time', async () => {
    const held = new Set<string>();
    let operations = 0;
    const turn = inTurn(['a', 'b', 'c'], async (thing) => {
      assert.ok(!held.has(thing), `${thing} was given to two`);
      held.add(thing);
      await new Promise((resolve) => setImmediate(resolve));
      held.delete(thing);
      operations += 1;
    });
    let left = 30;
    const next = () => {
      left -= 1;
      return left < 0 ? undefined : turn();
    };
    await drive({ next, clients: 3, seconds: 60, cpu: countingCpu(), hashing, signal: never });
    assert.equal(operations, 30);
  });
});
