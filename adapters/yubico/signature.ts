import { createHmac, timingSafeEqual } from 'node:crypto';

/** Parameters of one request or answer. */
export type Parameters = ReadonlyMap<string, string>;

/** Where the signature itself stands; it is no part of what is signed. */
export const SIGNATURE = 'h';

/** What is signed: every parameter but the signature, sorted by name, not escaped (protocol 2.0, Generating signatures). */
export function signedText(parameters: Parameters): string {
  return [...parameters]
    .filter(([name]) => name !== SIGNATURE)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The signature of these parameters: HMAC-SHA-1 (which the protocol fixes) in base64. */
export function signatureOf(parameters: Parameters, key: Buffer): string {
  return createHmac('sha1', key).update(signedText(parameters)).digest('base64');
}

/** Whether an answer carries the signature of everything else in it; compared in constant time. */
export function isSigned(answer: Parameters, key: Buffer): boolean {
  // As text: decoding base64 forgives too much.
  const given = Buffer.from(answer.get(SIGNATURE) ?? '');
  const right = Buffer.from(signatureOf(answer, key));
  return given.length === right.length && timingSafeEqual(given, right);
}
