import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newReference } from '#src/reference.ts';

test('a reference is eight letters that nobody mishears, and no two are alike', () => {
  const references = Array.from({ length: 2_000 }, newReference);
  for (const reference of references)
    assert.match(reference, /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal(new Set(references).size, references.length);
  const letters = new Set(references.join('').replaceAll('-', ''));
  assert.equal(letters.size, 32);
});
