import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  createPasswordRules,
  PASSWORD_MAX,
  PASSWORD_MIN,
  type PasswordContext,
  type PasswordFault,
} from '#src/account/password-rules.ts';
import { foldWord, isDressedUp } from '#src/account/undress.ts';

const LISTED = new Set([
  'lekker',
  'chocolade',
  'zomer',
  'sunshine',
  '123456',
  'verantwoordelijkheid',
  'een',
  'q1w2e3r4t5y6',
]);
const context: PasswordContext = {
  tenantName: 'Raetsheren van Orden',
  productName: 'VerzuimSignaal',
  host: 'login.raetsheren.example',
  loginName: 'a.jansen',
  email: 'anneke.jansen@voorbeeld.example',
  givenName: 'Anneke',
  familyName: 'Jansen',
};
const rules = createPasswordRules({ loadWordLists: async () => ({ has: (word) => LISTED.has(word) }) });

async function reasonsFor(password: string): Promise<PasswordFault[]> {
  const check = await rules.checkNewPassword(password, context);
  return check.ok ? [] : check.reasons;
}

async function allAre(reasons: PasswordFault[], passwords: readonly string[]) {
  for (const password of passwords)
    assert.deepEqual(await reasonsFor(password), reasons, JSON.stringify(password));
}

/** A text without letters, digits or order that any list or name could match. */
const plain = (length: number) =>
  Array.from({ length }, (_, at) => 'kxvbqz'[(at * at + 3 * at) % 7] ?? '#').join('');

describe('length of a password', () => {
  test('12 code points are enough and 11 are not', () =>
    allAre([], [plain(PASSWORD_MIN)]).then(() => allAre(['too-short'], [plain(PASSWORD_MIN - 1), ''])));

  test('128 code points fit and 129 do not', async () => {
    await allAre([], [plain(PASSWORD_MAX)]);
    await allAre(['too-long'], [plain(PASSWORD_MAX + 1), 'x'.repeat(1_000_000)]);
  });

  test('a character counts once, whatever its bytes or its spelling', async () => {
    await allAre([], ['😀🚲🌧🍰🏠🎈🐘🍀🎲🧭🪁🛶', '白い猫が屋根の上で寝ています']);
    await allAre(
      ['too-short'],
      ['😀🚲🌧🍰🏠🎈🐘🍀🎲🧭🪁', 'k\u0301x\u0323v\u0301bqzk#xv'.normalize('NFD').slice(0, 12)],
    );
    const composed = 'é'.normalize('NFD');
    await allAre(['too-short'], [`${composed}kxvbqz#kx`]);
  });
});

describe('composition of a password', () => {
  test('no kind of character is required, none is refused (ASVS 6.2.5)', () =>
    allAre(
      [],
      [
        'aaaaaaaaaaaaaaaaaaaaaaq7',
        'fietsen naar de zee in mei',
        ' begint en eindigt met blank ',
        '739104628153',
        'kjhgtrewsdfg',
        'KJHGTREWSDFG',
        '#?&%*-_=+/~^',
        'regen 🌧️ en taart 🍰',
        'tab\tkxvbqz#kx\u00a0',
      ],
    ));

  test('half a surrogate pair and a zero byte are malformed, and nothing else is said', () =>
    allAre(['malformed'], ['\ud800', 'kxvbqz#kxvbqz\udc00', 'kxvbqz#\0kxvbqz', `${'x'.repeat(5000)}\0`]));
});

