import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import { createBoundedStore } from '../bounded-store.ts';
import { faultOf } from '../fault.ts';
import { reasonOf } from '../log.ts';
import { localhostFetch } from '../loopback.ts';
import type { ProviderLink, Registration } from '../provider-link.ts';

/** Milliseconds that a token may be old, and for which its name is remembered: it is good once. */
const MOST_AGE = 3 * 60_000;
const TOLERANCE_SECONDS = 5;
const SEEN = { entries: 10_000, age: MOST_AGE * 2, idle: MOST_AGE * 2 };

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What only a logout token says (OpenID Connect Back-Channel Logout 1.0 §2.4): whom or which session, and never a nonce. */
const claimsSchema = z
  .object({
    jti: z.string().min(1),
    events: z.object({ [EVENT]: z.looseObject({}) }),
    sub: z.string().min(1).optional(),
    sid: z.string().min(1).optional(),
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);

/** Who is to be signed out here: in one session at the provider, or wherever they are. */
export interface ToldLogout {
  subject: string | undefined;
  sid: string | undefined;
}

/** `unreachable`: its keys could not be had, so that nothing can be said of it now. */
export type JudgedToken =
  | { ok: true; logout: ToldLogout }
  | { ok: false; fault: 'refused' | 'unreachable'; reason: string };

/** Judges logout tokens (§2.6). */
export type JudgeLogoutToken = (token: string) => Promise<JudgedToken>;

/** Keys that can't be had are the provider's trouble; all else is the token's. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || faultOf(error) === 'unreachable') return true;
  // An answer that is no key set has no code of its own.
  return error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC';
}

function keysAt(address: URL) {
  const special = localhostFetch(address);
  if (special === undefined) return createRemoteJWKSet(address);
  const ask: FetchImplementation = (url, { headers, ...options }) =>
    special(url, { ...options, body: null, headers: Object.fromEntries(headers) });
  return createRemoteJWKSet(address, { [customFetch]: ask });
}

/** Makes the judge of one site. A token is used up before anybody is signed out by it (ground rule 8). */
export function createJudgeLogoutToken(
  link: ProviderLink,
  { issuer, clientId }: Registration,
  clock: Clock,
): JudgeLogoutToken {
  const seen = createBoundedStore<true>(SEEN, clock);
  let keys: { address: string; find: ReturnType<typeof keysAt> } | undefined;

  const currentKeys = async () => {
    const { jwks_uri: address } = (await link.fresh()).serverMetadata();
    if (address === undefined) throw new TypeError('fetch failed');
    if (keys?.address !== address) keys = { address, find: keysAt(new URL(address)) };
    return keys.find;
  };

  const judge = async (token: string): Promise<JudgedToken> => {
    const { payload } = await jwtVerify(token, await currentKeys(), {
      issuer,
      audience: clientId,
      typ: 'logout+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['iat', 'exp'],
      maxTokenAge: MOST_AGE / 1000,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(clock.now()),
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return { ok: false, fault: 'refused', reason: 'no logout token' };
    const { jti, sub, sid } = claims.data;
    if (seen.get(jti) !== undefined) return { ok: false, fault: 'refused', reason: 'used before' };
    seen.put(jti, true);
    return { ok: true, logout: { subject: sub, sid } };
  };

  return async (token) => {
    try {
      return await judge(token);
    } catch (error) {
      if (!(error instanceof errors.JOSEError) && faultOf(error) === undefined) throw error;
      const fault = isUnreachable(error) ? 'unreachable' : 'refused';
      return { ok: false, fault, reason: reasonOf(error) };
    }
  };
}
