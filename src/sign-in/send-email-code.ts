import type { Clock } from '#src/clock.ts';
import type { SignInEvents } from '#src/events.ts';
import type { EmailCode } from '#src/message/email-code.ts';
import { requestResult } from './send-sign-in-code.ts';
import { methodContext, type Turn } from './turn.ts';

/** A mail with a code: on its way, or not; `againAt` in milliseconds since the epoch. */
export type MailOutcome =
  | { kind: 'sent'; againAt: number }
  | { kind: 'unavailable'; againAt: number }
  | { kind: 'wait'; until: number };

/** Mails a code that proves an address of the person. */
export type SendEmailCode = (
  at: Turn,
  person: { accountId: string; loginName: string },
  email: string,
) => Promise<MailOutcome>;

/** Kind under which problems and records of codes by mail are told. */
export const EMAIL = 'email';

/** When another mail may be asked for, after one that did not leave; milliseconds. */
const MAIL_RETRY = 30_000;

interface Parts {
  emailCode: Pick<EmailCode, 'send'>;
  events: Pick<SignInEvents, 'codeRequested'>;
  clock: Clock;
}

/** Mails codes as the flow knows them. Every one is recorded. */
export function createSendEmailCode({ emailCode, events, clock }: Parts): SendEmailCode {
  return async (at, person, email) => {
    const outcome = await emailCode.send(methodContext(at, person, clock.now()), email);
    events.codeRequested(at, { account: person.accountId, method: EMAIL, ...requestResult(outcome) });
    if (outcome.kind === 'refused') return { kind: 'unavailable', againAt: clock.now() + MAIL_RETRY };
    return outcome;
  };
}
