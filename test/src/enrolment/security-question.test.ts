import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createDigester } from '#adapters/crypto/digester.ts';
import { type OpenPasswordHasher, openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { LAZY_WORDS } from '#src/enrolment/lazy-answers.ts';
import {
  ANSWER_MAX,
  type AnswerContext,
  type AnswerFault,
  createSecurityQuestions,
  judgeAnswer,
  listQuestions,
  normaliseAnswer,
} from '#src/enrolment/security-question.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { tenantSettings } from '../../support/tenants.ts';

describe('an answer as it is compared', () => {
  test('has no capitals, accents, punctuation and needless blanks', () => {
    for (const [typed, kept] of [
      ['Café de Zon!', 'cafe de zon'],
      ['  café   DE\u00a0zon ', 'cafe de zon'],
      ['Cafe\u0301 de Zon', 'cafe de zon'],
      ["D'Artagnan", 'dartagnan'],
      ['d’Artagnan', 'dartagnan'],
      ['d´artagnan', 'dartagnan'],
      ['Jean-Luc', 'jean luc'],
      ['jean luc', 'jean luc'],
      ['St. Jan', 'st jan'],
      ['A.B.C.', 'abc'],
      ['Straße', 'strasse'],
      ['STRASSE', 'strasse'],
      ['ﬁets', 'fiets'],
      ['Ｆｉｅｔｓ', 'fiets'],
      ['İstanbul', 'istanbul'],
      ['ΟΔΟΣ', 'οδοσ'],
      ['οδός', 'οδοσ'],
      ['zacht\u00adhout', 'zachthout'],
      ['fiets\0', 'fiets'],
      ['!?…', ''],
      ['', ''],
    ] as const) {
      assert.equal(normaliseAnswer(typed), kept, JSON.stringify(typed));
    }
  });

  test('keeps what is a letter of its own in other scripts', () => {
    assert.notEqual(normaliseAnswer('が'), normaliseAnswer('か'));
    assert.notEqual(normaliseAnswer('कि'), normaliseAnswer('का'));
    assert.equal(normaliseAnswer('한국'), '한국');
  });

  test('compared again it is the same, whatever was typed', () => {
    const marks = fc.constantFrom(
      ..."\u0301\u0308\u0327\u3099\u05b0\u0345\u034f.'’-´`ςΣσßẞİıſʼnͺᾳŉǅ가\u1100\u200d \ud800",
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.oneof(marks, fc.constantFrom('a', 'E', 'か', 'א')) }),
    );
    fc.assert(
      fc.property(text, (typed) => {
        const once = normaliseAnswer(typed);
        assert.equal(normaliseAnswer(once), once);
        assert.ok(once.isWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  test('does not change with capitals, normal forms and signs around it', () => {
    const word = fc.stringMatching(/^[a-zé-üA-Z]{1,10}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const kept = normaliseAnswer(words.join(' '));
        assert.equal(normaliseAnswer(`  ${words.join(' - ')}! `), kept);
        assert.equal(normaliseAnswer(words.join(' ').toUpperCase()), kept);
        assert.equal(normaliseAnswer(words.join('\n').normalize('NFD')), kept);
      }),
    );
  });
});

describe('judging an answer', () => {
  const context: AnswerContext = {
    questions: ['Hoe heette uw eerste knuffel?', 'What was the name of your first cuddly toy?'],
    loginName: 'j.devries',
    names: ['Anneke', 'van der Wijden'],
    emails: ['anneke.werk@voorbeeld.example', ''],
    organisations: ['Raetsheren van Orden', 'VerzuimSignaal', 'login.raetsheren.example'],
  };
  const all = (faults: AnswerFault[], answers: readonly string[]) => {
    for (const answer of answers) assert.deepEqual(judgeAnswer(answer, context), faults, answer);
  };

  test('one that others do not know will do, in any script and with digits', () => {
    all(
      [],
      [
        'Pluisje',
        'Beer',
        'Pim de aap',
        'olifant 3',
        'Doe Maar',
        'The Who',
        '二つ星カフェ',
        'مقهى الشمس',
        'C3PO',
      ],
    );
  });

  test('fewer than three characters are too few, whatever stands around them', () => {
    all(['too-short'], ['', ' ', 'ab', 'a b', '..a-b..', '!!!!', '😀😀😀', 'x'.repeat(2)]);
  });

  test('more than people type is too long, and is not even looked at', () => {
    all(['too-long'], ['x'.repeat(ANSWER_MAX + 1), 'é'.repeat(1_000_000)]);
    assert.deepEqual(judgeAnswer('ab '.repeat(66), context), []);
  });

  test('the question, or some of its words in any language, is no answer', () => {
    all(
      ['same-as-question'],
      [
        'Hoe heette uw eerste knuffel',
        'knuffel',
        'eerste KNUFFEL!',
        'cuddly toy',
        'knuffel 1',
        'hoeheetteuweersteknuffel',
      ],
    );
    all([], ['knuffelbeer', 'konijnknuffel']);
  });

  test('the login name is no answer, however it is split or counted on', () => {
    all(['login-name'], ['j.devries', 'J de Vries', 'jdevries', 'devries', 'jdevries1', 'DeVries 2024']);
  });

  test('one’s own name is no answer, whole or in part', () => {
    all(
      ['own-name'],
      [
        'van der Wijden',
        'wijden',
        'Anneke van der Wijden',
        'vanderwijden',
        'annekevanderwijden',
        'Wijden1980',
      ],
    );
    assert.deepEqual(judgeAnswer('Anneke', context), ['own-name', 'too-simple']);
  });

  test('neither is a piece of the e-mail address, nor the organisation', () => {
    all(['too-simple'], ['anneke.werk@voorbeeld.example', 'voorbeeld']);
    all(
      ['organisation'],
      ['Raetsheren', 'raetsheren van orden', 'Verzuimsignaal', 'RaetsherenVanOrden!', 'raetsheren2026'],
    );
  });

  test('one character over and over, or only digits, is too simple', () => {
    all(['too-simple'], ['aaa', 'xxxxxx', '---b-b-b', '123456', '1985', '12-03-1985', '٣٤٥', '000']);
  });

  test('an answer that only gets one past the question is too simple, in Dutch and English', () => {
    all(
      ['too-simple'],
      [
        'weet ik niet',
        'Weet niet!',
        'geen idee',
        'geen',
        'test',
        'Test 123',
        'niets',
        'xxx',
        'none',
        'no no',
        'yes',
        'n.v.t.',
        'niet van toepassing',
        "I don't know",
        'nothing',
        'wachtwoord',
        'geheim',
        'qwerty',
        'abc',
        'asdf',
        'ja ja',
        'onbekend',
        'blabla',
        'a1b2c3',
      ],
    );
  });

  test('every lazy word stands in the list as answers are compared', () => {
    for (const word of LAZY_WORDS) assert.equal(normaliseAnswer(word), word);
  });

  test('a person without a name, an address or a question in common is judged all the same', () => {
    const nobody = { questions: [], loginName: '', names: ['', ''], emails: [], organisations: [] };
    assert.deepEqual(judgeAnswer('Pluisje', nobody), []);
    assert.deepEqual(judgeAnswer('1985', nobody), ['too-simple']);
  });

  test('what two people would see as the same answer is judged the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (answer) => {
        assert.deepEqual(judgeAnswer(normaliseAnswer(answer), context), judgeAnswer(answer, context));
      }),
    );
  });
});

