import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What koa's cookies take for their signatures: the surface of the keygrip package. */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** 0 when any of the keys made the signature, else -1. */
  index(data: string, signature: string): number;
}

/**
 * Signs cookies with the first key (HMAC-SHA-256) and takes what any of them signed. It never tells that an older key
 * made a signature: the cookies package would then renew it by itself, without the attributes that ours carry. A
 * session's cookie is written anew by each request that uses it anyway, and every other one lives an hour.
 */
export function createCookieSigner(keys: readonly Buffer[]): CookieSigner {
  // Made ready once: from plain bytes Node makes a key anew for each signature, eight times the work.
  const ready = keys.map((key) => createSecretKey(key));
  const [first] = ready;
  if (first === undefined) throw new Error('cookies need a key to be signed with');
  const signWith = (key: KeyObject, data: string) =>
    createHmac('sha256', key).update(data).digest('base64url');
  const verify = (data: string, signature: string) => {
    const given = Buffer.from(signature);
    return ready.some((key) => {
      const made = Buffer.from(signWith(key, data));
      return made.length === given.length && timingSafeEqual(made, given);
    });
  };
  return {
    sign: (data) => signWith(first, data),
    verify,
    index: (data, signature) => (verify(data, signature) ? 0 : -1),
  };
}
