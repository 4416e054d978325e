import type { Clock } from '#src/clock.ts';
import type { CodeChannel, MethodContext, Refusal, SendOutcome } from '#src/sign-in/factor.ts';
import { maskedEnding } from './phone-number.ts';
import type { Courier, DeliveryFault } from './ports.ts';
import type { SendLimiter } from './send-limiter.ts';
import type { SendPurpose } from './send-limits.ts';

/** Where a text goes. */
export interface PhoneTarget {
  /** E.164. */
  number: string;
  channel: CodeChannel;
  purpose: SendPurpose;
  /** How many accounts of the tenant have this number. */
  accounts: number;
}

/** What a person is told of a fault; the rest is the operator's, and in the log. */
export function refusalOfFault(fault: DeliveryFault): Extract<Refusal, 'undeliverable' | 'unavailable'> {
  return fault === 'number' ? 'undeliverable' : 'unavailable';
}

/**
 * Sends one text to a phone within the limits. `write` is called once the send is allowed, and makes what the text
 * needs (a code). A message that every supplier refused counts only as a try of the account.
 */
export function createSendToPhone(parts: { courier: Courier; limiter: SendLimiter; clock: Clock }) {
  const { courier, limiter, clock } = parts;
  return async (
    context: MethodContext,
    { number, channel, purpose, accounts }: PhoneTarget,
    write: () => Promise<string>,
  ): Promise<SendOutcome> => {
    if (!courier.channels.includes(channel)) return { kind: 'refused', reason: 'unavailable' };
    const opened = await limiter.open(context, { number, purpose, accounts });
    if (opened.kind === 'wait') return opened;
    if (opened.kind === 'spent') return { kind: 'refused', reason: 'unavailable' };
    const { tenant, locale } = context;
    const address = { tenantId: tenant.id, issuer: tenant.issuer, channel, to: number };
    const result = await courier.send({ ...address, text: await write(), locale });
    if (!result.ok) {
      // Without an answer it may have been sent all the same: then it counts.
      if (result.fault !== 'unreachable') await opened.ticket.failed();
      return { kind: 'refused', reason: refusalOfFault(result.fault) };
    }
    const againAt = await opened.ticket.sent();
    const { delivery } = result;
    const sent = { channel, ending: maskedEnding(number), at: clock.now(), againAt, delivery };
    return { kind: 'sent', sent };
  };
}

export type SendToPhone = ReturnType<typeof createSendToPhone>;
