import type { Courier } from '#src/message/ports.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { YubicoValidation } from '#src/sign-in/yubico.ts';
import { type BackupCodeParts, createBackupCodeMethod } from './backup-code.ts';
import { createSmsMethod, type SmsParts } from './sms.ts';
import { createTotpMethod } from './totp.ts';
import { createWebAuthnMethod, type WebAuthnParts } from './webauthn.ts';
import { createYubicoOtpMethod, type YubicoOtpParts } from './yubico-otp.ts';

/** What the methods need, each its own part of it. What an installation does not have leaves its method out. */
export interface FactorParts
  extends SmsParts,
    WebAuthnParts,
    Omit<YubicoOtpParts, 'validation'>,
    BackupCodeParts {
  /** Undefined where no validation service is configured. */
  validation: YubicoValidation | undefined;
}

function canSendCodes({ channels }: Pick<Courier, 'channels'>): boolean {
  return channels.includes('sms') || channels.includes('voice');
}

/**
 * Every second-step method of this installation, in the order in which they are offered unless a tenant decides
 * otherwise (R7). A new method is one line here.
 */
export function createFactorMethods(parts: FactorParts): FactorMethod[] {
  const { validation, ...rest } = parts;
  return [
    ...(canSendCodes(parts.courier) ? [createSmsMethod(rest)] : []),
    createWebAuthnMethod(rest),
    ...(validation === undefined ? [] : [createYubicoOtpMethod({ ...rest, validation })]),
    createTotpMethod(rest),
    createBackupCodeMethod(rest),
  ];
}
