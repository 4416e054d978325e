import type { Clock } from '#src/clock.ts';
import { keptQuestion, type QuestionProblems, questionProblems } from '#src/enrolment/chosen-question.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import type { SecurityQuestions } from '#src/enrolment/security-question.ts';
import type { Notices } from '#src/message/notices.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import { noticeContext, type SettingsTurn } from './turn.ts';

export interface OwnQuestionParts {
  enrolments: Pick<EnrolmentStore, 'findQuestion' | 'saveQuestion'>;
  questions: Pick<SecurityQuestions, 'hash'>;
  notices: Pick<Notices, 'tell'>;
  settingsEvents: Pick<SettingsEvents, 'questionChanged' | 'refused'>;
  clock: Clock;
}

export type QuestionChangeResult = { ok: true } | { ok: false; problems: QuestionProblems };

/**
 * The question and answer of a recovery (R15), changed by the rules of the first ones. Of two windows the last one
 * counts: each is told that it was saved, and nothing is half done.
 */
export function createOwnQuestion(parts: OwnQuestionParts) {
  const { enrolments, questions, settingsEvents, clock } = parts;
  return {
    /** As the person read it; undefined for none. */
    now: async ({ tenantId, account }: SettingsTurn): Promise<string | undefined> =>
      (await enrolments.findQuestion(tenantId, account.id))?.text,

    /** Throws AppError `hash-queue-full` or `store-unavailable`, and then nothing is kept. */
    async change(
      at: SettingsTurn,
      typed: { question: string; answer: string },
    ): Promise<QuestionChangeResult> {
      const { tenant, tenantId, account, locale } = at;
      const { id } = account;
      const tried = { tenant, account, locale, typed };
      const problems = questionProblems(tried);
      const faults = Object.values(problems).filter((fault) => fault !== undefined);
      const kept = faults.length > 0 ? undefined : await keptQuestion(questions, tried);
      if (kept === undefined) {
        settingsEvents.refused(at, { account: id, what: 'question', reason: faults.join(' ') });
        return { ok: false, problems };
      }
      const now = clock.now();
      await enrolments.saveQuestion(tenantId, id, kept, now);
      settingsEvents.questionChanged(at, { account: id });
      await parts.notices.tell(noticeContext(at, now), 'question-changed');
      return { ok: true };
    },
  };
}

export type OwnQuestion = ReturnType<typeof createOwnQuestion>;
