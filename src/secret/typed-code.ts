/**
 * A code that somebody typed from paper or from a mail, as codes are compared: without blanks, dashes and dots, in
 * capitals, full-width signs as plain ones, and look-alikes as the digits they stand for (Crockford: O for 0, I and L
 * for 1). Whether it can be one is the caller's to say.
 */
export function plainCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\s\p{Cf}\p{Pd}\u2212.·]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
}
