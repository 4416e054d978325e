import { TRADE_WORDS } from './trade-words.ts';
import { foldWord, type IsListed, isDressedUp, readings } from './undress.ts';

/** The most used passwords and words. Words are asked for, and kept, as `foldWord` gives them. */
export interface WordLists {
  has(word: string): boolean;
}

/** What somebody guessing this person's password would try first, beside the words of the trade (ASVS 6.1.2, 6.2.11). */
export interface PasswordContext {
  tenantName: string;
  productName: string;
  /** Host of the sign-in page. */
  host: string;
  loginName: string;
  email?: string | undefined;
  givenName?: string | undefined;
  familyName?: string | undefined;
}

/** `malformed`: a zero byte or half a surrogate pair, which have no fixed bytes to hash. */
export type PasswordFault = 'malformed' | 'too-short' | 'too-long' | 'listed' | 'context';

export type PasswordCheck = { ok: true } | { ok: false; reasons: PasswordFault[] };

/** Code points after NFC (ASVS 6.2.1, 6.2.9; NIST SP 800-63B-4 §3.1.1.2). */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;
/** UTF-16 units as typed; NFC can't bring more than this under the maximum. */
const TYPED_MAX = 4096;
/** Code points. Shorter pieces of names are everywhere. */
const CONTEXT_WORD_MIN = 3;
/** Code points that must be left beside context words for a password to have something of its own. */
const OWN_MIN = 8;

const lengthOf = (text: string) => Array.from(text).length;
const compact = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');

/** The names themselves, their pieces and the words of the trade, longest first. */
function contextWords(context: PasswordContext): string[] {
  const words = Object.values(context).flatMap((value: string | undefined) => {
    const folded = foldWord(value ?? '');
    return [compact(folded), ...folded.split(/[^\p{L}\p{N}]+/u)];
  });
  return [...new Set([...words, ...TRADE_WORDS])]
    .filter((word) => lengthOf(word) >= CONTEXT_WORD_MIN)
    .sort((left, right) => right.length - left.length);
}

/** Whether, context words taken out, there is too little left, or only a listed word. */
function isMadeOfContext(folded: string, words: readonly string[], isListed: IsListed): boolean {
  return readings(folded).some((reading) => {
    const whole = compact(reading);
    const rest = words.reduce((text, word) => text.replaceAll(word, ' '), whole);
    if (rest === whole) return false;
    const own = compact(rest);
    // Digits are a date or a year more often than not: they count only where they could stand alone.
    const least = /\p{L}/u.test(own) ? OWN_MIN : PASSWORD_MIN;
    return lengthOf(own) < least || isDressedUp(rest.trim(), isListed);
  });
}

function findFaults(password: string, context: PasswordContext, isListed: IsListed): PasswordFault[] {
  const folded = foldWord(password);
  const faults: PasswordFault[] = [];
  if (lengthOf(password) < PASSWORD_MIN) faults.push('too-short');
  if (isDressedUp(folded, isListed)) faults.push('listed');
  if (isMadeOfContext(folded, contextWords(context), isListed)) faults.push('context');
  return faults;
}

/**
 * Rules for a new password (ground rule 8; ASVS 6.2): 12 to 128 code points, no rules of composition, not among
 * the most used passwords and words nor one of them dressed up, not made of names around this person or of words of
 * the trade. The lists are big, so they are loaded at the first password that needs them and kept.
 */
export function createPasswordRules({ loadWordLists }: { loadWordLists: () => Promise<WordLists> }) {
  let loading: Promise<WordLists> | undefined;
  return {
    /** All reasons at once, so that nobody meets them one after another. */
    async checkNewPassword(typed: string, context: PasswordContext): Promise<PasswordCheck> {
      if (!typed.isWellFormed() || typed.includes('\0')) return { ok: false, reasons: ['malformed'] };
      if (typed.length > TYPED_MAX) return { ok: false, reasons: ['too-long'] };
      const password = typed.normalize('NFC');
      if (lengthOf(password) > PASSWORD_MAX) return { ok: false, reasons: ['too-long'] };
      loading ??= loadWordLists();
      const words = await loading;
      const reasons = findFaults(password, context, (word) => words.has(word));
      return reasons.length === 0 ? { ok: true } : { ok: false, reasons };
    },
  };
}

export type PasswordRules = ReturnType<typeof createPasswordRules>;
