import type { Account, Locale } from '#src/account/account.ts';
import { emailSchema } from '#src/account/profile.ts';
import type { Clock } from '#src/clock.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { EnrolmentStore } from './ports.ts';
import { type AnswerFault, judgeAnswer, listQuestions, type SecurityQuestions } from './security-question.ts';

/** The form of `Eerste inlog`, as typed; a field that it did not have is undefined. */
export interface FirstSignInTyped {
  /** Key of the chosen question. */
  question?: string | undefined;
  answer?: string | undefined;
  email?: string | undefined;
}

/** What is wrong with the form, a field at a time; a field that is right is absent. */
export interface FirstSignInFaults {
  /** `unknown`: not, or no longer, in the tenant's list. */
  question?: 'empty' | 'unknown' | undefined;
  answer?: readonly ('empty' | AnswerFault)[] | undefined;
  email?: 'empty' | 'malformed' | undefined;
}

export type FirstSignInAnswer =
  /** `email` is to be proved; undefined where nothing is asked. */
  { kind: 'saved'; email: string | undefined } | { kind: 'refused'; faults: FirstSignInFaults };

export interface FirstSignInTry {
  tenant: Tenant;
  account: Account;
  /** Language in which the person read the question. */
  locale: Locale;
  typed: FirstSignInTyped;
}

/** An address to write to, or what is wrong with it. */
function readEmail(typed: string): { email: string } | { fault: 'empty' | 'malformed' } {
  if (typed.trim() === '') return { fault: 'empty' };
  const read = emailSchema.safeParse(typed);
  return read.success ? { email: read.data } : { fault: 'malformed' };
}

function questionFault({ tenant, typed }: FirstSignInTry): FirstSignInFaults['question'] {
  const { question = '' } = typed;
  if (question === '') return 'empty';
  return tenant.settings.firstSignIn.questions.some(({ key }) => key === question) ? undefined : 'unknown';
}

function answerFaults({ tenant, account, typed }: FirstSignInTry): FirstSignInFaults['answer'] {
  const { answer = '', question: chosen, email } = typed;
  if (answer.trim() === '') return ['empty'];
  const { name, productName, applicationName, firstSignIn } = tenant.settings;
  const faults = judgeAnswer(answer, {
    questions: firstSignIn.questions.filter(({ key }) => key === chosen).flatMap(({ nl, en }) => [nl, en]),
    loginName: account.loginName,
    names: [account.givenName, account.familyName],
    emails: [account.email ?? '', email ?? ''],
    organisations: [name, productName, applicationName, new URL(tenant.issuer).hostname],
  });
  return faults.length === 0 ? undefined : faults;
}

interface Parts {
  enrolments: Pick<EnrolmentStore, 'saveFirstSignIn'>;
  questions: Pick<SecurityQuestions, 'hash'>;
  clock: Clock;
}

/**
 * Judges what the page `Eerste inlog` asks and keeps it, all or nothing (R15). What the tenant does not ask is neither
 * judged nor kept, also when a form from before its change still brings it. All faults are told at once; the caller
 * shows again what was typed. Throws AppError `hash-queue-full` or `store-unavailable`, and then nothing is kept.
 */
export function createFirstSignIn({ enrolments, questions, clock }: Parts) {
  const hashed = async ({ tenant, account, locale, typed }: FirstSignInTry) => {
    const chosen = listQuestions(tenant.settings, locale).find(({ key }) => key === typed.question);
    if (chosen === undefined) return undefined;
    return { ...chosen, answerHash: await questions.hash(account.id, typed.answer ?? '') };
  };

  return async (input: FirstSignInTry): Promise<FirstSignInAnswer> => {
    const { tenant, account, typed } = input;
    const { asks } = tenant.settings.firstSignIn;
    if (asks === 'nothing') return { kind: 'saved', email: undefined };

    const read = readEmail(typed.email ?? '');
    const asksQuestion = asks === 'question-and-email';
    const faults = {
      question: asksQuestion ? questionFault(input) : undefined,
      answer: asksQuestion ? answerFaults(input) : undefined,
      email: 'fault' in read ? read.fault : undefined,
    };
    if ('fault' in read || faults.question !== undefined || faults.answer !== undefined)
      return { kind: 'refused', faults };

    const saved = { question: await hashed(input), email: read.email };
    await enrolments.saveFirstSignIn(tenant.id, account.id, saved, clock.now());
    return { kind: 'saved', email: read.email };
  };
}

export type FirstSignIn = ReturnType<typeof createFirstSignIn>;