describe('listed words', () => {
  test('a listed word long enough by itself is refused, whatever its capitals and accents', () =>
    allAre(
      ['listed'],
      ['verantwoordelijkheid', 'VerantwoordelijkHeid', 'vérantwoordelijkheid', 'q1w2e3r4t5y6'],
    ));

  test('digits, dates and signs around a listed word do not help', () =>
    allAre(
      ['listed'],
      [
        'Lekker123456!',
        '!!!chocolade',
        'Zomer2024!!!!',
        'lekker01.02.1987',
        '2024-chocolade',
        'chocolade??????????',
      ],
    ));

  test('digits and signs for letters do not help', () =>
    allAre(['listed'], ['Ch0c0l4de2024', '$unsh1ne2024', 'l3kk3r-123456', '5un5h!ne!!!!']));

  test('saying it again does not help', () =>
    allAre(
      ['listed'],
      ['lekkerlekker', 'LekkerLekkerLekker1', 'lekker-lekker', 'zomer 2024 zomer', 'zomer12zomer12'],
    ));

  test('one short piece again and again, and counting, are as good as listed', () =>
    allAre(
      ['listed'],
      ['xxxxxxxxxxxx', 'xyqxyqxyqxyq', '121212121212', '678901234567', 'defghijklmno', 'onmlkjihgfed'],
    ));

  test('several different words pass, listed ones as well', () =>
    allAre([], ['lekker zomer sunshine', 'zomer-chocolade', 'sunshine en lekker']));

  test('a long number that is not counting keeps a short word company', () =>
    allAre([], ['739104628153zomer', 'zomer73910462']));

  test('every dress on every listed word with a letter is seen through', () => {
    const digits = fc.integer({ min: 0, max: 9999 }).map(String);
    const signs = fc.constantFrom('', '!', '!!', '.', '#', '-', '?!');
    fc.assert(
      fc.property(
        fc.constantFrom(...[...LISTED].filter((word) => /\p{L}/u.test(word))),
        digits,
        signs,
        signs,
        fc.boolean(),
        (word, number, left, right, first) => {
          const cased = first ? word.toUpperCase() : word;
          assert.equal(
            isDressedUp(foldWord(`${left}${cased}${number}${right}`), (text) => LISTED.has(text)),
            true,
          );
        },
      ),
    );
  });
});

describe('words from around the person', () => {
  test('names of tenant, product, host, person, login and mail are refused, dressed up or not', () =>
    allAre(
      ['context'],
      [
        'Raetsheren2024!!',
        'verzuimsignaal1',
        'a.jansena.jansen',
        'AnnekeJansen1987!',
        'r43tsh3r3n-2024',
        'raets-heren-2024',
      ],
    ));

  test('a name with a listed word is refused', () =>
    allAre(['context'], ['Jansenlekker1', 'lekker-raetsheren']));

  test('a name with digits alone is refused unless they would be long enough by themselves', () =>
    allAre(['context'], ['jansen01021987', 'raetsheren19870201', 'jansen 739 104 628']).then(() =>
      allAre([], ['jansen 739104628153']),
    ));

  test('a name in a longer phrase of its own passes', () =>
    allAre([], ['wandelen met jansen in het bos', 'raetsheren kxvbqz kxv']));

  test("a name of another person is nobody's name here", () => allAre([], ['pietersen1987!!']));

  test('missing names refuse nothing', async () => {
    const bare = { tenantName: '', productName: '', host: '', loginName: '', email: undefined };
    assert.deepEqual(await rules.checkNewPassword('Raetsheren2024!!', bare), { ok: true });
  });
});

describe('words of the trade', () => {
  test('they are refused by themselves, together, and with digits and signs (ASVS 6.1.2)', () =>
    allAre(
      ['context'],
      [
        'verzuimverzuim',
        'verzuim-arbo-2026',
        'arbodienst2026!',
        'ziekmelding2026',
        'poortwachter2026',
        'Poortwachter01022026',
        'Re-integratie2026',
        'bedrijfsarts.werkgever',
        'HR-medewerker-2026',
        'inloggen-wachtwoord',
        'Welkom!Leidinggevende!',
        'v3rzu1m-c4s3m4n4g3r',
        'raetsheren-verzuim-jansen',
      ],
    ));

  test('a listed word does not help one of them', () =>
    allAre(['context'], ['verzuim-chocolade', 'sunshine-werknemer-1']));

  test('one of them in a phrase passes', () =>
    allAre([], ['mijn arbodienst heeft groene deuren', 'muziek om bij te fietsen']));
});

describe('answer about a password', () => {
  test('all reasons come at once', async () => {
    assert.deepEqual(await reasonsFor('Lekker1'), ['too-short', 'listed']);
    assert.deepEqual(await reasonsFor('Jansen1'), ['too-short', 'context']);
  });

  test('the lists are loaded once, and not before a password needs them', async () => {
    let loads = 0;
    const lazy = createPasswordRules({
      loadWordLists: async () => {
        loads += 1;
        return { has: () => false };
      },
    });
    await lazy.checkNewPassword('\0', context);
    assert.equal(loads, 0);
    await Promise.all([lazy.checkNewPassword('a', context), lazy.checkNewPassword('b', context)]);
    assert.equal(loads, 1);
  });

  test('any text gets an answer, and a composed spelling gets the same one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        assert.deepEqual(await reasonsFor(text.normalize('NFD')), await reasonsFor(text.normalize('NFC')));
      }),
    );
  });
});
