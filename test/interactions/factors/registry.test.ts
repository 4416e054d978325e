import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factorMethods, methodOf } from '#interactions/factors/registry.ts';

describe('registry of second-step methods', () => {
  test('every method is found by its kind, and no two share a kind or a page', () => {
    for (const method of factorMethods) assert.equal(methodOf(method.kind), method);
    assert.equal(new Set(factorMethods.map(({ kind }) => kind)).size, factorMethods.length);
    assert.equal(new Set(factorMethods.map(({ setUpStep }) => setUpStep)).size, factorMethods.length);
  });

  test('there is always at least one method, because there is always a second step', () => {
    assert.ok(factorMethods.length > 0);
  });

  test('an unknown kind is no method, also when it names something every object has', () => {
    for (const kind of ['', 'TOTP', 'constructor', '__proto__', 'length', '0'])
      assert.equal(methodOf(kind), undefined);
  });
});
