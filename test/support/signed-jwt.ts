import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** A P-256 key pair and its public part as others see it. */
export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, jwk: publicKey.export({ format: 'jwk' }) };
}

/** How a token is signed: rightly, with a secret, or not at all. */
export type Signer = { key: KeyObject } | { secret: string | Buffer } | 'none';

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function algorithmOf(signer: Signer): string {
  if (signer === 'none') return 'none';
  return 'key' in signer ? 'ES256' : 'HS256';
}

function signatureOf(text: string, signer: Signer): string {
  if (signer === 'none') return '';
  if ('secret' in signer) return createHmac('sha256', signer.secret).update(text).digest('base64url');
  return sign('sha256', Buffer.from(text), { key: signer.key, dsaEncoding: 'ieee-p1363' }).toString(
    'base64url',
  );
}

/** A compact JWS (RFC 7515). `header` may lie about the algorithm. */
export function jwtOf(claims: object, signer: Signer, header: object = {}): string {
  const text = `${part({ alg: algorithmOf(signer), ...header })}.${part(claims)}`;
  return `${text}.${signatureOf(text, signer)}`;
}

/** Seconds since the epoch. */
export function seconds(now: number = Date.now()): number {
  return Math.floor(now / 1000);
}

/** What a client says of itself with its key (RFC 7523 §3). */
export function assertionClaims(clientId: string, audience: string, changes: object = {}): object {
  const now = seconds();
  return {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    ...changes,
  };
}

/** What a proof of a key says (RFC 9449 §4.2). */
export function proofClaims(method: string, url: string, changes: object = {}): object {
  return { htm: method, htu: url, jti: randomUUID(), iat: seconds(), ...changes };
}
