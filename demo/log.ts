import { randomInt } from 'node:crypto';

/** One line for the operator. `reason` is an error code or name, never a message that could hold a token. */
export interface SampleLogEntry {
  level: 'info' | 'warn' | 'error';
  message: string;
  reference?: string;
  reason?: string;
}

/** Where the sample application reports to. */
export type SampleLog = (entry: SampleLogEntry) => void;

// Without 0, 1, I, O and U: nothing to mishear on the phone.
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTVWXYZ';

/** A short number that stands both on the page and in the log (R25). */
export function newReference(): string {
  const letters = Array.from({ length: 8 }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** What may be logged about a failure: its code, else its name. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const oauthError = 'error' in error && typeof error.error === 'string' ? error.error : undefined;
  return [error.name, code, oauthError].filter((part) => part !== undefined).join(' ');
}
