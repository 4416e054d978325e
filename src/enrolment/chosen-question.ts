import type { Account, Locale } from '#src/account/account.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { SecurityQuestion } from './ports.ts';
import { type AnswerFault, judgeAnswer, listQuestions, type SecurityQuestions } from './security-question.ts';

export interface QuestionTry {
  tenant: Tenant;
  account: Account;
  /** Language in which the person read the question. */
  locale: Locale;
  /** As typed; `question` is a key of the tenant's list, `email` an address typed beside it. */
  typed: { question: string; answer: string; email?: string | undefined };
}

/** The most telling fault of each field (`securityQuestion.problem.<field>.<fault>`). */
export interface QuestionProblems {
  /** `unknown`: not, or no longer, in the tenant's list. */
  question?: 'required' | 'unknown' | undefined;
  answer?: 'required' | AnswerFault | undefined;
}

function questionFault({ tenant, typed }: QuestionTry): QuestionProblems['question'] {
  if (typed.question === '') return 'required';
  const { questions } = tenant.settings.firstSignIn;
  return questions.some(({ key }) => key === typed.question) ? undefined : 'unknown';
}

function answerFault({ tenant, account, typed }: QuestionTry): QuestionProblems['answer'] {
  if (typed.answer.trim() === '') return 'required';
  const { name, productName, applicationName, firstSignIn } = tenant.settings;
  const chosen = firstSignIn.questions.filter(({ key }) => key === typed.question);
  const [fault] = judgeAnswer(typed.answer, {
    questions: chosen.flatMap(({ nl, en }) => [nl, en]),
    loginName: account.loginName,
    names: [account.givenName, account.familyName],
    emails: [account.email ?? '', typed.email ?? ''],
    organisations: [name, productName, applicationName, new URL(tenant.issuer).hostname],
  });
  return fault;
}

/** What is wrong with a chosen question and its answer; told for both at once. */
export function questionProblems(tried: QuestionTry): QuestionProblems {
  return { question: questionFault(tried), answer: answerFault(tried) };
}

/** The question as it is kept; undefined where the list has none of that key. Throws AppError `hash-queue-full`. */
export async function keptQuestion(
  questions: Pick<SecurityQuestions, 'hash'>,
  { tenant, account, locale, typed }: QuestionTry,
): Promise<SecurityQuestion | undefined> {
  const chosen = listQuestions(tenant.settings, locale).find(({ key }) => key === typed.question);
  return chosen && { ...chosen, answerHash: await questions.hash(account.id, typed.answer) };
}
