import type { TenantSettings } from '#config/tenant.ts';
import type { Account, Locale } from '#src/account/account.ts';
import { comparableEmail, emailSchema } from '#src/account/profile.ts';
import type { Clock } from '#src/clock.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { keptQuestion, type QuestionProblems, questionProblems } from './chosen-question.ts';
import type { EnrolmentStore } from './ports.ts';
import type { SecurityQuestions } from './security-question.ts';

/** What the page `Eerste inlog` asked of this person. */
type Asked = Exclude<TenantSettings['firstSignIn']['asks'], 'nothing'>;

export interface FirstSignInTry {
  tenant: Tenant;
  account: Account;
  /** Language in which the person read the question. */
  locale: Locale;
  asks: Asked;
  /** As typed; `question` is a key of the tenant's list. */
  typed: { question: string; answer: string; email: string };
}

/** What is wrong with the form, the most telling fault of each field (`securityQuestion.problem.<field>.<fault>`). */
export interface FirstSignInProblems extends QuestionProblems {
  email?: 'required' | 'malformed' | undefined;
}

/** `confirm` is the address that is still to be proved; undefined for one that is proved already. */
export type FirstSignInResult =
  | { ok: true; confirm: string | undefined }
  | { ok: false; problems: FirstSignInProblems };

/** An address to write to, or what is wrong with it. */
function readEmail(typed: string): { email: string } | { fault: 'required' | 'malformed' } {
  if (typed.trim() === '') return { fault: 'required' };
  const read = emailSchema.safeParse(typed);
  return read.success ? { email: read.data } : { fault: 'malformed' };
}

/** The address is the one that was proved before (`EnrolmentStore` keeps it so). */
function isProved({ email, emailVerified }: Account, typed: string): boolean {
  return emailVerified && email !== undefined && comparableEmail(email) === comparableEmail(typed);
}

interface Parts {
  enrolments: Pick<EnrolmentStore, 'saveFirstSignIn'>;
  questions: Pick<SecurityQuestions, 'hash'>;
  clock: Clock;
}

/**
 * Judges what the page `Eerste inlog` asked and keeps it, all or nothing (R15). Only what the page asked counts, however
 * the tenant changed since; the faults of all fields are told at once. Throws AppError `hash-queue-full` or
 * `store-unavailable`, and then nothing is kept.
 */
export function createFirstSignIn({ enrolments, questions, clock }: Parts) {
  return async (input: FirstSignInTry): Promise<FirstSignInResult> => {
    const { tenant, account, asks, typed } = input;
    const withQuestion = asks === 'question-and-email';
    const { question, answer } = withQuestion ? questionProblems(input) : {};
    const read = readEmail(typed.email);
    if ('fault' in read) return { ok: false, problems: { question, answer, email: read.fault } };
    if (question !== undefined || answer !== undefined) return { ok: false, problems: { question, answer } };

    const { email } = read;
    const saved = { question: withQuestion ? await keptQuestion(questions, input) : undefined, email };
    await enrolments.saveFirstSignIn(tenant.id, account.id, saved, clock.now());
    return { ok: true, confirm: isProved(account, email) ? undefined : email };
  };
}

export type FirstSignIn = ReturnType<typeof createFirstSignIn>;
