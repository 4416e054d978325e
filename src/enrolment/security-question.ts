import type { TenantSettings } from '#config/tenant.ts';
import type { AccountId, Locale } from '#src/account/account.ts';
import type { Digester, PasswordHasher } from '#src/secret/ports.ts';
import { LAZY_WORDS } from './lazy-answers.ts';

/** A question as somebody can choose it. */
export interface QuestionChoice {
  key: string;
  text: string;
}

/** Whether people of a tenant have a security question at all. */
export function asksQuestion({ settings }: { settings: TenantSettings }): boolean {
  return settings.firstSignIn.asks === 'question-and-email';
}

/** The tenant's questions in a person's language. Whether they are asked at all is said by `firstSignIn.asks`. */
export function listQuestions({ firstSignIn }: TenantSettings, locale: Locale): QuestionChoice[] {
  return firstSignIn.questions.map((question) => ({ key: question.key, text: question[locale] }));
}

/** Accents of Latin, Greek and Cyrillic; marks of other scripts are letters of their own and stay. */
const ACCENTS = /[\u0300-\u036f]/gu;
/** What stands inside a word, or nowhere to be seen, and is left out without leaving a gap. */
const WITHIN_WORDS = /[.'’‘ʼ´`\p{Default_Ignorable_Code_Point}]/gu;

const withoutAccents = (text: string) => text.normalize('NFKD').replace(ACCENTS, '');

/**
 * The form in which answers are hashed and compared, because nobody remembers after a year how they wrote it: without
 * accents, capitals, compatibility forms, punctuation and signs, one blank between words ("Café de Zon!" is "cafe
 * de zon"). Doing it again changes nothing.
 */
export function normaliseAnswer(typed: string): string {
  const bare = withoutAccents(typed.toWellFormed().replace(WITHIN_WORDS, ''));
  // By way of the capitals, which some small letters share: ß and ss, the two sigmas (from ẞ: by way of ß).
  const folded = withoutAccents(bare.toLowerCase().toUpperCase().toLowerCase()).replaceAll('ς', 'σ');
  return folded
    .replace(WITHIN_WORDS, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .normalize('NFC');
}

/** What somebody who knows this person, or this page, would try first. */
export interface AnswerContext {
  /** The question in every language. */
  questions: readonly string[];
  loginName: string;
  /** Given and family name. */
  names: readonly string[];
  emails: readonly string[];
  /** Names of tenant and product, and the host. */
  organisations: readonly string[];
}

/**
 * Why an answer is refused; each has a text. `too-simple`: one character over and over, only digits, a lazy answer, or
 * a piece of the e-mail address.
 */
export type AnswerFault =
  | 'too-short'
  | 'too-long'
  | 'same-as-question'
  | 'login-name'
  | 'own-name'
  | 'organisation'
  | 'too-simple';

/** Code points without blanks, after normalising. */
export const ANSWER_MIN = 3;
/** UTF-16 units as typed. */
export const ANSWER_MAX = 200;

const compact = (text: string) => text.replaceAll(' ', '');
const wordsOf = (normalised: string) => normalised.split(' ').filter((word) => word !== '');

/** Words of a text, both as it reads and split at its dots (`j.de-vries` is `jde`, `vries`, `j`, `de`). */
const allWordsOf = (text: string) => [
  ...wordsOf(normaliseAnswer(text)),
  ...wordsOf(normaliseAnswer(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' '))),
];

/** Whether an answer says nothing beyond these texts: one of them run together, or only words of them. */
function isMadeOf(answer: string, texts: readonly string[]): boolean {
  // Digits around it (a year, a counting) make nothing new of a name.
  const undressed = answer.replace(/^\p{N}+|\p{N}+$/gu, '').trim();
  const words = new Set(texts.flatMap(allWordsOf));
  const wholes = new Set(texts.map((text) => compact(normaliseAnswer(text))));
  return [answer, undressed].some(
    (form) => form !== '' && (wholes.has(compact(form)) || wordsOf(form).every((word) => words.has(word))),
  );
}

function isTooSimple(answer: string): boolean {
  const chars = Array.from(compact(answer));
  return (
    chars.every((char) => char === chars[0]) ||
    chars.every((char) => /\p{N}/u.test(char)) ||
    LAZY_WORDS.has(compact(answer)) ||
    wordsOf(answer).every((word) => LAZY_WORDS.has(word) || /^\p{N}+$/u.test(word))
  );
}

/** All that is wrong with an answer, what says most in front; nothing when it will do. */
export function judgeAnswer(typed: string, context: AnswerContext): AnswerFault[] {
  if (typed.length > ANSWER_MAX) return ['too-long'];
  const answer = normaliseAnswer(typed);
  if (Array.from(compact(answer)).length < ANSWER_MIN) return ['too-short'];
  const faults: AnswerFault[] = [];
  if (isMadeOf(answer, context.questions)) faults.push('same-as-question');
  if (isMadeOf(answer, [context.loginName])) faults.push('login-name');
  if (isMadeOf(answer, [...context.names, context.names.join(' ')])) faults.push('own-name');
  if (isMadeOf(answer, context.organisations)) faults.push('organisation');
  if (isTooSimple(answer) || isMadeOf(answer, context.emails)) faults.push('too-simple');
  return faults;
}

/**
 * Keeps and checks answers: argon2id over a keyed digest of the normalised answer, bound to the account, because
 * answers are short and a stolen table would give them away (ground rule 9). Both throw AppError `hash-queue-full`.
 */
export function createSecurityQuestions({
  hasher,
  digester,
}: {
  hasher: PasswordHasher;
  digester: Digester;
}) {
  const pepper = (accountId: AccountId, typed: string) =>
    digester.digest('security-answer', `${accountId}:${normaliseAnswer(typed)}`);
  return {
    /** PHC string. Judge the answer before. */
    hash: (accountId: AccountId, typed: string): Promise<string> => hasher.hash(pepper(accountId, typed)),

    /** Whether it is the answer; without a hash it costs the same and never is. Count the try before. */
    async verify(accountId: AccountId, hash: string | undefined, typed: string): Promise<boolean> {
      if (typed.length > ANSWER_MAX) return false;
      return (await hasher.verify(hash, pepper(accountId, typed))).ok;
    },
  };
}

export type SecurityQuestions = ReturnType<typeof createSecurityQuestions>;
