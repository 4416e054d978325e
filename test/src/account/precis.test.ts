import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { satisfiesBidiRule } from '#src/account/bidi-rule.ts';
import { enforceUsernameCaseMapped as enforce } from '#src/account/precis.ts';
import { identifierProperty } from '#src/account/precis-class.ts';

const enforced = (text: string) => {
  const result = enforce(text);
  return result.ok ? result.text : undefined;
};

describe('UsernameCaseMapped', () => {
  test('the legal examples of RFC 8265 §3.5 are legal', () => {
    for (const [typed, form] of [
      ['juliet@example.com', 'juliet@example.com'],
      ['fussball', 'fussball'],
      ['fu\u00dfball', 'fu\u00dfball'],
      ['\u03c0', '\u03c0'],
      ['\u03a3', '\u03c3'],
      ['\u03c3', '\u03c3'],
      ['\u03c2', '\u03c2'],
    ] as const) {
      assert.equal(enforced(typed), form);
    }
  });

  test('the illegal examples of RFC 8265 §3.5 are illegal', () => {
    assert.deepEqual(enforce('foo bar'), { ok: false, fault: 'not-allowed' });
    assert.deepEqual(enforce(''), { ok: false, fault: 'empty' });
    assert.deepEqual(enforce('henry\u2163'), { ok: false, fault: 'not-allowed' });
    assert.deepEqual(enforce('\u265a'), { ok: false, fault: 'not-allowed' });
    assert.deepEqual(enforce('\u221e'), { ok: false, fault: 'not-allowed' });
  });

  test('fullwidth and halfwidth forms are the plain letters', () => {
    assert.equal(enforced('\uff21\uff42\uff13'), 'ab3');
    assert.equal(enforced('\uff80\uff9e'), '\u30c0');
  });

  test('compatibility signs that lower-casing would turn into letters are refused before', () => {
    for (const sign of ['\u212a', '\u212b', '\u2126', '\ufb01', '\u01c5'])
      assert.equal(enforced(sign), undefined);
  });

  test('contextual code points stand only in their context (RFC 5892 A.3 to A.9)', () => {
    for (const [right, wrong] of [
      ['l\u00b7l', 'a\u00b7a'],
      ['L\u00b7L', 'l\u00b7'],
      ['\u0375\u03b1', '\u0375a'],
      ['\u05d0\u05f3', 'a\u05f3'],
      ['\u05d0\u05f4\u05d1', '\u05f4\u05d0'],
      ['\u30ab\u30fb', 'a\u30fb'],
      ['\u0627\u0661\u0662', '\u0627\u0661\u06f2'],
      ['\u0627\u06f1\u06f2', '\u0627\u06f1\u0662'],
    ] as const) {
      assert.notEqual(enforced(right), undefined, JSON.stringify(right));
      assert.equal(enforced(wrong), undefined, JSON.stringify(wrong));
    }
  });

  test('the zero-width joiners are refused even after a virama', () => {
    assert.equal(enforced('\u0915\u094d\u200d\u0937'), undefined);
    assert.equal(enforced('\u0915\u094d\u200c\u0937'), undefined);
  });

  test('enforcing an answer again changes nothing, and every answer is in NFC', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.integer({ min: 0x21, max: 0x3000 }).map((code) => String.fromCodePoint(code)),
      fc.constantFrom(
        '\u0301',
        '\u0345',
        '\u05d0',
        '\u0627',
        '\u0661',
        '\uff80',
        '\uff9e',
        '\u0130',
        '\u03a3',
      ),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 6 }), (units) => {
        const form = enforced(units.join(''));
        if (form === undefined) return;
        assert.equal(enforced(form), form);
        assert.equal(form.normalize('NFC'), form);
      }),
      { numRuns: 2000 },
    );
  });

  test('every single code point that is accepted is stable', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const form = enforced(String.fromCodePoint(code));
      if (form !== undefined && enforced(form) !== form) assert.fail(`U+${code.toString(16)}`);
    }
  });
});

describe('IdentifierClass', () => {
  test('the exceptions of RFC 8264 §9.6 come before every category', () => {
    for (const char of '\u00df\u03c2\u06fd\u06fe\u0f0b\u3007')
      assert.equal(identifierProperty(char), 'valid');
    for (const char of '\u0640\u07fa\u302e\u302f\u3031\u3035\u303b')
      assert.equal(identifierProperty(char), 'disallowed');
    for (const char of '\u00b7\u0375\u05f3\u05f4\u30fb\u0660\u06f9')
      assert.equal(identifierProperty(char), 'context');
  });

  test('all of ASCII from ! to ~ is valid, and nothing else of it', () => {
    for (let code = 0; code < 0x80; code += 1) {
      const expected = code >= 0x21 && code <= 0x7e ? 'valid' : 'disallowed';
      assert.equal(identifierProperty(String.fromCodePoint(code)), expected, `U+${code.toString(16)}`);
    }
  });

  test('old Hangul, compatibility forms, symbols, letter numbers and title case are disallowed', () => {
    for (const char of '\u1100\u11a8\ua960\ud7b0\ud7cb\u3131\u2163\u00bd\u20ac\u01c5\u2160\u00a8') {
      assert.equal(identifierProperty(char), 'disallowed', `U+${char.codePointAt(0)?.toString(16)}`);
    }
  });
});

describe('Bidi Rule (RFC 5893 §2)', () => {
  test('text without right-to-left letters always passes', () => {
    for (const text of ['', 'abc', '123', '1.2-3', '\u4e00']) assert.equal(satisfiesBidiRule(text), true);
  });

  test('each condition refuses what it names', () => {
    assert.equal(satisfiesBidiRule('1\u05d0'), false, 'condition 1: begins with a digit');
    assert.equal(satisfiesBidiRule('\u05d0a\u05d1'), false, 'condition 2: a left-to-right letter inside');
    assert.equal(satisfiesBidiRule('\u05d0-'), false, 'condition 3: ends with punctuation');
    assert.equal(satisfiesBidiRule('\u05d01\u0661'), false, 'condition 4: two kinds of digits');
    assert.equal(satisfiesBidiRule('a\u05d0'), false, 'condition 5: a right-to-left letter inside');
    assert.equal(
      satisfiesBidiRule('a\u0661-'),
      false,
      'condition 5 or 6: a foreign digit, an end without letter',
    );
  });

  test('right-to-left names with digits, marks and inner punctuation pass', () => {
    for (const text of ['\u05d0\u05d1', '\u05d0-\u05d1', '\u05d012', '\u0627\u0661', '\u05d0\u05b0']) {
      assert.equal(satisfiesBidiRule(text), true, JSON.stringify(text));
    }
  });
});
