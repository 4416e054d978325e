import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readYubicoOtp } from '#src/sign-in/modhex.ts';
import { createYubiKey, modhex } from '../../support/yubikey.ts';

const otps = fc.uint8Array({ minLength: 22, maxLength: 22 }).map(modhex);

test('whatever a YubiKey types is read, and its first 12 characters name the key', () => {
  const key = createYubiKey();
  for (let touches = 0; touches < 20; touches += 1) {
    const otp = key.touch();
    assert.deepEqual(readYubicoOtp(otp), { ok: true, otp, publicId: key.publicId });
  }
});

test('capitals and blanks anywhere mean the same code', () => {
  const blanks = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\u00a0'), maxLength: 3 });
  fc.assert(
    fc.property(
      otps,
      fc.array(fc.boolean(), { minLength: 44, maxLength: 44 }),
      blanks,
      (otp, upper, blank) => {
        const typed = [...otp].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(blank);
        const read = readYubicoOtp(`${blank}${typed}${blank}`);
        assert.deepEqual(read, { ok: true, otp, publicId: otp.slice(0, 12) });
      },
    ),
  );
});

test('a code with one character too few, too many or of no YubiKey is malformed', () => {
  const strange = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 1 })
    .filter((character) => !/[cbdefghijklnrtuv\s]/i.test(character));
  fc.assert(
    fc.property(otps, strange, fc.nat({ max: 43 }), (otp, character, at) => {
      const malformed = { ok: false, reason: 'malformed' };
      assert.deepEqual(readYubicoOtp(otp.slice(1)), malformed);
      assert.deepEqual(readYubicoOtp(`${otp}c`), malformed);
      assert.deepEqual(readYubicoOtp(otp + otp), malformed);
      assert.deepEqual(readYubicoOtp(otp.slice(0, at) + character + otp.slice(at + 1)), malformed);
    }),
  );
});

test('letters that only look or fold like modhex are malformed', () => {
  const rest = 'c'.repeat(43);
  for (const letter of ['\u212a', '\u0131', '\u0130', 'ｃ', 'с', 'a', 'm', '0', '.']) {
    assert.deepEqual(readYubicoOtp(rest + letter), { ok: false, reason: 'malformed' }, letter);
  }
});

test('nothing but blanks is empty', () => {
  for (const typed of [undefined, '', ' ', '\t\n\u00a0']) {
    assert.deepEqual(readYubicoOtp(typed), { ok: false, reason: 'empty' });
  }
});
