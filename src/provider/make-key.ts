import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyOwner, NewKey, StoredKey } from './ports.ts';

const generate = promisify(generateKeyPair);

/** RSA below 3072 bits is under 128-bit strength (ASVS 11.2.3). */
const RSA_BITS = 3072;

export type KeyKind = StoredKey['kind'];
export type SigningKind = Exclude<KeyKind, 'hmac'>;

/** The kinds of a tenant's signing keys; the first one signs when a client has no wish of its own. */
export const SIGNING_KINDS: readonly SigningKind[] = ['ec', 'rsa', 'okp'];

/** Which kinds of keys an owner has one current of each. */
export function kindsOf({ purpose }: Pick<KeyOwner, 'purpose'>): readonly KeyKind[] {
  return purpose === 'signing' ? SIGNING_KINDS : ['hmac'];
}

const makers: Record<SigningKind, () => Promise<{ privateKey: KeyObject }>> = {
  ec: () => generate('ec', { namedCurve: 'P-256' }),
  okp: () => generate('ed25519', {}),
  rsa: () => generate('rsa', { modulusLength: RSA_BITS }),
};

/** A random kid that no command takes for an option: base64url may begin with a hyphen. */
function newKeyId(): string {
  const id = randomBytes(12).toString('base64url');
  return id.startsWith('-') ? newKeyId() : id;
}

async function makeSecret(kind: KeyKind, id: string): Promise<string> {
  if (kind === 'hmac') return randomBytes(32).toString('base64url');
  const { privateKey } = await makers[kind]();
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: id, use: 'sig' });
}

/**
 * A key with a random id: P-256 (ES256), RSA-3072 (RS256, PS256), Ed25519 (EdDSA), or 32 random bytes. RSA takes up
 * to a second of a thread, so nobody's request waits for one unless there is none at all.
 */
export async function makeKey(
  owner: KeyOwner,
  kind: KeyKind,
  times: Pick<NewKey, 'createdAt' | 'currentFrom' | 'succeeds'>,
): Promise<NewKey> {
  const id = newKeyId();
  return { id, ...owner, kind, secret: await makeSecret(kind, id), ...times };
}
