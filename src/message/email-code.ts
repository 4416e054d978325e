import { comparableEmail } from '#src/account/profile.ts';
import type { Clock } from '#src/clock.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { MethodContext, Refusal } from '#src/sign-in/factor.ts';
import type { Mail } from './mail.ts';
import { EMAIL_CODE_LIFE, type OneTimeCodes } from './one-time-codes.ts';
import type { Courier, RedeemResult } from './ports.ts';
import { createSendGate } from './send-gate.ts';
import { emailSendCounters } from './send-limits.ts';
import { refusalOfFault } from './send-to-phone.ts';

/** What sending a code by mail came to. Times in milliseconds since the epoch. */
export type EmailCodeOutcome =
  /** Another one may be asked for at `againAt`. */
  | { kind: 'sent'; againAt: number }
  | { kind: 'wait'; until: number }
  | { kind: 'refused'; reason: Extract<Refusal, 'undeliverable' | 'unavailable'> };

/** Codes that prove an e-mail address. */
export interface EmailCode {
  /** Sends one to an address as typed; it ends the one before. */
  send(context: MethodContext, email: string): Promise<EmailCodeOutcome>;
  /** Whether the newest code of the person went to this address, and is good still. */
  waits(context: MethodContext, email: string): Promise<boolean>;
  /** Uses it up. It is good for the address it was sent to, in the interaction that asked for it. */
  redeem(context: MethodContext, email: string, typed: string): Promise<RedeemResult | 'malformed'>;
}

interface Parts {
  courier: Courier;
  codes: OneTimeCodes;
  throttle: ThrottleStore;
  digester: Digester;
  clock: Clock;
  render: (context: MethodContext, code: string) => Mail;
}

/** Sends and redeems codes by mail, within limits for the account and for the address (nobody's letterbox is bombed). */
export function createEmailCode({ courier, codes, throttle, digester, clock, render }: Parts): EmailCode {
  const openGate = createSendGate({ throttle, clock });
  const slotOf = ({ accountId }: MethodContext) => `email:${accountId}`;
  const digestOf = (email: string) => digester.digest('email', comparableEmail(email));
  const bindingOf = ({ interaction, accountId }: MethodContext, email: string) =>
    JSON.stringify(['prove-email', interaction, accountId, digestOf(email)]);
  const countersOf = ({ accountId }: MethodContext, email: string) =>
    emailSendCounters({ accountId, email: digestOf(email) });

  return {
    async send(context, email) {
      const { tenant, locale } = context;
      if (!courier.channels.includes('email')) return { kind: 'refused', reason: 'unavailable' };
      const opening = await openGate(tenant.id, countersOf(context, email));
      if (!opening.allowed) return { kind: 'wait', until: opening.until };
      const binding = bindingOf(context, email);
      const code = await codes.issue(tenant.id, slotOf(context), binding, EMAIL_CODE_LIFE);
      const address = { tenantId: tenant.id, issuer: tenant.issuer, channel: 'email', to: email } as const;
      const result = await courier.send({ ...address, ...render(context, code), locale });
      if (result.ok) return { kind: 'sent', againAt: await opening.ticket.sent() };
      await opening.ticket.failed();
      return { kind: 'refused', reason: refusalOfFault(result.fault) };
    },
    waits: (context, email) => codes.waits(context.tenant.id, slotOf(context), bindingOf(context, email)),
    async redeem(context, email, typed) {
      const { id } = context.tenant;
      const result = await codes.redeem(id, slotOf(context), bindingOf(context, email), typed);
      if (result === 'right') {
        await throttle.settle(id, { clear: [countersOf(context, email).wait.key], giveBack: [] });
      }
      return result;
    },
  };
}
