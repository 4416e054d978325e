import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { z } from 'zod';
import {
  comparableEmail,
  emailSchema,
  personNameSchema,
  phoneSchema,
  profileSchema,
  rolesSchema,
} from '#src/account/profile.ts';

function refuses(schema: z.ZodType, values: readonly unknown[]) {
  for (const value of values) assert.equal(schema.safeParse(value).success, false, JSON.stringify(value));
}

describe('phone number', () => {
  test('every usual Dutch form is the same number', () => {
    for (const typed of [
      '0612345678',
      '06-12345678',
      '06 12 34 56 78',
      '06.12.34.56.78',
      '+31612345678',
      '+31 6 12345678',
      '+31 (0)6 12345678',
      '0031612345678',
      '0031 6 12345678',
      ' 0612345678 ',
    ]) {
      assert.equal(phoneSchema.parse(typed), '+31612345678', typed);
    }
  });

  test('a landline and foreign numbers are taken', () => {
    assert.equal(phoneSchema.parse('020 123 4567'), '+31201234567');
    assert.equal(phoneSchema.parse('0032 470 12 34 56'), '+32470123456');
    assert.equal(phoneSchema.parse('+49 1512 3456789'), '+4915123456789');
  });

  test('what nobody can be called at, or only through an extension, is refused', () => {
    refuses(phoneSchema, [
      '',
      '+',
      '112',
      '06123456',
      '06123456789',
      'bel 0612345678',
      '0612345678 ext 3',
      '0'.repeat(10_000),
    ]);
    refuses(phoneSchema, [612345678, null, ['0612345678']]);
  });

  test('an answer is E.164 and stays what it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(06|\+31|0031|\+32|020)[ 0-9-]{6,12}$/), (typed) => {
        const result = phoneSchema.safeParse(typed);
        if (!result.success) return;
        assert.match(result.data, /^\+[1-9][0-9]{6,14}$/);
        assert.equal(phoneSchema.parse(result.data), result.data);
      }),
    );
  });
});

describe('e-mail address', () => {
  test('it is kept as typed and compared without regard to capitals', () => {
    assert.equal(emailSchema.parse(' A.Jansen+hr@Voorbeeld.Example '), 'A.Jansen+hr@Voorbeeld.Example');
    assert.equal(
      comparableEmail('A.Jansen@Voorbeeld.Example'),
      comparableEmail(' a.jansen@VOORBEELD.example '),
    );
    assert.notEqual(
      comparableEmail('a.jansen@voorbeeld.example'),
      comparableEmail('ajansen@voorbeeld.example'),
    );
  });

  test('what could add a header or a second address is refused', () => {
    refuses(
      emailSchema,
      [
        'a@b.example\nBcc: c@d.example',
        'a@b.example\r',
        'a@b.example,c@d.example',
        '<a@b.example>',
        'a\0@b.example',
      ].map((text) => `x${text}x`),
    );
    refuses(emailSchema, [
      '',
      'a',
      'a@',
      '@b.example',
      'a@b',
      'a b@c.example',
      'a..b@c.example',
      `a@${'b'.repeat(260)}.example`,
    ]);
  });
});

describe('name of a person', () => {
  test('names of all writings are kept, composed and without blanks around', () => {
    assert.equal(personNameSchema.parse('  Zoe\u0308 '), 'Zoë');
    for (const name of [
      "van 't Hof-d'Arcy",
      'Nguyễn',
      '王',
      'محمد',
      'می\u200cخواهم',
      'क\u094d\u200dष',
      'O’Brien Jr.',
    ]) {
      assert.equal(personNameSchema.parse(name), name.normalize('NFC'));
    }
  });

  test('controls, line ends, direction marks and invisible characters are refused', () => {
    const codes = [
      0, 9, 10, 13, 0x1b, 0x7f, 0x85, 0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e,
    ];
    const more = [0x2060, 0x2066, 0x2069, 0xfeff, 0xe000, 0xffff, 0xd800, 0xe0041];
    refuses(
      personNameSchema,
      [...codes, ...more].map((code) => `Jan${String.fromCodePoint(code)}sen`),
    );
  });

  test('a name has 1 to 100 characters', () => {
    assert.equal(personNameSchema.safeParse('é'.repeat(100)).success, true);
    refuses(personNameSchema, ['', '   ', 'é'.repeat(101), 'x'.repeat(100_000)]);
  });
});

describe('roles', () => {
  test('a role named twice is one role', () => {
    assert.deepEqual(rolesSchema.parse(['employer', 'case:manager', 'employer']), [
      'employer',
      'case:manager',
    ]);
  });

  test('capitals, blanks, long names and more than 50 are refused', () => {
    refuses(rolesSchema, [
      ['Employer'],
      ['a b'],
      [''],
      ['1st'],
      ['a\n'],
      ['a'.repeat(65)],
      Array.from({ length: 51 }, (_, at) => `r${at}`),
    ]);
    assert.equal(rolesSchema.parse(Array.from({ length: 50 }, (_, at) => `r${at}`)).length, 50);
  });
});

describe('profile', () => {
  const profile = { givenName: 'Anneke', familyName: 'Jansen', locale: 'nl', roles: [] };

  test('e-mail and phone may be missing, nothing else may', () => {
    assert.deepEqual(profileSchema.parse(profile), profile);
    for (const key of ['givenName', 'familyName', 'locale', 'roles'] as const)
      refuses(profileSchema, [{ ...profile, [key]: undefined }]);
  });

  test('what is no part of a profile is refused', () => {
    refuses(profileSchema, [{ ...profile, emailVerified: true }, { ...profile, locale: 'xx' }, null, []]);
  });
});
