import { createHash, randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so nothing is misheard or misread on the phone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const LENGTH = 8;

/** Two groups of four, as people read them aloud. */
function grouped(letters: string): string {
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
}

/** A request's reference number for people, logs and the help desk (R25): `K7QM-2X9D`, 40 random bits. */
export function newReference(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return grouped(letters.join(''));
}

/**
 * The number of everything that belongs to one sign-in, by the id of its interaction: one number tells the whole
 * story. 40 bits of a hash, which lead nobody back to the id.
 */
export function referenceOf(interaction: string): string {
  const bytes = createHash('sha256').update(interaction).digest();
  // A byte's lowest five bits are as evenly spread as the whole.
  const letters = Array.from(bytes.subarray(0, LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return grouped(letters.join(''));
}

/** Letters that people take for others, and what they stand for (Crockford). */
const MISREAD: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

/** A number as somebody typed or heard it; undefined when it can be none. */
export function readReference(typed: string): string | undefined {
  const letters = typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[ILO]/g, (letter) => MISREAD[letter] ?? letter);
  const known = letters.length === LENGTH && [...letters].every((letter) => ALPHABET.includes(letter));
  return known ? grouped(letters) : undefined;
}
