import { loadWordLists } from '#adapters/crypto/word-lists.ts';
import type { Texts } from '#interactions/i18n.ts';
import { createRecoveryMailRenderer } from '#interactions/messages/recovery-mails.ts';
import { createJudgeNewPassword, type JudgeNewPassword } from '#src/account/judge-new-password.ts';
import { createPasswordRules } from '#src/account/password-rules.ts';
import type { AuditTrail } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import { createRecoveryEvents } from '#src/events.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import type { Log } from '#src/log.ts';
import type { Notices } from '#src/message/notices.ts';
import type { MessageQueue, QueueHandler } from '#src/message/queue-ports.ts';
import { createAnswerRequest } from '#src/recovery/answer-request.ts';
import { createRecovery } from '#src/recovery/create-recovery.ts';
import { createInvite, type Invite } from '#src/recovery/invite.ts';
import { createMailLinks, type MailLinks } from '#src/recovery/mail-links.ts';
import type { Recovery } from '#src/recovery/recovery.ts';
import { createRecoveryKeeper } from '#src/recovery/recovery-keeper.ts';
import { createRequestRecovery } from '#src/recovery/request-recovery.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { TenantDirectory } from '#src/tenant/ports.ts';
import type { Durable } from './durable.ts';
import type { Volatile } from './volatile.ts';

interface LinkParts {
  durable: Pick<Durable, 'links' | 'digester'>;
  clock: Clock;
}

/** The links of mails. Its `reportHref` is what notices need; they are composed before recoveries are. */
export function composeMailLinks({ durable, clock }: LinkParts): MailLinks {
  return createMailLinks({ links: durable.links, digester: durable.digester, clock });
}

export interface InviteParts {
  durable: Pick<Durable, 'accounts' | 'links' | 'digester'>;
  queue: MessageQueue;
  texts: Texts;
  clock: Clock;
}

/** Invitations alone, for commands. */
export function composeInvite({ durable, queue, texts, clock }: InviteParts): Invite {
  return createInvite({
    accounts: durable.accounts,
    links: composeMailLinks({ durable, clock }),
    invitations: durable.links,
    queue,
    render: createRecoveryMailRenderer(texts),
    clock,
  });
}

export interface RecoveryCompositionParts extends InviteParts {
  durable: Pick<Durable, 'accounts' | 'factors' | 'links' | 'enrolments' | 'queue' | 'sealer' | 'digester'>;
  volatile: Pick<Volatile, 'flows' | 'throttle'>;
  sessions: Pick<Sessions, 'endAll'>;
  tenants: TenantDirectory;
  notices: Pick<Notices, 'tell'>;
  hasher: PasswordHasher;
  trail: Pick<AuditTrail, 'record' | 'settled'>;
  /** Where passwords known from leaks can be asked for. */
  breached?: { isBreached(password: string): Promise<boolean> } | undefined;
  log: Log;
}

/** Ways back in, wired: the turns of people, and what the queue does for them (kind RECOVERY_KIND). */
export interface RecoveryComposition {
  /** One for every new password, so that tries are counted together. */
  judgeNewPassword: JudgeNewPassword;
  recovery: Recovery;
  handler: QueueHandler;
  invite: Invite;
}

/** The rules of recoveries and invitations, wired to their stores. */
export function composeRecovery(parts: RecoveryCompositionParts): RecoveryComposition {
  const { durable, volatile, tenants, notices, hasher, queue, texts, trail, breached, clock, log } = parts;
  const { accounts, factors, links, enrolments, digester, sealer } = durable;
  const { throttle } = volatile;
  const events = createRecoveryEvents(log, trail);
  const mailLinks = composeMailLinks({ durable, clock });
  const render = createRecoveryMailRenderer(texts);
  const judgeNewPassword = createJudgeNewPassword({
    rules: createPasswordRules({ loadWordLists }),
    isBreached: breached && ((password) => breached.isBreached(password)),
    ...{ throttle, clock },
  });
  const given = { accounts, throttle, queue, digester, events, trail, clock };
  return {
    judgeNewPassword,
    recovery: createRecovery({
      ...given,
      request: createRequestRecovery(given),
      keeper: createRecoveryKeeper({ flows: volatile.flows, sealer }),
      ...{ links, mailLinks, enrolments, factors, hasher },
      openTry: createTryLimiter({ throttle, clock }),
      questions: createSecurityQuestions({ hasher, digester }),
      judgeNewPassword,
      endAccount: (tenant, accountId) => parts.sessions.endAll(tenant, accountId),
      tell: (tenant, accountId, what, formerEmail) =>
        notices.tell({ tenant, accountId, now: clock.now(), formerEmail }, what),
    }),
    handler: createAnswerRequest({ ...given, tenants, links: mailLinks, messages: durable.queue, render }),
    invite: composeInvite(parts),
  };
}
