import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cpuOfOne, median, percentile, summarise } from '../../bench/statistics.ts';

const slice = (cpuMs: number, latencies: number[], seconds = 1) => ({
  operations: latencies.length,
  seconds,
  cpuMs,
  hashMs: cpuMs / 2,
  latencies,
});

describe('a percentile', () => {
  test('is a value that was measured, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.equal(percentile(hundred, 50), 50);
    assert.equal(percentile(hundred, 95), 95);
    assert.equal(percentile(hundred, 99), 99);
    assert.equal(percentile(hundred, 100), 100);
    assert.equal(percentile([7], 1), 7);
  });

  test('of nothing is no number, so that it can not look fast', () => {
    assert.ok(Number.isNaN(percentile([], 95)));
  });

  test('leaves at most the rest above it, whatever was measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const value = percentile(values, percent);
          assert.ok(values.includes(value));
          const above = values.filter((other) => other > value).length;
          assert.ok(above / values.length <= 1 - percent / 100 + 1e-9);
        },
      ),
    );
  });
});

test('the median of an even count is the mean of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 6]), 5.5);
  assert.ok(Number.isNaN(median([])));
});

describe('slices put together', () => {
  test('cost what the middle one costs, so that a disturbed slice does not count', () => {
    const result = summarise([slice(10, [1, 1]), slice(400, [1, 1]), slice(12, [1, 1])]);
    assert.equal(cpuOfOne(slice(10, [1, 1])), 5);
    assert.equal(result.cpuMs, 6);
    assert.equal(result.hashMs, 3);
  });

  test('count every operation and all of the time', () => {
    const result = summarise([slice(1, [1, 2, 3], 2), slice(1, [4], 2)]);
    assert.deepEqual([result.operations, result.perSecond, result.p50, result.p99], [4, 1, 2, 4]);
  });

  test('that did nothing are no result', () => {
    assert.throws(() => summarise([slice(5, [])]), /nothing was measured/);
  });
});
