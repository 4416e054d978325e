import { createSecretKey } from 'node:crypto';
import { verify } from 'messagebird/lib/webhook-signature-jwt.js';
import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import { REPORT_LIFE, type ReportVerifier } from '#src/message/report-verifier.ts';

/** Seconds by which two clocks may differ. */
const TOLERANCE = 5;

/** `jti` becomes a part of a key. */
const jti = z.string().regex(/^[\w.-]{1,100}$/);
const claims = z.looseObject({ jti, exp: z.number() });

/** The claims of a token whose signature was found right. */
function claimsOf(token: string): z.infer<typeof claims> {
  const body: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return claims.parse(body);
}

/**
 * Checks the signed requests of MessageBird: `MessageBird-Signature-JWT`, whose claims hold hashes of address and body.
 * The SDK itself would also take a token that never ends, and other algorithms; here neither counts.
 */
export function createMessageBirdSignature(parts: { signingKey: string; clock: Clock }): ReportVerifier {
  const key = createSecretKey(Buffer.from(parts.signingKey, 'utf8'));
  return {
    verify: async ({ url, payload, token }) => {
      const now = parts.clock.now();
      try {
        await verify(url, payload, token, key, {
          validateUrl: true,
          validatePayload: true,
          jwtVerifyOptions: {
            issuer: 'MessageBird',
            algorithms: ['HS256'],
            requiredClaims: ['nbf', 'exp', 'jti'],
            clockTolerance: TOLERANCE,
            currentDate: new Date(now),
          },
          jwtVerifyJti: (id) => jti.safeParse(id).success,
        });
        const { jti: id, exp } = claimsOf(token);
        // MessageBird's own live for one minute.
        const life = exp + TOLERANCE - now / 1000;
        return life > REPORT_LIFE ? { ok: false, reason: 'it is valid for too long' } : { ok: true, id };
      } catch (failure) {
        return { ok: false, reason: failure instanceof Error ? failure.message.slice(0, 200) : 'unreadable' };
      }
    },
  };
}
