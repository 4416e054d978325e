import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { coolingUntil, coolsUntil, sortByCooling } from '#src/sign-in/cooling.ts';

const HOUR = 60 * 60_000;
const moment = fc.integer({ min: 0, max: 1000 }).map((hours) => hours * HOUR);

describe('a number that took the place of another one', () => {
  const changedAt = 100 * HOUR;
  const until = coolsUntil(72, changedAt);
  const number = { createdAt: changedAt, coolsUntil: until };

  test('is new for as long as the tenant says', () => {
    assert.equal(until, 172 * HOUR);
  });

  test('proves nothing behind a password that was recovered since, until its time is over', () => {
    const recoveredAt = changedAt + HOUR;
    assert.equal(coolingUntil(number, recoveredAt, recoveredAt), until);
    assert.equal(coolingUntil(number, recoveredAt, until - 1), until);
    assert.equal(coolingUntil(number, recoveredAt, until), undefined);
    assert.equal(coolingUntil(number, changedAt, changedAt), until, 'both at the same moment');
  });

  test('hinders nobody who did not recover since', () => {
    assert.equal(coolingUntil(number, undefined, changedAt), undefined);
    assert.equal(coolingUntil(number, changedAt - 1, changedAt), undefined);
  });

  test('is one of two kinds, and of those that are too new the first tells when to come back', () => {
    const kinds = fc.array(
      fc.record({ createdAt: moment, coolsUntil: fc.option(moment, { nil: undefined }) }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(kinds, fc.option(moment, { nil: undefined }), moment, (factors, recoveredAt, now) => {
        const { proving, until: first } = sortByCooling(factors, recoveredAt, now);
        const others = factors.filter((factor) => !proving.includes(factor));
        assert.equal(first === undefined, others.length === 0);
        if (recoveredAt === undefined) assert.deepEqual(proving, factors);
        if (first === undefined) return;
        assert.ok(first > now);
        // Whoever comes back then has a way.
        assert.ok(sortByCooling(factors, recoveredAt, first).proving.length > proving.length);
      }),
    );
  });
});
