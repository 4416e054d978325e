import type { AccountId } from '#src/account/account.ts';
import type { WindowCounter } from '#src/lockout/ports.ts';
import { emailSendCounters, phoneSendCounters, type SendPurpose, type SendScale } from './send-limits.ts';

/** A limit of messages to one person. `ending`: the last two digits of the number that it is about. */
export interface SendCounter {
  of: 'text-messages' | 'mails';
  ending: string | undefined;
  counter: WindowCounter;
}

const PURPOSES: readonly SendPurpose[] = ['sign-in', 'set-up'];

/** A proved number of the person: its keyed digest, how many accounts of the tenant have it, and its end. */
export interface CountedNumber {
  digest: string;
  accounts: number;
  ending: string;
}

/**
 * Every limit of messages that counts against this person, for operators: over all, and of each number. Limits of
 * addresses are no person's, and not among them.
 */
export function accountSends(of: {
  accountId: AccountId;
  numbers: readonly CountedNumber[];
  /** Keyed digest of the e-mail address. */
  email: string | undefined;
  scale: SendScale;
}): SendCounter[] {
  const { accountId, email, scale } = of;
  const phone = (number: string, accounts: number, purpose: SendPurpose) =>
    phoneSendCounters({ accountId, number, purpose, address: undefined, accounts, scale });
  const anyNumber = phone('', 1, 'sign-in');
  const isPersons = ({ key }: WindowCounter) => key.includes(accountId);
  const overAll = [...anyNumber.windows.filter(isPersons), ...anyNumber.kept];
  const perNumber = of.numbers.flatMap(({ digest, accounts, ending }) =>
    PURPOSES.flatMap((purpose) =>
      phone(digest, accounts, purpose)
        .windows.filter((counter) => !isPersons(counter))
        .map((counter) => ({ of: 'text-messages' as const, ending, counter })),
    ),
  );
  const mail = emailSendCounters({ accountId, email: email ?? '' });
  const mails = [
    ...mail.windows.filter((counter) => email !== undefined || isPersons(counter)),
    ...mail.kept,
  ];
  return [
    ...overAll.map((counter) => ({ of: 'text-messages' as const, ending: undefined, counter })),
    ...perNumber,
    ...mails.map((counter) => ({ of: 'mails' as const, ending: undefined, counter })),
  ];
}
