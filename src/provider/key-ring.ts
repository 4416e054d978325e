import { z } from 'zod';
import { type CookieSigner, createCookieSigner } from './cookie-signer.ts';
import { type KeyRole, type Moment, rolesAt } from './key-roles.ts';
import { type KeyKind, SIGNING_KINDS } from './make-key.ts';
import type { StoredKey } from './ports.ts';

const jwkSchema = z.looseObject({
  kty: z.enum(['EC', 'RSA', 'OKP']),
  kid: z.string(),
  key_ops: z.array(z.string()).optional(),
});
/** A private signing key as JSON Web Key (RFC 7517). */
export type SigningJwk = z.infer<typeof jwkSchema>;

/** A key that is worth something at a moment. */
export interface LiveKey {
  id: string;
  kind: KeyKind;
  role: Exclude<KeyRole, 'ended' | 'withdrawn'>;
  secret: string;
}

const roleRank: Record<LiveKey['role'], number> = { current: 0, next: 1, previous: 2 };

/**
 * The keys that are worth something at a moment, those that sign first, each role in the order of its kinds; of two
 * previous ones the newer first.
 */
export function liveKeys(stored: readonly StoredKey[], moment: Moment): LiveKey[] {
  const kinds: readonly KeyKind[] = [...SIGNING_KINDS, 'hmac'];
  const live = kinds.flatMap((kind) =>
    rolesAt(
      stored.filter((key) => key.kind === kind),
      moment,
    ).toReversed(),
  );
  return live
    .flatMap(({ key: { id, kind, secret }, role }) =>
      secret === undefined || role === 'ended' || role === 'withdrawn' ? [] : [{ id, kind, role, secret }],
    )
    .toSorted((a, b) => roleRank[a.role] - roleRank[b.role]);
}

/** What the Provider of a tenant signs and verifies with. Another moment or another key, another object. */
export interface SigningRing {
  /** Current ones first (P-256, RSA, Ed25519), then next and previous ones, which are published but never sign. */
  jwks: readonly SigningJwk[];
}

/**
 * Next and previous keys are marked with the one thing they are for (RFC 7517 §4.3), so that oidc-provider publishes
 * and verifies with them but never picks one to sign.
 */
export function signingRing(live: readonly LiveKey[]): SigningRing {
  return {
    jwks: live.map(({ role, secret }) => {
      const jwk = jwkSchema.parse(JSON.parse(secret));
      return role === 'current' ? jwk : { ...jwk, key_ops: ['verify'] };
    }),
  };
}

/** What the installation signs and verifies cookies with. */
export function cookieRing(live: readonly LiveKey[]): CookieSigner {
  return createCookieSigner(live.map(({ secret }) => Buffer.from(secret, 'base64url')));
}