describe('keeping an answer', () => {
  const ending = endOfSuite();
  const cost = { memoryKib: 8, passes: 1, parallelism: 1, threads: 1, queue: 64 };
  const digester = createDigester(Buffer.alloc(32, 7));
  let hasher: OpenPasswordHasher;

  before(async () => {
    hasher = await openPasswordHasher(cost);
    ending.after(async () => hasher[Symbol.asyncDispose]());
  });

  test('the same answer is right however it is written, and another one is not', async () => {
    const { hash, verify } = createSecurityQuestions({ hasher, digester });
    const kept = await hash('account-1', 'Café de Zon!');
    assert.match(kept, /^\$argon2id\$/);
    assert.equal(await verify('account-1', kept, '  cafe DE zon'), true);
    for (const typed of ['Café de Maan', 'cafe', '', 'Café de Zon!'.repeat(100)])
      assert.equal(await verify('account-1', kept, typed), false);
  });

  test('it is right for one account only, and not without the key', async () => {
    const { hash, verify } = createSecurityQuestions({ hasher, digester });
    const kept = await hash('account-1', 'Pluisje');
    assert.equal(await verify('account-2', kept, 'Pluisje'), false);
    assert.equal((await hasher.verify(kept, 'pluisje')).ok, false);
    const other = createSecurityQuestions({ hasher, digester: createDigester(Buffer.alloc(32, 8)) });
    assert.equal(await other.verify('account-1', kept, 'Pluisje'), false);
  });

  test('where there is no answer a hash is computed all the same, and nothing is right', async () => {
    const asked: (string | undefined)[] = [];
    const watched = {
      hash: hasher.hash,
      verify: (hash: string | undefined, text: string) => {
        asked.push(hash);
        return hasher.verify(hash, text);
      },
    };
    const { verify } = createSecurityQuestions({ hasher: watched, digester });
    assert.equal(await verify('account-1', undefined, 'Pluisje'), false);
    assert.deepEqual(asked, [undefined]);
  });
});

describe('questions to choose from', () => {
  test('are in the language of the person, in the order of the tenant', () => {
    const settings = tenantSettings('noord');
    const [nl, ...others] = listQuestions(settings, 'nl');
    const [en] = listQuestions(settings, 'en');
    assert.deepEqual(nl, { key: 'first-concert', text: 'Naar welk concert ging u als eerste?' });
    assert.deepEqual(en, { key: 'first-concert', text: 'Which concert did you go to first?' });
    const keys = settings.firstSignIn.questions.map(({ key }) => key);
    assert.deepEqual(['first-concert', ...others.map(({ key }) => key)], keys);
  });
});
