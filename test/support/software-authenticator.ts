import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { z } from 'zod';
import { type Cbor, encodeCbor } from './cbor.ts';

/** What a key is, for its life. */
export interface KeyMake {
  algorithm?: 'ES256' | 'EdDSA' | 'RS256' | 'ES384' | undefined;
  /** May be copied to other devices (flag BE). */
  backupEligible?: boolean | undefined;
  /** What it tells of how it is reached. */
  transports?: readonly string[] | undefined;
  /** Asks for finger, face or PIN (flag UV). */
  verifiesUser?: boolean | undefined;
}

/** What one answer says in place of the truth. */
export interface Lies {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  userPresent?: boolean;
  userVerified?: boolean;
  backupEligible?: boolean;
  backedUp?: boolean;
  counter?: number;
  credentialId?: Buffer;
  userHandle?: string;
  brokenSignature?: boolean;
  /** Sent although nobody asked for one. */
  attestation?: { fmt: string; attStmt: ReadonlyMap<string, Cbor> };
}

const creationSchema = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string() }),
  user: z.object({ id: z.string() }),
});
const requestSchema = z.object({ challenge: z.string(), rpId: z.string() });

const bytesOf = (text: string) => Buffer.from(text, 'base64url');
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();

/** Numbers of COSE (RFC 9053): the algorithm's, and its curve's where it has one. */
const ALGORITHM = { ES256: -7, EdDSA: -8, RS256: -257, ES384: -35 } as const;

function makeKeys(algorithm: keyof typeof ALGORITHM): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: algorithm === 'ES256' ? 'P-256' : 'P-384' });
}

const map = (...pairs: readonly (readonly [number | string, Cbor])[]) => encodeCbor(new Map(pairs));

function coseOf(algorithm: keyof typeof ALGORITHM, publicKey: KeyObject): Buffer {
  const { x = '', y = '', n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const alg = [3, ALGORITHM[algorithm]] as const;
  if (algorithm === 'RS256') return map([1, 3], alg, [-1, bytesOf(n)], [-2, bytesOf(e)]);
  if (algorithm === 'EdDSA') return map([1, 1], alg, [-1, 6], [-2, bytesOf(x)]);
  return map([1, 2], alg, [-1, algorithm === 'ES256' ? 1 : 2], [-2, bytesOf(x)], [-3, bytesOf(y)]);
}

/**
 * One credential of a security key or passkey with the browser in front of it: answers a site's options as a page's
 * script would post the answer, and lies on request.
 */
export class SoftwareKey {
  readonly id = randomBytes(32);
  readonly #make: KeyMake;
  readonly #keys: { privateKey: KeyObject; publicKey: KeyObject };
  /** Sign count; a passkey that is copied between devices has none. */
  counter = 0;
  backedUp = false;
  #userHandle: string | undefined;

  constructor(make: KeyMake = {}) {
    this.#make = make;
    this.#keys = makeKeys(make.algorithm ?? 'ES256');
  }

  get algorithm(): keyof typeof ALGORITHM {
    return this.#make.algorithm ?? 'ES256';
  }

  /** Answers options to make a credential: RegistrationResponseJSON as text. */
  register(options: object, origin: string, lies: Lies = {}): string {
    const { challenge, rp, user } = creationSchema.parse(options);
    this.#userHandle = user.id;
    const id = lies.credentialId ?? this.id;
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const attested = [Buffer.alloc(16), length, id, coseOf(this.algorithm, this.#keys.publicKey)];
    const authData = Buffer.concat([this.#authData(rp.id, lies, true), ...attested]);
    const { fmt, attStmt } = lies.attestation ?? { fmt: 'none', attStmt: new Map<string, Cbor>() };
    const attestationObject = map(['fmt', fmt], ['attStmt', attStmt], ['authData', authData]);
    return this.#answer(id, {
      clientDataJSON: this.#clientData('webauthn.create', challenge, origin, lies),
      attestationObject: textOf(attestationObject),
      transports: this.#make.transports ?? ['usb'],
    });
  }

  /** Answers options to use a credential: AuthenticationResponseJSON as text. */
  sign(options: object, origin: string, lies: Lies = {}): string {
    const { challenge, rpId } = requestSchema.parse(options);
    const authData = this.#authData(rpId, lies, false);
    const clientDataJSON = this.#clientData('webauthn.get', challenge, origin, lies);
    const signed = Buffer.concat([authData, sha256(bytesOf(clientDataJSON))]);
    const signature = sign(this.algorithm === 'EdDSA' ? null : 'sha256', signed, this.#keys.privateKey);
    if (lies.brokenSignature) signature.writeUInt8(signature.readUInt8(20) ^ 1, 20);
    return this.#answer(lies.credentialId ?? this.id, {
      clientDataJSON,
      authenticatorData: textOf(authData),
      signature: textOf(signature),
      userHandle: lies.userHandle ?? this.#userHandle,
    });
  }

  #answer(id: Buffer, response: object): string {
    const rawId = textOf(id);
    return JSON.stringify({
      id: rawId,
      rawId,
      type: 'public-key',
      response,
      clientExtensionResults: {},
      authenticatorAttachment: 'cross-platform',
    });
  }

  #clientData(type: string, challenge: string, origin: string, lies: Lies): string {
    const { crossOrigin = false, topOrigin } = lies;
    const said = { type: lies.type ?? type, challenge: lies.challenge ?? challenge };
    return textOf(
      Buffer.from(JSON.stringify({ ...said, origin: lies.origin ?? origin, crossOrigin, topOrigin })),
    );
  }

  #authData(rpId: string, lies: Lies, attested: boolean): Buffer {
    const { backupEligible = false, verifiesUser = false } = this.#make;
    const flags = [
      (lies.userPresent ?? true) ? 0x01 : 0,
      (lies.userVerified ?? verifiesUser) ? 0x04 : 0,
      (lies.backupEligible ?? backupEligible) ? 0x08 : 0,
      (lies.backedUp ?? this.backedUp) ? 0x10 : 0,
      attested ? 0x40 : 0,
    ];
    // A key that is bound to its device counts every use.
    if (!backupEligible) this.counter += 1;
    const fixed = Buffer.alloc(5);
    fixed.writeUInt8(
      flags.reduce((sum, flag) => sum | flag, 0),
      0,
    );
    fixed.writeUInt32BE(lies.counter ?? this.counter, 1);
    return Buffer.concat([sha256(lies.rpId ?? rpId), fixed]);
  }
}
