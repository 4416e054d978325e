import { hostOf } from '#src/canonical-request.ts';
import type { Clock } from '#src/clock.ts';
import { newPasswordCounter } from '#src/lockout/policy.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Account } from './account.ts';
import type { PasswordRules } from './password-rules.ts';

export interface JudgeNewPasswordParts {
  rules: PasswordRules;
  /** Whether a password is known from leaks; false when that can't be found out. */
  isBreached?: ((password: string) => Promise<boolean>) | undefined;
  throttle: Pick<ThrottleStore, 'take'>;
  clock: Clock;
}

export interface NewPasswordTry {
  tenant: Tenant;
  account: Account;
  typed: string;
  /** Whether it is the password that there is. Asked only for what the rules take, and counted before. */
  isCurrent(): Promise<boolean>;
}

/** `faults` by the names of their texts (`newPassword.problem.<fault>`). `until` in milliseconds since the epoch. */
export type NewPasswordVerdict =
  | { kind: 'taken' }
  | { kind: 'refused'; faults: readonly string[] }
  /** Far more were tried than anybody needs. */
  | { kind: 'wait'; until: number };

/**
 * Judges a new password, whatever it is made for (ground rule 8): by the rules, not the one there is, and not known from
 * leaks. Throws AppError `store-unavailable`, and what `isCurrent` throws.
 */
export function createJudgeNewPassword({ rules, isBreached, throttle, clock }: JudgeNewPasswordParts) {
  return async ({ tenant, account, typed, isCurrent }: NewPasswordTry): Promise<NewPasswordVerdict> => {
    const refused = (...faults: string[]): NewPasswordVerdict => ({ kind: 'refused', faults });
    if (typed === '') return refused('empty');
    const { loginName, email, givenName, familyName } = account;
    const { name: tenantName, productName } = tenant.settings;
    const names = { tenantName, productName, host: hostOf(tenant.issuer), loginName, givenName, familyName };
    const check = await rules.checkNewPassword(typed, { ...names, email });
    if (!check.ok) return refused(...check.reasons);
    const counted = await throttle.take(tenant.id, [newPasswordCounter(account.id)], clock.now());
    if (!counted.allowed) return { kind: 'wait', until: counted.until };
    if (await isCurrent()) return refused('same');
    return (await isBreached?.(typed)) ? refused('leaked') : { kind: 'taken' };
  };
}

export type JudgeNewPassword = ReturnType<typeof createJudgeNewPassword>;
