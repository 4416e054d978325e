import { createFactorMethods } from '#interactions/factors/registry.ts';
import type { Texts } from '#interactions/i18n.ts';
import { backupCodeText } from '#interactions/messages/backup-code.ts';
import { emailCodeMail } from '#interactions/messages/email-code.ts';
import { createNoticeRenderer } from '#interactions/messages/notices.ts';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import { createEmailCode } from '#src/message/email-code.ts';
import { createNotices, type NoticesParts } from '#src/message/notices.ts';
import { createOneTimeCodes } from '#src/message/one-time-codes.ts';
import type { Courier } from '#src/message/ports.ts';
import type { MessageQueue } from '#src/message/queue-ports.ts';
import { createSendBackupCode } from '#src/message/send-backup-code.ts';
import { createSendCode } from '#src/message/send-code.ts';
import { createSendLimiter } from '#src/message/send-limiter.ts';
import { createSendToPhone } from '#src/message/send-to-phone.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createBackupCodes, showBackupCode } from '#src/sign-in/backup-code.ts';
import type { YubicoValidation } from '#src/sign-in/yubico.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Durable } from './durable.ts';
import type { Volatile } from './volatile.ts';

export interface SecondStepParts {
  durable: Pick<Durable, 'accounts' | 'factors' | 'backupCodes' | 'digester'>;
  volatile: Pick<Volatile, 'oneTime' | 'throttle'>;
  courier: Courier;
  queue: MessageQueue;
  /** Where people say "this was not me". */
  reportHref: NoticesParts['reportHref'];
  validation: YubicoValidation | undefined;
  hasher: PasswordHasher;
  texts: Texts;
  events: SystemEvents;
  clock: Clock;
  log: Log;
}

/** Every second-step method of this installation, and what is sent around them. Disposing waits for notices. */
export function composeSecondStep(parts: SecondStepParts) {
  const { durable, volatile, courier, queue, reportHref, validation, hasher, texts, events, clock, log } =
    parts;
  const { accounts, factors, digester } = durable;
  const { oneTime, throttle } = volatile;
  const limiter = createSendLimiter({ throttle, digester, clock, log, events });
  const codes = createOneTimeCodes({ oneTime, digester });
  const backupCodes = createBackupCodes({ store: durable.backupCodes, hasher, digester });
  const notices = createNotices({
    queue,
    factors,
    accounts,
    reportHref,
    render: createNoticeRenderer(texts),
    throttle,
    log,
    events,
  });
  const methods = createFactorMethods({
    courier,
    sendCode: createSendCode({ courier, limiter, codes, clock }),
    codes,
    limiter,
    factors,
    digester,
    texts,
    oneTime,
    validation,
    backupCodes,
    onVoid: (context) => notices.tell(context, 'backup-code-void'),
  });
  return {
    methods,
    notices,
    backupCodes,
    backupCodeSender: createSendBackupCode({
      courier,
      sendToPhone: createSendToPhone({ courier, limiter, clock }),
      factors,
      digester,
      write: ({ tenant, locale }, code) =>
        backupCodeText(texts.for(locale), { code: showBackupCode(code), tenant }),
    }),
    emailCode: createEmailCode({
      courier,
      codes,
      throttle,
      digester,
      clock,
      render: ({ tenant, locale }, code) =>
        emailCodeMail({ tenant: tenant.settings, locale, t: texts.for(locale) }, code),
    }),
    [Symbol.asyncDispose]: () => notices[Symbol.asyncDispose](),
  };
}

export type SecondStep = ReturnType<typeof composeSecondStep>;
