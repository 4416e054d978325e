import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import type { SecurityQuestions } from '#src/enrolment/security-question.ts';
import type { RecoveryEvents } from '#src/events.ts';
import { addressKey, answerCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { RecoveryTurn } from './recovery.ts';
import type { RecoveryAt, RecoveryEvent, RecoveryFlow } from './recovery-flow.ts';
import type { RecoveryKeeper } from './recovery-keeper.ts';
import { stillStands } from './standing.ts';

export interface AnswerQuestionParts {
  keeper: RecoveryKeeper;
  accounts: Pick<AccountStore, 'findById'>;
  enrolments: Pick<EnrolmentStore, 'findQuestion'>;
  questions: Pick<SecurityQuestions, 'verify'>;
  openTry: TryLimiter;
  digester: Digester;
  events: Pick<RecoveryEvents, 'questionAnswered'>;
  clock: Clock;
}

/**
 * Judges the answer to the person's own question: counted per person before it is judged, whatever link led to it, so
 * that a new link brings no new tries. Throws AppError `hash-queue-full` or `store-unavailable`.
 */
export function createAnswerQuestion(parts: AnswerQuestionParts) {
  const { keeper, accounts, enrolments, questions, openTry, digester, events, clock } = parts;

  const judge = async (
    at: RecoveryTurn,
    flow: RecoveryAt<'question'>,
    typed: string,
  ): Promise<RecoveryEvent> => {
    const { linkId, accountId } = flow;
    const account = await accounts.findById(at.tenantId, accountId);
    const question = await enrolments.findQuestion(at.tenantId, accountId);
    // A question that is gone is no way past it.
    if (!stillStands(account, flow, clock.now()) || question === undefined)
      return { kind: 'overtaken', linkId };
    if (typed.trim() === '') return { kind: 'answer-refused', linkId, problem: { kind: 'empty' } };
    const told = (outcome: 'success' | 'failure', reason: string) =>
      events.questionAnswered(at, { outcome, reason, account: accountId });
    const address = digester.digest('address', addressKey(at.address));
    const opening = await openTry(at.tenantId, answerCounters({ accountId, address }));
    if (!opening.allowed) {
      told('failure', 'wait');
      return { kind: 'answer-refused', linkId, problem: { kind: 'wait', until: opening.until } };
    }
    const { ticket } = opening;
    const right = await questions
      .verify(accountId, question.answerHash, typed)
      .catch(async (failure: unknown) => {
        await ticket.withdrawn();
        throw failure;
      });
    await (right ? ticket.succeeded() : ticket.failed());
    told(right ? 'success' : 'failure', right ? 'right' : 'wrong');
    return right
      ? { kind: 'answered', linkId }
      : { kind: 'answer-refused', linkId, problem: { kind: 'wrong' } };
  };

  return async (at: RecoveryTurn, typed: string): Promise<RecoveryFlow> => {
    const kept = await keeper.load(at);
    const { flow } = kept;
    if (flow.step !== 'question') return flow;
    return keeper.advance(at, kept, await judge(at, flow, typed));
  };
}
