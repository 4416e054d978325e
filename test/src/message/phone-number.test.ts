import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { maskedEnding, readPhoneNumber } from '#src/message/phone-number.ts';

const inNl = (typed: string) => readPhoneNumber(typed, ['NL']);
const both = ['sms', 'voice'];
const noNumber = { ok: false, reason: 'phone-number' };
const noCountry = { ok: false, reason: 'phone-country' };

/** Numbers 06 1… to 06 5…: mobile, all of them. */
const mobile = fc.integer({ min: 610_000_000, max: 659_999_999 }).map(String);
/** What people put between two digits; never two signs in a row. */
const between = fc.constantFrom('', '', '', ' ', '-', '.', '\u00a0', ' - ');

describe('reading a phone number', () => {
  for (const typed of [
    '0612345678',
    '06-12345678',
    '06 12 34 56 78',
    '06.1234.5678',
    '06–12345678',
    '(06) 12345678',
    '612345678',
    '+31612345678',
    '+31 6 12345678',
    '+31 (0)6 12345678',
    '+31 06 12345678',
    '0031 6 12345678',
    '0031612345678',
    '0031 (0)6-12345678',
    '(0031) 6 1234 5678',
    '\u202a+31 6 12345678\u202c',
    '\u200e06 12345678 ',
    '０６１２３４５６７８',
  ]) {
    test(`${JSON.stringify(typed)} is a mobile number`, () => {
      assert.deepEqual(inNl(typed), { ok: true, number: '+31612345678', channels: both });
    });
  }

  test('however it is written, a mobile number is the same number', () => {
    const forms = fc.constantFrom('0', '+31', '0031', '', '+31 (0)', '0031 (0)');
    fc.assert(
      fc.property(mobile, forms, fc.array(between, { minLength: 9, maxLength: 9 }), (digits, form, gaps) => {
        const body = Array.from(digits)
          .map((digit, index) => (index === 0 ? digit : `${gaps[index] ?? ''}${digit}`))
          .join('');
        const expected = { ok: true, number: `+31${digits}`, channels: both };
        fc.pre(`${form}${body}`.length <= 40);
        assert.deepEqual(inNl(` ${form}${body} `), expected);
      }),
    );
  });

  test('whatever is typed, what comes out is a number of an allowed country that reads as itself, or a refusal', () => {
    const digits = fc
      .array(fc.constantFrom(...'0123456789+-() '), { minLength: 5, maxLength: 18 })
      .map((characters) => characters.join(''));
    const countries = fc.constantFrom(['NL'], ['NL', 'BE', 'DE'], ['BE'], ['US', 'NL'], ['XX']);
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits, mobile), countries, (typed, allowed) => {
        const read = readPhoneNumber(typed, allowed);
        if (!read.ok) {
          assert.ok(['phone-number', 'phone-country'].includes(read.reason));
          return;
        }
        assert.match(read.number, /^\+[1-9]\d{4,14}$/);
        assert.ok(read.channels.length > 0);
        assert.deepEqual(readPhoneNumber(read.number, allowed), read);
      }),
      { numRuns: 1000 },
    );
  });

  test('a landline is called, and gets no text message', () => {
    for (const [typed, number] of [
      ['030-2345678', '+31302345678'],
      ['(030) 234 56 78', '+31302345678'],
      ['+31 30 2345678', '+31302345678'],
      ['088 1234567', '+31881234567'],
    ] as const) {
      assert.deepEqual(inNl(typed), { ok: true, number, channels: ['voice'] });
    }
  });

  test('a number of which nobody knows what it is gets both', () => {
    assert.deepEqual(inNl('085-1234567'), { ok: true, number: '+31851234567', channels: both });
    const american = readPhoneNumber('+1 202 555 0123', ['NL', 'US']);
    assert.deepEqual(american, { ok: true, number: '+12025550123', channels: both });
  });

  test('what is no number, and a number that no person has, is refused as none', () => {
    for (const typed of [
      '',
      ' ',
      '0',
      '112',
      '06 1234567',
      '06 123456789',
      '0900-1234567',
      '0900 1234',
      '0800-1234567',
      '0662123456',
      '06 12345678 tst. 5',
      '06 12345678 ext 5',
      '06-12345678, 06-87654321',
      'bel mij op 06 12345678',
      'j.devries@voorbeeld.example',
      '+31',
      `06${' '.repeat(40)}12345678`,
      `06${' '.repeat(100_000)}12345678`,
    ]) {
      assert.deepEqual(inNl(typed), noNumber, typed.slice(0, 40));
    }
  });

  test('a number of a country that the tenant does not send to is refused as such', () => {
    for (const typed of ['+32 470 12 34 56', '0032 470 12 34 56', '+44 7911 123456', '+800 1234 5678']) {
      assert.deepEqual(inNl(typed), noCountry, typed);
    }
    const wider = readPhoneNumber('+32 470 12 34 56', ['NL', 'BE']);
    assert.deepEqual(wider, { ok: true, number: '+32470123456', channels: both });
  });

  test('a number without a country code is one of the first country', () => {
    const belgian = { ok: true, number: '+32470123456', channels: both };
    assert.deepEqual(readPhoneNumber('0470 12 34 56', ['BE', 'NL']), belgian);
    assert.deepEqual(readPhoneNumber('0031 6 12345678', ['US', 'NL']).ok, true);
    assert.deepEqual(readPhoneNumber('0470 12 34 56', ['NL', 'BE']).ok, false);
  });

  test('a country code that is none opens nothing', () => {
    assert.deepEqual(readPhoneNumber('0612345678', ['XX']), noNumber);
    assert.deepEqual(readPhoneNumber('+31612345678', ['XX']), noCountry);
    assert.deepEqual(readPhoneNumber('+31612345678', []), noCountry);
  });

  test('of a number only the last two digits are shown again', () => {
    fc.assert(
      fc.property(mobile, (digits) => {
        assert.equal(maskedEnding(`+31${digits}`), digits.slice(-2));
      }),
    );
  });
});
