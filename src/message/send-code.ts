import type { Clock } from '#src/clock.ts';
import type { MethodContext, SendOutcome } from '#src/sign-in/factor.ts';
import { type OneTimeCodes, PHONE_CODE_LIFE } from './one-time-codes.ts';
import type { Courier } from './ports.ts';
import type { SendLimiter } from './send-limiter.ts';
import { createSendToPhone, type PhoneTarget } from './send-to-phone.ts';

/** A code that is to go to a phone. `slot` and `binding` say what it will be good for (OneTimeStore). */
export interface CodeToSend extends PhoneTarget {
  slot: string;
  binding: string;
  /** Whether others have the number too, so that the text must say whose sign-in it is for. */
  named: boolean;
  /** The text of the message. `loginName` is there when it must be named. */
  write(code: string, loginName: string | undefined): string;
}

interface Parts {
  courier: Courier;
  limiter: SendLimiter;
  codes: OneTimeCodes;
  clock: Clock;
}

/**
 * Sends a code by text message or call. A new code ends the one before, once the limits allow it. It stays good when
 * no supplier answered: a message may still arrive after its time-out.
 */
export function createSendCode({ courier, limiter, codes, clock }: Parts) {
  const sendToPhone = createSendToPhone({ courier, limiter, clock });
  return (context: MethodContext, wanted: CodeToSend): Promise<SendOutcome> =>
    sendToPhone(context, wanted, async () => {
      const { slot, binding, named } = wanted;
      const code = await codes.issue(context.tenant.id, slot, binding, PHONE_CODE_LIFE);
      return wanted.write(code, named ? context.loginName : undefined);
    });
}

export type SendCode = ReturnType<typeof createSendCode>;
