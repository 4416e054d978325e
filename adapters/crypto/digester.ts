import { createHmac, createSecretKey } from 'node:crypto';
import type { Digester } from '#src/secret/ports.ts';

/** Below the hash's own size a key would be the weakest part (RFC 2104 §3). */
const MIN_KEY_BYTES = 32;

/**
 * Digester of HMAC-SHA-256 under one key of at least 32 bytes. Purpose and value are kept apart by a zero byte,
 * which no purpose contains: an e-mail address and a login name of the same text have nothing in common.
 */
export function createDigester(key: Buffer): Digester {
  if (key.length < MIN_KEY_BYTES) throw new RangeError('the digest key must have at least 32 bytes');
  // Made ready once: from plain bytes Node makes it anew for each digest, eight times the work.
  const ready = createSecretKey(key);
  return {
    digest: (purpose, value) =>
      createHmac('sha256', ready).update(purpose).update('\0').update(value, 'utf8').digest('base64url'),
  };
}
