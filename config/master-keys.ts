import { z } from 'zod';
import { Secret, secretText } from './secrets.ts';

const SHAPE = /^[A-Za-z0-9+/_-]{43}=?$/;

const inWords = '32 random bytes in base64 (openssl rand -base64 32)';

/** The key that seals. */
export const masterKey = secretText(z.string().regex(SHAPE, `must be ${inWords}`));

/** Keys as an operator lists them: one a line, or with commas in between. */
export function listedKeys(text: string): string[] {
  return text.split(/[\s,]+/).filter((key) => key !== '');
}

/** What a key is, in whichever of its spellings. */
function bytesOf(key: string): string {
  return Buffer.from(key, 'base64').toString('hex');
}

/** Keys that only open what they sealed once: while the master key is being replaced. */
export const previousMasterKeys = secretText(
  z.string().superRefine((text, context) => {
    const keys = listedKeys(text);
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (keys.length === 0) refuse('names no key: give it one or leave it out');
    else if (!keys.every((key) => SHAPE.test(key))) {
      refuse(`must be keys of ${inWords}, one a line or separated by commas`);
    } else if (new Set(keys.map(bytesOf)).size < keys.length) refuse('names one key twice');
  }),
);

const readable = z.object({ masterKey: z.instanceof(Secret), previousMasterKeys: z.instanceof(Secret) });

/** What is wrong with the keys together; `settings` may be half wrong. */
export function masterKeyFaults(settings: unknown): { path: readonly string[]; reason: string }[] {
  const read = readable.safeParse(settings);
  if (!read.success) return [];
  const current = bytesOf(read.data.masterKey.reveal());
  const again = listedKeys(read.data.previousMasterKeys.reveal()).some((key) => bytesOf(key) === current);
  return again ? [{ path: ['previousMasterKeys'], reason: 'names the master key itself' }] : [];
}
