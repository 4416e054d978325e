import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newReference, readReference, referenceOf } from '#src/reference.ts';

test('a reference is eight letters that nobody mishears, and no two are alike', () => {
  const references = Array.from({ length: 2_000 }, newReference);
  for (const reference of references)
    assert.match(reference, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal(new Set(references).size, references.length);
  const letters = new Set(references.join('').replaceAll('-', ''));
  assert.equal(letters.size, 32);
});

test('what belongs to one sign-in has one number, and another sign-in another', () => {
  const references = Array.from({ length: 2_000 }, (_, i) => referenceOf(`interaction-${i}`));
  for (const reference of references)
    assert.match(reference, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal(new Set(references).size, references.length);
  assert.equal(referenceOf('interaction-7'), references[7]);
});

test('a number is read as people write it, and nothing else is taken for one', () => {
  for (const typed of ['AB1D-0XYZ', 'ab1d0xyz', ' ab1d 0xyz ', 'ABLD-OXYZ', 'abid-oxyz'])
    assert.equal(readReference(typed), 'AB1D-0XYZ', typed);
  for (const typed of ['', 'AB1D-0XY', 'AB1D-0XYZ1', 'AB1D-0XYU', 'AB1D_0XYZ', 'é'.repeat(8)])
    assert.equal(readReference(typed), undefined, typed);
});
