import type { TenantSettings } from '#config/tenant.ts';
import type { EnrolmentRecord } from '#src/enrolment/ports.ts';
import type { BackupCode } from '#src/sign-in/ports.ts';

/** How it stands with a backup code. `off`: this tenant has none. `since` in milliseconds since the epoch. */
export type BackupCodeState = { kind: 'works'; since: number } | { kind: 'used' | 'never' | 'off' };

/** Reads it from the code that works, if one does, and from what is known of the one made last. */
export function backupCodeState(
  { secondStep }: Pick<TenantSettings, 'secondStep'>,
  code: Pick<BackupCode, 'createdAt'> | undefined,
  { backupCode }: Pick<EnrolmentRecord, 'backupCode'>,
): BackupCodeState {
  if (secondStep.backupCode === 'none') return { kind: 'off' };
  if (code !== undefined) return { kind: 'works', since: code.createdAt };
  return { kind: backupCode === undefined ? 'never' : 'used' };
}
