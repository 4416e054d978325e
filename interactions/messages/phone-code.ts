import type { CodeChannel } from '#src/sign-in/factor.ts';
import type { T } from '../i18n.ts';

/** A code on its way to a phone. `loginName` is there when several accounts have the number. */
export interface PhoneCode {
  code: string;
  loginName: string | undefined;
  /** Issuer of the tenant: its host is where a browser may fill the code in. */
  issuer: string;
}

/** Each digit by itself: as a number, a voice would make a six-figure amount of it. */
function spokenDigits(code: string): string {
  return Array.from(code).join(', ');
}

function spokenText(t: T, { code, loginName }: PhoneCode): string {
  const digits = spokenDigits(code);
  return loginName === undefined
    ? t('message.voice.code', { digits })
    : t('message.voice.codeFor', { digits, loginName });
}

/** The last line binds the code to the host, so that a browser offers it nowhere else (WICG, origin-bound codes). */
function readText(t: T, { code, loginName, issuer }: PhoneCode): string {
  const text =
    loginName === undefined ? t('message.sms.code', { code }) : t('message.sms.codeFor', { code, loginName });
  return `${text}\n@${new URL(issuer).hostname} #${code}`;
}

/** The text of a message or call that carries a code. */
export function phoneCodeText(t: T, { channel, ...code }: PhoneCode & { channel: CodeChannel }): string {
  return channel === 'voice' ? spokenText(t, code) : readText(t, code);
}
