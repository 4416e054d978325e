import type { Digester } from '#src/secret/ports.ts';
import type { MethodContext, SendOutcome } from '#src/sign-in/factor.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import { PHONE_KIND, phoneIdentity, phoneIn } from './phone-factor.ts';
import { readPhoneNumber } from './phone-number.ts';
import type { Courier } from './ports.ts';
import type { SendToPhone } from './send-to-phone.ts';

type Whose = Pick<MethodContext, 'tenant' | 'accountId'>;

interface Parts {
  courier: Pick<Courier, 'channels'>;
  sendToPhone: SendToPhone;
  factors: Pick<FactorStore, 'list' | 'countAccounts'>;
  digester: Digester;
  /** `code` as the person reads it on the page. */
  write: (context: MethodContext, code: string) => string;
}

/**
 * Sends backup codes by text message to the person's proved number, the last used one first (R13); within the limits
 * of all sends. `undeliverable` when the person has no number that shows text messages.
 */
export function createSendBackupCode({ courier, sendToPhone, factors, digester, write }: Parts) {
  const numberOf = async ({ tenant, accountId }: Whose): Promise<string | undefined> => {
    if (!courier.channels.includes('sms')) return undefined;
    const methods = await factors.list(tenant.id, accountId);
    const numbers = methods.filter(({ kind }) => kind === PHONE_KIND).map(phoneIn);
    return numbers.find((candidate) => {
      const read = readPhoneNumber(candidate, tenant.settings.phone.countries);
      return read.ok && read.channels.includes('sms');
    });
  };
  return {
    /** Whether the person has a number that a backup code can be sent to. */
    canSend: async (whose: Whose): Promise<boolean> => (await numberOf(whose)) !== undefined,
    async send(context: MethodContext, code: string): Promise<SendOutcome> {
      const { id } = context.tenant;
      const number = await numberOf(context);
      if (number === undefined) return { kind: 'refused', reason: 'undeliverable' };
      const accounts = await factors.countAccounts(id, PHONE_KIND, phoneIdentity(digester, id, number));
      return sendToPhone(context, { number, channel: 'sms', purpose: 'sign-in', accounts }, async () =>
        write(context, code),
      );
    },
  };
}

export type BackupCodeSender = ReturnType<typeof createSendBackupCode>;
