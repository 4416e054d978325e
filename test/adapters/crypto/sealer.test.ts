import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { AppError } from '#src/errors.ts';

const newKey = () => masterKeyFrom(randomBytes(32).toString('base64'));
const broken = (error: unknown) => error instanceof AppError && error.code === 'seal-broken';
const text = fc.string({ unit: 'grapheme' });

describe('sealer', () => {
  const current = newKey();
  const sealer = createSealer({ current, previous: [] });

  test('whatever is sealed opens under its own context', () => {
    fc.assert(
      fc.property(text, text, (plaintext, context) => {
        assert.equal(sealer.open(sealer.seal(plaintext, context), context), plaintext);
      }),
    );
  });

  test('a value moved to another context does not open', () => {
    fc.assert(
      fc.property(text, text, text, (plaintext, context, other) => {
        fc.pre(context !== other);
        assert.throws(() => sealer.open(sealer.seal(plaintext, context), other), broken);
      }),
    );
  });

  test('a value with any one character changed does not open', () => {
    const sealed = sealer.seal('JBSWY3DPEHPK3PXP', 'factor:1:2');
    for (let at = 0; at < sealed.length; at += 1) {
      for (const by of ['A', 'B', '-', '.', '=', '']) {
        const altered = sealed.slice(0, at) + by + sealed.slice(at + 1);
        if (altered !== sealed) assert.throws(() => sealer.open(altered, 'factor:1:2'), broken, altered);
      }
    }
  });

  test('garbage is a broken seal, never another error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.array(text, { maxLength: 6 }).map((parts) => parts.join('.')),
        ),
        (garbage) => {
          assert.throws(() => sealer.open(garbage, 'x'), broken);
          assert.throws(() => sealer.open(`v1.${current.id}.${garbage}`, 'x'), broken);
        },
      ),
    );
  });

  test('the same text never seals the same way twice', () => {
    const seals = new Set(Array.from({ length: 200 }, () => sealer.seal('same', 'same')));
    assert.equal(seals.size, 200);
  });

  test('a sealed value shows version and key id and nothing of its text', () => {
    const sealed = sealer.seal('readable-text', 'context');
    const [version, id, iv, body] = sealed.split('.');
    assert.deepEqual([version, id, iv?.length], ['v1', current.id, 16]);
    assert.equal(Buffer.from(body ?? '', 'base64url').includes('readable'), false);
  });

  test('text with a lone surrogate is refused, as it would not come back', () => {
    assert.throws(
      () => sealer.seal('a\ud800', 'c'),
      (error) => error instanceof AppError && error.code === 'internal',
    );
  });

  test('a previous key still opens, and new seals are under the current one', () => {
    const next = newKey();
    const rotated = createSealer({ current: next, previous: [current] });
    assert.equal(rotated.open(sealer.seal('old', 'c'), 'c'), 'old');
    assert.equal(rotated.seal('new', 'c').split('.')[1], next.id);
  });

  test('a key that is gone opens nothing', () => {
    const without = createSealer({ current: newKey(), previous: [] });
    assert.throws(() => without.open(sealer.seal('old', 'c'), 'c'), broken);
  });

  test('a failure names neither the text nor the key', () => {
    const sealed = sealer.seal('readable-text', 'c');
    assert.throws(
      () => sealer.open(sealed, 'd'),
      (error) =>
        error instanceof AppError && !error.message.includes('readable') && !error.message.includes(sealed),
    );
  });
});

describe('master key', () => {
  test('its id is the beginning of its SHA-256', () => {
    // SHA-256 of 32 zero bytes begins with 66687aad (known digest).
    assert.equal(masterKeyFrom(Buffer.alloc(32).toString('base64')).id, '66687aad');
  });

  test('a value of a key that is not at hand names that key and where it belongs', () => {
    const stranger = newKey();
    const sealed = createSealer({ current: stranger, previous: [] }).seal('x', 'c');
    const here = createSealer({ current: newKey(), previous: [newKey()] });
    const words = new RegExp(`unknown key \\(${stranger.id}\\).*previousMasterKeys`);
    assert.throws(() => here.open(sealed, 'c'), words);
  });

  test('base64 and base64url name the same key', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    assert.deepEqual(masterKeyFrom(bytes.toString('base64')), masterKeyFrom(bytes.toString('base64url')));
  });

  test('a key of any other size is refused', () => {
    for (const size of [0, 16, 31, 33, 64]) {
      assert.throws(() => masterKeyFrom(Buffer.alloc(size).toString('base64')), broken);
    }
  });
});
