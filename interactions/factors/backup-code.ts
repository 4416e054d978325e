import { type BackupCodes, readBackupCode } from '#src/sign-in/backup-code.ts';
import type { FactorMethod, MethodContext, Proof } from '#src/sign-in/factor.ts';

/** Room for what people write between the parts of a code. */
const TYPED_MAX = 40;

/** As honest as it is: something on paper, that anybody can read and type anywhere (RFC 8176 §2). */
const proof: Proof = { amr: ['otp'], phishingResistant: false };

/** What it needs. */
export interface BackupCodeParts {
  backupCodes: Pick<BackupCodes, 'check'>;
  /** A wrong try was the last one the code had, so it is void now: the person is to be told (ground rule 7). */
  onVoid?: ((context: MethodContext) => Promise<void>) | undefined;
}

/**
 * The backup code in the place of a second step, once (R14). It is nobody's factor: it is made for everybody and lives
 * in a store of its own, which uses it up before it counts. Void or never made looks like wrong; where the tenant has
 * no backup codes any more, none works.
 */
export function createBackupCodeMethod({ backupCodes, onVoid }: BackupCodeParts): FactorMethod {
  return {
    kind: 'backup-code',
    icon: 'paper',
    phishingResistant: false,
    channels: () => [],

    signIn: {
      field({ tenant }) {
        const letters = tenant.settings.secondStep.backupCode === 'base32';
        return {
          type: 'text',
          name: 'code',
          label: 'factor.backup-code.label',
          hint: letters ? 'factor.backup-code.hintLetters' : 'factor.backup-code.hint',
          inputMode: letters ? 'text' : 'numeric',
          // Not `one-time-code`: a phone would offer the code of a text message. No whole length either: a try too
          // many is worth more here than a press of a button less.
          autocomplete: 'off',
          maxLength: TYPED_MAX,
        };
      },

      isPlausible: ({ code = '' }) => readBackupCode(code) !== undefined,

      async check(context, _factors, { code = '' }) {
        if (code.trim() === '') return { ok: false, reason: 'empty' };
        if (context.tenant.settings.secondStep.backupCode === 'none')
          return { ok: false, reason: 'unavailable' };
        const answer = await backupCodes.check(context.tenant.id, context.accountId, code, context.now);
        if (answer === 'right') return { ok: true, factorId: undefined, proof };
        if (answer === 'void') await onVoid?.(context);
        return { ok: false, reason: answer === 'malformed' ? 'malformed' : 'wrong' };
      },
    },
  };
}
