import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createFirstSignIn,
  type FirstSignInProblems,
  type FirstSignInTry,
} from '#src/enrolment/first-sign-in.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { AppError } from '#src/errors.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { sampleAccount } from '../../support/sample-account.ts';
import { tenantSettings } from '../../support/tenants.ts';

type Typed = FirstSignInTry['typed'];

const account = sampleAccount({
  givenName: 'Anneke',
  familyName: 'Wijden',
  email: 'oud.adres@voorbeeld.example',
});

const tenant: Tenant = {
  id: 'tenant-1',
  key: 'noord',
  issuer: 'https://login.noord.example',
  settings: tenantSettings('noord'),
};

const RIGHT = {
  question: 'first-cuddly-toy',
  answer: ' Pluisje de Beer! ',
  email: ' a.wijden@werk.example ',
};

/** A page that asks this, and what was kept of it. `hash` stands in for argon2id. */
function pageThat(
  asks: FirstSignInTry['asks'],
  hash = async (id: string, answer: string) => `hash of ${id} ${answer.length}`,
) {
  type Kept = Parameters<EnrolmentStore['saveFirstSignIn']>;
  const kept: Kept[] = [];
  const clock = createTestClock();
  const enrolments = {
    saveFirstSignIn: async (...given: Kept) => {
      kept.push(given);
    },
  };
  const save = createFirstSignIn({ enrolments, questions: { hash }, clock });
  return {
    kept,
    clock,
    save: (typed: Typed, changes: Partial<FirstSignInTry> = {}) =>
      save({ tenant, account, locale: 'nl', asks, typed, ...changes }),
  };
}

describe('question and e-mail of a first sign-in', () => {
  test('all is kept at once: the question as it was read, a hash of the answer, the address without blanks', async () => {
    for (const [locale, text] of [
      ['nl', 'Hoe heette uw eerste knuffel?'],
      ['en', 'What was the name of your first cuddly toy?'],
    ] as const) {
      const { save, kept, clock } = pageThat('question-and-email');
      assert.deepEqual(await save(RIGHT, { locale }), { ok: true, confirm: 'a.wijden@werk.example' });
      const answerHash = `hash of account-1 ${RIGHT.answer.length}`;
      const question = { key: 'first-cuddly-toy', text, answerHash };
      assert.deepEqual(kept, [
        ['tenant-1', 'account-1', { question, email: 'a.wijden@werk.example' }, clock.now()],
      ]);
    }
  });

  test('the faults of all fields are told at once, and nothing is kept', async () => {
    const { save, kept } = pageThat('question-and-email', async () => assert.fail('hashed a refused answer'));
    const none = { question: undefined, answer: undefined, email: undefined };
    const cases: [Typed, FirstSignInProblems][] = [
      [
        { question: '', answer: ' ', email: ' ' },
        { question: 'required', answer: 'required', email: 'required' },
      ],
      [
        { question: 'own-question', answer: 'ab', email: 'nergens' },
        { question: 'unknown', answer: 'too-short', email: 'malformed' },
      ],
      [{ ...RIGHT, question: '__proto__' }, { question: 'unknown' }],
      [{ ...RIGHT, answer: 'x'.repeat(10_000) }, { answer: 'too-long' }],
      [{ ...RIGHT, email: '' }, { email: 'required' }],
      [{ ...RIGHT, email: 'a@b.example\r\nBcc: c@d.example' }, { email: 'malformed' }],
    ];
    for (const [typed, problems] of cases) {
      const result = await save(typed);
      assert.ok(!result.ok);
      assert.deepEqual({ ...none, ...result.problems }, { ...none, ...problems });
    }
    assert.deepEqual(kept, []);
  });

  test('what others know of this person and page is no answer: question, names, addresses, organisation, host', async () => {
    const { save, kept } = pageThat('question-and-email');
    for (const [answer, fault] of [
      ['eerste knuffel', 'same-as-question'],
      ['first cuddly toy', 'same-as-question'],
      ['J. de Vries', 'login-name'],
      ['Anneke', 'own-name'],
      ['Organisatie Noord', 'organisation'],
      ['login noord example', 'organisation'],
      ['oud adres', 'too-simple'],
      ['werk', 'too-simple'],
      ['weet ik niet', 'too-simple'],
    ] as const) {
      const result = await save({ ...RIGHT, answer });
      assert.equal(!result.ok && result.problems.answer, fault, answer);
    }
    assert.deepEqual(kept, []);
  });

  test('only the chosen question is no answer', async () => {
    const { save } = pageThat('question-and-email');
    assert.equal((await save({ ...RIGHT, question: 'first-concert', answer: 'knuffel' })).ok, true);
  });

  test('a page that asked an address alone wants no question and keeps none', async () => {
    const { save, kept, clock } = pageThat('email');
    const saved = { ok: true, confirm: 'a.wijden@werk.example' };
    assert.deepEqual(await save({ question: '', answer: '', email: RIGHT.email }), saved);
    assert.deepEqual(await save(RIGHT), saved);
    const alone = { question: undefined, email: 'a.wijden@werk.example' };
    assert.deepEqual(kept, Array(2).fill(['tenant-1', 'account-1', alone, clock.now()]));
  });

  test('what the page asked counts, also when the tenant asks something else by now', async () => {
    const { firstSignIn } = tenant.settings;
    const changed = { ...tenant.settings, firstSignIn: { ...firstSignIn, asks: 'email' as const } };
    const { save, kept } = pageThat('question-and-email');
    assert.equal((await save(RIGHT, { tenant: { ...tenant, settings: changed } })).ok, true);
    assert.equal(kept[0]?.[2].question?.key, 'first-cuddly-toy');
  });

  test('an address that was proved already is not to be proved again, however it is written', async () => {
    const { save } = pageThat('email');
    const again = { ...RIGHT, email: 'Oud.Adres@Voorbeeld.example' };
    const proved = { account: { ...account, emailVerified: true } };
    assert.deepEqual(await save(again, proved), { ok: true, confirm: undefined });
    assert.deepEqual(await save(again), { ok: true, confirm: again.email });
    assert.deepEqual(await save(RIGHT, proved), { ok: true, confirm: 'a.wijden@werk.example' });
  });

  test('when the hashing is full nothing is kept', async () => {
    const { save, kept } = pageThat('question-and-email', async () => {
      throw new AppError('hash-queue-full', 503, 'full');
    });
    await assert.rejects(save(RIGHT), { code: 'hash-queue-full' });
    assert.deepEqual(kept, []);
  });
});
