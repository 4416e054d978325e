import { z } from 'zod';
import { canonicalLoginName } from '#src/account/login-name.ts';
import { comparableEmail } from '#src/account/profile.ts';
import { LOST, type Lost } from './recovery-flow.ts';

/** Kind of the queue's items that ask for a mail with login names or a link. */
export const RECOVERY_KIND = 'recovery';

/** Most accounts of one mailbox or name that a recovery looks after. */
export const MOST_ACCOUNTS = 5;

/** UTF-16 units as typed. No login name and no address is longer, so whatever is finds nobody. */
const TYPED_MAX = 320;

/** Bytes of every payload: room for the longest name with each of its units escaped, an issuer and a reference. */
export const PAYLOAD_BYTES = 3072;

const requestSchema = z.object({
  lost: z.enum(LOST),
  typed: z.string(),
  /** Of the tenant that was asked. */
  issuer: z.string(),
  /** The number that a person can name (R25). */
  reference: z.string(),
});

/** What was asked for, before anybody looked whether somebody is there. */
export type RecoveryRequest = z.infer<typeof requestSchema>;

/** What was typed, without white space around it; nothing when it is longer than any name. */
export function readName(typed: string): string {
  const name = typed.trim();
  return name.length > TYPED_MAX ? '' : name;
}

/** How accounts are looked for by what was typed: a login name or an address; for lost login names an address alone. */
export function namesIn(
  typed: string,
  lost: Lost,
): { canonical: string | undefined; email: string | undefined } {
  return {
    canonical: lost === 'password' ? canonicalLoginName(typed) : undefined,
    email: typed.includes('@') ? typed : undefined,
  };
}

/** The form in which names are counted: one for every spelling of a name. */
export function countedName(typed: string): string {
  return canonicalLoginName(typed) ?? comparableEmail(typed);
}

/** A payload of the same size for every request, so that it tells nothing of who was named. */
export function writeRequest(request: RecoveryRequest): string {
  const bare = JSON.stringify({ ...request, pad: '' });
  const pad = '.'.repeat(Math.max(0, PAYLOAD_BYTES - Buffer.byteLength(bare)));
  return JSON.stringify({ ...request, pad });
}

/** The request in a payload; undefined for one that another version put in. */
export function readRequest(payload: string): RecoveryRequest | undefined {
  try {
    return requestSchema.parse(JSON.parse(payload));
  } catch {
    // What a person typed is in it: the words of the fault are no matter for a log.
    return undefined;
  }
}
