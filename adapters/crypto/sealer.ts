import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { AppError } from '#src/errors.ts';
import type { Sealer } from '#src/secret/ports.ts';

/** A 256-bit key that seals other secrets; `id` names it in everything it sealed. */
export interface MasterKey {
  id: string;
  key: Buffer;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** The size GCM is made for (NIST SP 800-38D §8.2.2: random, at most 2^32 seals under one key). */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Reads a master key from base64 or base64url text. Its id is the first 8 hex digits of the key's SHA-256, so
 * the same key has the same id everywhere and nobody has to hand out names.
 * Throws AppError `seal-broken` when it is not exactly 32 bytes.
 */
export function masterKeyFrom(base64: string): MasterKey {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== KEY_BYTES) {
    throw new AppError('seal-broken', 500, 'the master key must be 32 bytes in base64');
  }
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
}

/** Strict base64url: a second spelling of the same bytes counts as altered. */
function decode(part: string | undefined): Buffer | undefined {
  if (part === undefined) return undefined;
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

/** A master key made ready once: from plain bytes Node makes it anew for each seal, four times the work. */
interface ReadyKey {
  id: string;
  key: KeyObject;
}

function ready({ id, key }: MasterKey): ReadyKey {
  return { id, key: createSecretKey(key) };
}

function sealWith(master: ReadyKey, plaintext: string, context: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, master.key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1.${master.id}.${iv.toString('base64url')}.${sealed.toString('base64url')}`;
}

function openWith(master: ReadyKey, iv: Buffer, sealed: Buffer, context: string): string {
  const decipher = createDecipheriv(CIPHER, master.key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  return opened.toString('utf8');
}

/**
 * Sealer of AES-256-GCM (ASVS 11.3.2): seals under `current`, opens under `current` and every `previous` key, so
 * that the master key can be replaced without touching what was sealed before.
 */
export function createSealer(keys: { current: MasterKey; previous: readonly MasterKey[] }): Sealer {
  const current = ready(keys.current);
  const byId = new Map([...keys.previous.map(ready), current].map((master) => [master.id, master]));
  return {
    seal(plaintext, context) {
      if (!plaintext.isWellFormed()) {
        throw new AppError('internal', 500, 'text with a lone surrogate would not open as it was sealed');
      }
      return sealWith(current, plaintext, context);
    },
    open(sealed, context) {
      const [version, id, ivPart, bodyPart, ...rest] = sealed.split('.');
      const iv = decode(ivPart);
      const body = decode(bodyPart);
      const shaped = version === 'v1' && /^[0-9a-f]{8}$/.test(id ?? '') && rest.length === 0;
      if (!shaped || iv?.length !== IV_BYTES || body === undefined || body.length < TAG_BYTES) {
        throw new AppError('seal-broken', 500, 'a sealed value is malformed');
      }
      const master = byId.get(id ?? '');
      if (master === undefined) {
        const words = `a value was sealed under an unknown key (${id}); it is not among previousMasterKeys`;
        throw new AppError('seal-broken', 500, words);
      }
      try {
        return openWith(master, iv, body, context);
      } catch (cause) {
        throw new AppError('seal-broken', 500, 'a sealed value was altered or moved', { cause });
      }
    },
  };
}
