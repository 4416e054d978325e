import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { TenantSettings } from '#config/tenant.ts';
import type { AccountId } from '#src/account/account.ts';
import type { Digester, PasswordHasher } from '#src/secret/ports.ts';
import { plainCode } from '#src/secret/typed-code.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { BackupCodeStore } from './ports.ts';

/** Digits that anybody can copy, or letters and digits that nobody can guess (65 bits). */
export type BackupCodeForm = 'digits' | 'base32';

const DIGITS = 8;
const LETTERS = 13;
/** Crockford's base 32: without I, L, O (read as 1, 1, 0) and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** UTF-16 units; what is longer is no code with blanks in it. */
const TYPED_MAX = 100;

/** A new code, plain as codes are compared: each one of its form is equally likely. */
export function makeBackupCode(form: BackupCodeForm): string {
  if (form === 'digits') return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
  // 256 is a multiple of 32, so a byte cut to five bits favours none.
  return Array.from(randomBytes(LETTERS), (byte) => ALPHABET[byte & 31]).join('');
}

/** Which form a tenant wants, where it has backup codes at all. */
export function backupCodeForm({ secondStep }: Pick<TenantSettings, 'secondStep'>): BackupCodeForm {
  return secondStep.backupCode === 'base32' ? 'base32' : 'digits';
}

/** A code as people read it: `0123 4567` (R13), or `0AB1 C2D3 E4F5G` in the longer form. */
export function showBackupCode(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4, 8)} ${code.slice(8)}`.trim();
}

/**
 * The code in what was typed, plain as codes are compared; undefined for what can be none. Blanks, dashes and dots
 * don't matter, nor do capitals, full-width signs and look-alikes (O for 0, I and L for 1). Takes both forms: a code
 * stays right when its tenant changes to the other one.
 */
export function readBackupCode(typed: string): string | undefined {
  if (typed.length > TYPED_MAX) return undefined;
  const code = plainCode(typed);
  return /^([0-9]{8}|[0-9A-HJKMNP-TV-Z]{13})$/.test(code) ? code : undefined;
}

/**
 * `right`: used up by this very try · `wrong` · `void`: wrong, and the last try it had: it works no more, and the
 * person is told · `none`: no working code is there · `malformed`: could never be one, not counted.
 */
export type BackupCodeAnswer = 'right' | 'wrong' | 'void' | 'none' | 'malformed';

interface Parts {
  store: BackupCodeStore;
  hasher: PasswordHasher;
  digester: Digester;
}

/**
 * Keeps and checks backup codes (R13, R14; ASVS 6.5.1, 6.5.2): argon2id over a keyed digest, because eight digits
 * alone are soon found in a stolen table, bound to the account. Throws AppError `hash-queue-full` or
 * `store-unavailable`.
 */
export function createBackupCodes({ store, hasher, digester }: Parts) {
  const pepper = (accountId: AccountId, code: string) =>
    digester.digest('backup-code', `${accountId}:${code}`);
  const hashOf = (accountId: AccountId, code: string): Promise<string> =>
    hasher.hash(pepper(accountId, code));

  return {
    /** What is kept of a code (plain, as `makeBackupCode` gives it): a PHC string. */
    hashOf,

    /**
     * Makes a code the person's own in the place of exactly `expected` (id of the last one, used or not); undefined when
     * another browser was first. From here on it counts, and the old one does not. A code that was made theirs already,
     * by the first of two clicks, is theirs (`already`). `now` in milliseconds.
     */
    async keep(
      tenantId: TenantId,
      accountId: AccountId,
      code: string,
      expected: string | undefined,
      now: number,
    ): Promise<'kept' | 'already' | undefined> {
      const next = { id: randomUUID(), hash: await hashOf(accountId, code), createdAt: now };
      if (await store.replace(tenantId, accountId, next, expected)) return 'kept';
      const kept = await store.find(tenantId, accountId);
      const isTheirs = kept !== undefined && (await hasher.verify(kept.hash, pepper(accountId, code))).ok;
      return isTheirs ? 'already' : undefined;
    },

    /**
     * Judges what was typed, and uses the code up before it answers `right`: of 50 parallel tries one is. The hash
     * is computed first and tells nothing until the try is counted, so parallel tries get no more answers than the
     * code has lives, and a try that finds the hashing full costs no life. Without a working code no dummy hash
     * runs: who comes here gave the right password, and is shown whether there is one.
     */
    async check(
      tenantId: TenantId,
      accountId: AccountId,
      typed: string,
      now: number,
    ): Promise<BackupCodeAnswer> {
      const code = readBackupCode(typed);
      if (code === undefined) return 'malformed';
      const kept = await store.find(tenantId, accountId);
      if (kept === undefined) return 'none';
      const { ok } = await hasher.verify(kept.hash, pepper(accountId, code));
      if (!(await store.countTry(tenantId, accountId, kept.id))) return 'none';
      if (ok) return (await store.use(tenantId, accountId, kept.id, now)) ? 'right' : 'none';
      return (await store.find(tenantId, accountId)) === undefined ? 'void' : 'wrong';
    },
  };
}

export type BackupCodes = ReturnType<typeof createBackupCodes>;
