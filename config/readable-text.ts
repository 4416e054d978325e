import { z } from 'zod';

/**
 * Characters that could make a page, a mail header or a log show something else than what was written: controls,
 * line ends, direction marks and other invisible ones, and what is no character. The joiners U+200C and U+200D
 * stay, because Persian and Indic words are spelled with them.
 */
const HIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** A check for the schema of a text that people read: nothing hidden is in it. */
export function refuseHiddenCharacters({ value, issues }: z.core.ParsePayload<string>): void {
  if (!HIDDEN.test(value)) return;
  issues.push({
    code: 'custom',
    input: value,
    message: 'must not contain control or invisible characters',
  });
}

/**
 * A text of one line that people read: without blanks around it (a block in YAML ends with a line end), in NFC,
 * with nothing hidden in it. Lengths in UTF-16 units.
 */
export function readableText({ min = 1, max }: { min?: number; max: number }) {
  return z.string().trim().normalize('NFC').min(min).max(max).check(refuseHiddenCharacters);
}
