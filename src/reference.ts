import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so nothing is misheard or misread on the phone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const LENGTH = 8;

/** A request's reference number for people, logs and the help desk (R25): `K7QM-2X9D`, 40 random bits. */
export function newReference(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return `${letters.slice(0, LENGTH / 2).join('')}-${letters.slice(LENGTH / 2).join('')}`;
}
