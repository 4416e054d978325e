import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalLoginName,
  checkNewLoginName,
  LOGIN_NAME_MAX,
  type LoginNameFault,
  looksLikeEmail,
} from '#src/account/login-name.ts';

function refusedAs(reason: LoginNameFault, names: readonly string[]) {
  for (const name of names)
    assert.deepEqual(checkNewLoginName(name), { ok: false, reason }, JSON.stringify(name));
}

const accepted = (name: string) => {
  const check = checkNewLoginName(name);
  return check.ok ? check.canonical : check.reason;
};

describe('login name at creation', () => {
  test('ordinary names are taken in lower case', () => {
    assert.equal(accepted('J.deVries-2'), 'j.devries-2');
    assert.equal(accepted('HR_Raetsheren'), 'hr_raetsheren');
    assert.equal(accepted('a.jansen@voorbeeld.example'), 'a.jansen@voorbeeld.example');
    assert.equal(accepted('Zoë.Ünal'), 'zoë.ünal');
  });

  test('names in one script, and Japanese, Korean and Chinese mixtures, are taken', () => {
    for (const name of [
      'иванова',
      'γιώργος',
      '東京たろう',
      'タロウ太郎abc',
      '김철수kim',
      '王小明',
      'שלום',
      'محمد١٢',
      'नेहा',
    ]) {
      assert.equal(accepted(name), name);
    }
  });

  test('look-alikes from two scripts are refused', () => {
    refusedAs('mixed-script', [
      'p\u0430ypal',
      'j\u03bfhn',
      '\u0430dmin',
      'ivan\u0456',
      'abc\u0561',
      'te\u0e01st',
    ]);
  });

  test('scripts outside everyday use are refused', () => {
    refusedAs('mixed-script', ['\u13aa\u13a1', '\u{10400}', '\u16a0']);
  });

  test('digits of two systems are refused', () => {
    refusedAs('mixed-script', ['\u0e012\u0e52', '\u0915\u09672']);
  });

  test('invisible, control and direction characters are refused', () => {
    const hidden = [
      0x00, 0x09, 0x0a, 0x7f, 0x85, 0xad, 0x034f, 0x061c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e,
    ];
    const more = [
      0x2028, 0x202e, 0x2060, 0x2066, 0x2800, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xe0001, 0xe0100,
    ];
    refusedAs(
      'not-allowed',
      [...hidden, ...more].map((code) => `jan${String.fromCodePoint(code)}sen`),
    );
  });

  test('a lone surrogate, a private or an unassigned code point is refused', () => {
    refusedAs('not-allowed', ['a\ud800', '\udc00a', 'a\ue000', 'a\u0378', 'a\uffff', 'a\u{10ffff}']);
  });

  test('a mark without its letter and a stack of marks are refused', () => {
    refusedAs('not-allowed', ['\u0301jan', `jan${'\u0316'.repeat(5)}`]);
  });

  test('white space is refused anywhere, at the ends as well', () => {
    refusedAs('not-allowed', ['jan jansen', ' jan', 'jan ', 'jan\u00a0', 'jan\u3000', '   ']);
  });

  test('text that shows in another order than it is stored is refused', () => {
    refusedAs('direction', ['abc\u05d0', '1\u05d0', '\u05d0abc', '\u05d0-', '\u05d01\u0661']);
  });

  test('nothing is no name', () => refusedAs('empty', ['']));

  test('64 code points fit and 65 do not, whatever their width', () => {
    for (const unit of ['a', 'é', '東']) {
      assert.equal(checkNewLoginName(unit.repeat(LOGIN_NAME_MAX)).ok, true);
      refusedAs('too-long', [unit.repeat(LOGIN_NAME_MAX + 1)]);
    }
    refusedAs('too-long', ['\u{20000}'.repeat(LOGIN_NAME_MAX), 'a'.repeat(1_000_000)]);
  });
});

describe('login name at sign-in', () => {
  test('it is found whatever its capitals, width and spelling of accents', () => {
    for (const typed of [
      'ZOE\u0308',
      'Zo\u00eb',
      '\uff3a\uff2f\u00cb',
      ' zoë ',
      '\tzoë\n',
      '\u00a0zoë\u3000',
    ]) {
      assert.equal(canonicalLoginName(typed), 'zoë');
    }
  });

  test('what can be no login name is unknown, not an error', () => {
    for (const typed of ['', '  ', 'jan jansen', 'jan\0', 'a\ud800', 'a'.repeat(65), ' '.repeat(2_000_000)]) {
      assert.equal(canonicalLoginName(typed), undefined);
    }
  });

  test('every name accepted at creation is found again by what was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (typed) => {
        const check = checkNewLoginName(typed);
        if (check.ok) assert.equal(canonicalLoginName(typed), check.canonical);
      }),
    );
  });

  test('small and capital letters give one canonical form', () => {
    // Letters whose capitals come back as another letter (ß, ŉ, final sigma) are different names by RFC 8265.
    const letters = Array.from('abcdefghijklmnopqrstuvwxyzàéëïöüçñøåæœабвгдеёжαβγδ0123456789.-_@');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters), { minLength: 1 }), (chars) => {
        const name = chars.join('');
        assert.equal(canonicalLoginName(name.toUpperCase()), canonicalLoginName(name));
      }),
    );
  });
});

describe('a login name like an e-mail address', () => {
  test('anything on both sides of an at sign looks like one', () => {
    for (const name of ['a@b', 'a.jansen@voorbeeld.example', 'a@b@c'])
      assert.equal(looksLikeEmail(name), true);
    for (const name of ['', '@', '@jan', 'jan@', 'jan', '@@'.slice(1)])
      assert.equal(looksLikeEmail(name), false);
  });
});
