import type { AuditTrail } from '#src/audit/ports.ts';
import { type AnswerQuestionParts, createAnswerQuestion } from './answer-question.ts';
import type { Recovery, RecoveryTurn } from './recovery.ts';
import type { RecoveryKeeper } from './recovery-keeper.ts';
import { createReportAccount, createReportLanding, type ReportParts } from './report-account.ts';
import type { RequestRecovery } from './request-recovery.ts';
import { createSetPassword, type SetPasswordParts } from './set-password.ts';
import { createSpendLink, type SpendParts } from './spend-link.ts';

export interface RecoveryParts extends SpendParts, AnswerQuestionParts, SetPasswordParts, ReportParts {
  links: SpendParts['links'] & ReportParts['links'];
  enrolments: SpendParts['enrolments'] & AnswerQuestionParts['enrolments'] & ReportParts['enrolments'];
  mailLinks: SpendParts['mailLinks'] & SetPasswordParts['mailLinks'];
  accounts: SpendParts['accounts'] &
    AnswerQuestionParts['accounts'] &
    SetPasswordParts['accounts'] &
    ReportParts['accounts'];
  events: SpendParts['events'] &
    AnswerQuestionParts['events'] &
    SetPasswordParts['events'] &
    ReportParts['events'];
  tell: ReportParts['tell'];
  keeper: RecoveryKeeper;
  request: RequestRecovery;
  trail: Pick<AuditTrail, 'settled'>;
}

/** Recoveries, turn by turn. No turn answers before what it recorded is kept (ground rule 2). */
export function createRecovery(parts: RecoveryParts): Recovery {
  const { keeper, request, trail } = parts;
  const spending = createSpendLink(parts);
  const answer = createAnswerQuestion(parts);
  const setPassword = createSetPassword(parts);
  const report = createReportAccount(parts);
  const reportLanding = createReportLanding(parts);

  const settled = async <Answer>({ reference }: RecoveryTurn, work: Promise<Answer>): Promise<Answer> => {
    const answer = await work;
    await trail.settled(reference);
    return answer;
  };

  const ask: Recovery['ask'] = async (at, lost, typed) => {
    const outcome = await request(at, lost, typed);
    const kept = await keeper.load(at);
    if (outcome.kind !== 'requested') {
      await keeper.advance(at, kept, { kind: 'ask-refused', lost, typed, problem: outcome });
      return outcome;
    }
    const asked = { kind: 'asked', lost, typed: outcome.typed, at: outcome.at } as const;
    return { kind: 'sent', flow: await keeper.advance(at, kept, asked) };
  };

  return {
    current: async (at) => (await keeper.load(at)).flow,
    ask: (at, lost, typed) => settled(at, ask(at, lost, typed)),
    landing: async (at, token) => reportLanding(at, token, await spending.landing(at, token)),
    spendLink: (at, token) => settled(at, spending.spendLink(at, token)),
    spendCode: (at, of) => settled(at, spending.spendCode(at, of)),
    answer: (at, typed) => settled(at, answer(at, typed)),
    setPassword: (at, typed) => settled(at, setPassword(at, typed)),
    report: (at, token) => settled(at, report(at, token)),
    startOver: (at) => keeper.remove(at),
  };
}
