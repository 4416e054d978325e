import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createDigester } from '#adapters/crypto/digester.ts';

const key = Buffer.alloc(32, 7);
const purposes = ['email', 'phone', 'login-name', 'address'] as const;

describe('digester', () => {
  const digester = createDigester(key);

  test('the same purpose and value give the same digest in every process', () => {
    fc.assert(
      fc.property(fc.constantFrom(...purposes), fc.string(), (purpose, value) => {
        assert.equal(
          createDigester(Buffer.from(key)).digest(purpose, value),
          digester.digest(purpose, value),
        );
      }),
    );
  });

  test('one value has another digest for every purpose', () => {
    assert.equal(new Set(purposes.map((purpose) => digester.digest(purpose, 'same'))).size, purposes.length);
  });

  test('two values never share a digest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
        assert.equal(digester.digest('email', left) === digester.digest('email', right), left === right);
      }),
    );
  });

  test('another key gives another digest', () => {
    const other = createDigester(Buffer.alloc(32, 8));
    assert.notEqual(other.digest('email', 'value'), digester.digest('email', 'value'));
  });

  test('a digest is 43 characters that are safe in a key and an address', () => {
    assert.match(digester.digest('address', '203.0.113.9'), /^[A-Za-z0-9_-]{43}$/);
  });

  test('a short key is refused', () => {
    assert.throws(() => createDigester(Buffer.alloc(31)), RangeError);
  });
});
