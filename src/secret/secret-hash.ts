import { createHash } from 'node:crypto';

/** SHA-256, base64url: how random secrets are kept (ground rule 9), and what a name that opens nothing is made of. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
