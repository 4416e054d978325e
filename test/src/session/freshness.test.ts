import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFresh } from '#src/session/freshness.ts';

const NOW = 1_800_000_000_000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const WITHIN = 5 * MINUTE;

/** A session whose second step and password are so old. */
const aged = (signedIn: number, password = signedIn) => ({
  signedInAt: NOW - signedIn,
  facts: { passwordAt: NOW - password, shared: false },
});

test('both steps are fresh for five minutes after the second one, and no longer', () => {
  assert.equal(isFresh(aged(0), NOW, WITHIN), true);
  assert.equal(isFresh(aged(WITHIN), NOW, WITHIN), true);
  assert.equal(isFresh(aged(WITHIN + 1), NOW, WITHIN), false);
});

test('a second step that took its time is fresh, but not behind a password of more than 20 minutes ago', () => {
  assert.equal(isFresh(aged(0, 20 * MINUTE), NOW, WITHIN), true);
  assert.equal(isFresh(aged(0, 20 * MINUTE + 1), NOW, WITHIN), false);
});

test('a sign-in that tells nothing of its password is never fresh', () => {
  assert.equal(isFresh({ signedInAt: NOW, facts: undefined }, NOW, WITHIN), false);
});

test('a moment that is yet to come proves nothing, beyond what two clocks may be apart', () => {
  assert.equal(isFresh(aged(-4 * SECOND), NOW, WITHIN), true);
  for (const session of [aged(-5 * SECOND), aged(0, -5 * SECOND), aged(-MINUTE, 0)]) {
    assert.equal(isFresh(session, NOW, WITHIN), false);
  }
});

test('what is fresh later was fresh before, and a longer bound refuses nothing that a shorter one takes', () => {
  const age = fc.integer({ min: 0, max: 40 * MINUTE });
  fc.assert(
    fc.property(age, age, age, age, (signedIn, password, later, more) => {
      const session = aged(signedIn, password);
      if (isFresh(session, NOW + later, WITHIN)) assert.ok(isFresh(session, NOW, WITHIN));
      if (isFresh(session, NOW, WITHIN)) assert.ok(isFresh(session, NOW, WITHIN + more));
      if (signedIn > WITHIN) assert.ok(!isFresh(session, NOW, WITHIN));
    }),
  );
});
