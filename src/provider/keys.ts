import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { KeyStore, StoredKey } from './ports.ts';

const generate = promisify(generateKeyPair);

/** RSA below 3072 bits is under 128-bit strength (ASVS 11.2.3). */
const RSA_BITS = 3072;

const jwkSchema = z.looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']), kid: z.string() });
/** A private signing key as JSON Web Key (RFC 7517). */
export type SigningJwk = z.infer<typeof jwkSchema>;

type SigningKind = Exclude<StoredKey['kind'], 'hmac'>;

const makers: Record<SigningKind, () => Promise<{ privateKey: KeyObject }>> = {
  ec: () => generate('ec', { namedCurve: 'P-256' }),
  okp: () => generate('ed25519', {}),
  rsa: () => generate('rsa', { modulusLength: RSA_BITS }),
};

const signingKinds: readonly SigningKind[] = ['ec', 'rsa', 'okp'];
const rank: Record<StoredKey['kind'], number> = { ec: 0, rsa: 1, okp: 2, hmac: 3 };

async function makeSigningKey(kind: SigningKind, tenantId: TenantId, now: number): Promise<StoredKey> {
  const { privateKey } = await makers[kind]();
  const id = randomBytes(12).toString('base64url');
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: id, use: 'sig' };
  return { id, purpose: 'signing', tenantId, kind, secret: JSON.stringify(jwk), createdAt: now };
}

interface Parts {
  keys: KeyStore;
  clock: Clock;
}

/**
 * The tenant's signing keys, made on first use: P-256 (ES256), RSA-3072 (RS256, PS256) and Ed25519 (EdDSA), in
 * that order: the first one signs when a client has no wish of its own. Safe when two processes race.
 */
export async function ensureSigningKeys({ keys, clock }: Parts, tenantId: TenantId): Promise<SigningJwk[]> {
  const present = await keys.list('signing', tenantId);
  const missing = signingKinds.filter((kind) => !present.some((key) => key.kind === kind));
  if (missing.length > 0) {
    const made = await Promise.all(missing.map((kind) => makeSigningKey(kind, tenantId, clock.now())));
    for (const key of made) await keys.addIfMissing(key);
  }
  const stored = missing.length > 0 ? await keys.list('signing', tenantId) : present;
  return stored
    .toSorted((a, b) => rank[a.kind] - rank[b.kind])
    .map((key) => jwkSchema.parse(JSON.parse(key.secret)));
}

/** The installation's secret of one purpose, newest first, made on first use: 32 random bytes each. */
async function ensureSecrets({ keys, clock }: Parts, purpose: 'cookie' | 'digest'): Promise<Buffer[]> {
  const present = await keys.list(purpose, undefined);
  if (present.length === 0) {
    await keys.addIfMissing({
      id: randomBytes(12).toString('base64url'),
      purpose,
      tenantId: undefined,
      kind: 'hmac',
      secret: randomBytes(32).toString('base64url'),
      createdAt: clock.now(),
    });
  }
  const stored = present.length === 0 ? await keys.list(purpose, undefined) : present;
  return stored.map((key) => Buffer.from(key.secret, 'base64url'));
}

/** Keys that sign cookies, newest first. */
export async function ensureCookieKeys(parts: Parts): Promise<Buffer[]> {
  return ensureSecrets(parts, 'cookie');
}

/** The key of the blind indexes (e-mail, login names, addresses). */
export async function ensureDigestKey(parts: Parts): Promise<Buffer> {
  const [key] = await ensureSecrets(parts, 'digest');
  if (key === undefined) throw new Error('the key store lost the digest key that it just kept');
  return key;
}
