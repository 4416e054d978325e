import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationInWords } from '#interactions/views/duration.ts';

test('a wait is said in words', () => {
  assert.equal(durationInWords(30, 'nl'), '30 seconden');
  assert.equal(durationInWords(1, 'nl'), '1 seconde');
  assert.equal(durationInWords(60, 'nl'), '1 minuut');
  assert.equal(durationInWords(120, 'nl'), '2 minuten');
  assert.equal(durationInWords(3600, 'en'), '60 minutes');
});

test('the words never promise a shorter wait than there is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 3600, noNaN: true }), (seconds) => {
      const [amount = '', unit] = durationInWords(seconds, 'en').split(' ');
      assert.ok(Number(amount) * (unit?.startsWith('minute') ? 60 : 1) >= seconds);
    }),
  );
});
