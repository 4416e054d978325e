import { z } from 'zod';
import type { Proof } from '#src/sign-in/factor.ts';
import { readOwn } from '#src/sign-in/own-data.ts';
import { base64url, credentialId, transports } from './webauthn-answer.ts';

const keptSchema = z.strictObject({
  id: credentialId,
  /** COSE key. */
  publicKey: base64url(2048),
  transports,
  /** Model of the key, as it says itself; all zeros when it does not. */
  aaguid: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  /** Whether it may be copied to the person's other devices; fixed for its life. */
  backupEligible: z.boolean(),
  /** Whether it is copied now. */
  backedUp: z.boolean(),
  /** Whether it ever asked for a finger, a face or a PIN. */
  verifiesUser: z.boolean(),
});

/** What is kept of a security key or passkey (WebAuthn §4, credential record), as JSON in `Factor.data`. */
export type KeptKey = z.infer<typeof keptSchema>;

/** The key as `Factor.data`; undefined for one that is beyond the bounds of what can be kept. */
export function dataOf(key: KeptKey): string | undefined {
  const parsed = keptSchema.safeParse(key);
  return parsed.success ? JSON.stringify(parsed.data) : undefined;
}

/** The key in a factor's data. Throws AppError `internal`, which quotes nothing of it. */
export function keyIn(data: string): KeptKey {
  return readOwn(keptSchema, data, 'the data of a webauthn factor');
}

/**
 * What one use is worth (RFC 8176 §2). A key that may be copied between devices is bound to none of them. `user` says
 * that somebody was there, which every accepted answer proves; no value says that a PIN, finger or face was checked.
 */
export function proofOf({ backupEligible }: KeptKey): Proof {
  return { amr: [backupEligible ? 'swk' : 'hwk', 'pop', 'user'], phishingResistant: true };
}
