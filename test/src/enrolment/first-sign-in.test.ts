import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Account } from '#src/account/account.ts';
import {
  createFirstSignIn,
  type FirstSignInFaults,
  type FirstSignInTyped,
} from '#src/enrolment/first-sign-in.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { AppError } from '#src/errors.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { tenantSettings } from '../../support/tenants.ts';

type Asks = Tenant['settings']['firstSignIn']['asks'];

const account: Account = {
  id: 'account-1',
  tenantId: 'tenant-1',
  loginName: 'j.devries',
  givenName: 'Anneke',
  familyName: 'Wijden',
  email: 'oud.adres@voorbeeld.example',
  emailVerified: false,
  phone: undefined,
  phoneVerified: false,
  locale: 'nl',
  roles: [],
  disabledAt: undefined,
  createdAt: 0,
};

function tenantThatAsks(asks: Asks): Tenant {
  const settings = tenantSettings('noord');
  const firstSignIn = { ...settings.firstSignIn, asks };
  return {
    id: 'tenant-1',
    key: 'noord',
    issuer: 'https://login.noord.example',
    settings: { ...settings, firstSignIn },
  };
}

const RIGHT = {
  question: 'first-cuddly-toy',
  answer: ' Pluisje de Beer! ',
  email: ' a.wijden@werk.example ',
};

/** The page of a tenant, and what was kept of it. `hash` stands in for argon2id. */
function pageThat(asks: Asks, hash = async (id: string, answer: string) => `hash of ${id} ${answer.length}`) {
  type Kept = Parameters<EnrolmentStore['saveFirstSignIn']>;
  const kept: Kept[] = [];
  const clock = createTestClock();
  const enrolments = {
    saveFirstSignIn: async (...given: Kept) => {
      kept.push(given);
    },
  };
  const save = createFirstSignIn({ enrolments, questions: { hash }, clock });
  const tenant = tenantThatAsks(asks);
  return {
    kept,
    clock,
    save: (typed: FirstSignInTyped, locale: 'nl' | 'en' = 'nl') => save({ tenant, account, locale, typed }),
  };
}

describe('question and e-mail of a first sign-in', () => {
  test('all is kept at once: the question as it was read, a hash of the answer, the address without blanks', async () => {
    for (const [locale, text] of [
      ['nl', 'Hoe heette uw eerste knuffel?'],
      ['en', 'What was the name of your first cuddly toy?'],
    ] as const) {
      const { save, kept, clock } = pageThat('question-and-email');
      assert.deepEqual(await save(RIGHT, locale), { kind: 'saved', email: 'a.wijden@werk.example' });
      const answerHash = `hash of account-1 ${RIGHT.answer.length}`;
      const question = { key: 'first-cuddly-toy', text, answerHash };
      assert.deepEqual(kept, [
        ['tenant-1', 'account-1', { question, email: 'a.wijden@werk.example' }, clock.now()],
      ]);
    }
  });

  test('every fault is told with its field, all at once, and nothing is kept', async () => {
    const { save, kept } = pageThat('question-and-email', async () => assert.fail('hashed a refused answer'));
    const cases: [FirstSignInTyped, FirstSignInFaults][] = [
      [{}, { question: 'empty', answer: ['empty'], email: 'empty' }],
      [
        { question: '', answer: ' ', email: ' ' },
        { question: 'empty', answer: ['empty'], email: 'empty' },
      ],
      [
        { question: 'own-question', answer: 'ab', email: 'nergens' },
        { question: 'unknown', answer: ['too-short'], email: 'malformed' },
      ],
      [
        { ...RIGHT, question: '__proto__' },
        { question: 'unknown', answer: undefined, email: undefined },
      ],
      [
        { ...RIGHT, email: 'a@b.example\r\nBcc: c@d.example' },
        { question: undefined, answer: undefined, email: 'malformed' },
      ],
    ];
    for (const [typed, faults] of cases)
      assert.deepEqual(await save(typed), {
        kind: 'refused',
        faults: { question: undefined, answer: undefined, email: undefined, ...faults },
      });
    assert.deepEqual(kept, []);
  });

  test('what others know of this person and page is no answer: question, names, addresses, organisation, host', async () => {
    const { save, kept } = pageThat('question-and-email');
    for (const [answer, fault] of [
      ['eerste knuffel', 'same-as-question'],
      ['first cuddly toy', 'same-as-question'],
      ['J. de Vries', 'login-name'],
      ['Anneke', 'own-name'],
      ['oud adres', 'email'],
      ['werk', 'email'],
      ['Organisatie Noord', 'organisation'],
      ['login noord example', 'organisation'],
      ['weet ik niet', 'too-simple'],
    ] as const) {
      const result = await save({ ...RIGHT, answer });
      assert.ok(result.kind === 'refused' && result.faults.answer?.includes(fault), `${answer}: ${fault}`);
    }
    assert.deepEqual(kept, []);
  });

  test('only the chosen question is no answer', async () => {
    const { save } = pageThat('question-and-email');
    assert.equal((await save({ ...RIGHT, question: 'first-concert', answer: 'knuffel' })).kind, 'saved');
  });

  test('where only an address is asked a question is neither wanted nor kept', async () => {
    const { save, kept, clock } = pageThat('email');
    const saved = { kind: 'saved', email: 'a.wijden@werk.example' };
    assert.deepEqual(await save({ email: RIGHT.email }), saved);
    assert.deepEqual(await save(RIGHT), saved);
    const alone = { question: undefined, email: 'a.wijden@werk.example' };
    assert.deepEqual(kept, Array(2).fill(['tenant-1', 'account-1', alone, clock.now()]));
    assert.deepEqual(await save({}), {
      kind: 'refused',
      faults: { question: undefined, answer: undefined, email: 'empty' },
    });
  });

  test('where nothing is asked nothing is kept', async () => {
    const { save, kept } = pageThat('nothing');
    assert.deepEqual(await save(RIGHT), { kind: 'saved', email: undefined });
    assert.deepEqual(kept, []);
  });

  test('when the hashing is full nothing is kept', async () => {
    const { save, kept } = pageThat('question-and-email', async () => {
      throw new AppError('hash-queue-full', 503, 'full');
    });
    await assert.rejects(save(RIGHT), { code: 'hash-queue-full' });
    assert.deepEqual(kept, []);
  });
});
