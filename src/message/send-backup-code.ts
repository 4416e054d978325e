import type { Digester } from '#src/secret/ports.ts';
import type { MethodContext, SendOutcome } from '#src/sign-in/factor.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import { PHONE_KIND, phoneIdentity, phoneIn } from './phone-factor.ts';
import { readPhoneNumber } from './phone-number.ts';
import type { SendToPhone } from './send-to-phone.ts';

interface Parts {
  sendToPhone: SendToPhone;
  factors: Pick<FactorStore, 'list' | 'countAccounts'>;
  digester: Digester;
  /** `code` as the person reads it on the page. */
  write: (context: MethodContext, code: string) => string;
}

/**
 * Sends a backup code by text message to the person's proved number, the last used one first (R13); within the limits
 * of all sends. `undeliverable` when the person has no number that shows text messages.
 */
export function createSendBackupCode({ sendToPhone, factors, digester, write }: Parts) {
  return async (context: MethodContext, code: string): Promise<SendOutcome> => {
    const { id, settings } = context.tenant;
    const methods = await factors.list(id, context.accountId);
    const numbers = methods.filter(({ kind }) => kind === PHONE_KIND).map(phoneIn);
    const number = numbers.find((candidate) => {
      const read = readPhoneNumber(candidate, settings.phone.countries);
      return read.ok && read.channels.includes('sms');
    });
    if (number === undefined) return { kind: 'refused', reason: 'undeliverable' };
    const accounts = await factors.countAccounts(id, PHONE_KIND, phoneIdentity(digester, id, number));
    return sendToPhone(context, { number, channel: 'sms', accounts }, async () => write(context, code));
  };
}

export type SendBackupCode = ReturnType<typeof createSendBackupCode>;
