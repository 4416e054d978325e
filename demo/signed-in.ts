import * as client from 'openid-client';
import type { Clock } from '#src/clock.ts';

/** Claims as they came, not yet read. */
export type Claims = Readonly<Record<string, unknown>>;

/** What the server keeps of a signed-in person; no token ever reaches the browser. Moments in milliseconds. */
export interface SignedIn {
  subject: string;
  idToken: string;
  idClaims: Claims;
  idExpiresAt: number;
  userInfo: Claims;
  accessExpiresAt: number | undefined;
  refreshToken: string | undefined;
  /** When these tokens were bought. */
  renewedAt: number;
  /** How often they were renewed since the sign-in. */
  renewals: number;
}

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/**
 * Reads a token answer and asks userinfo for the rest. A renewal may leave out the ID token, but never changes who
 * it is about (OpenID Connect Core §12.2). Throws what openid-client throws.
 */
export async function readTokens(
  configuration: client.Configuration,
  tokens: Tokens,
  before: SignedIn | undefined,
  clock: Clock,
): Promise<SignedIn> {
  const claims = tokens.claims();
  const idToken = tokens.id_token ?? before?.idToken;
  const idClaims = claims ?? before?.idClaims;
  const subject = claims?.sub ?? before?.subject;
  if (idToken === undefined || idClaims === undefined || subject === undefined) {
    throw new client.ClientError('no ID token was issued');
  }
  if (before !== undefined && before.subject !== subject) {
    throw new client.ClientError('renewed tokens are about somebody else');
  }
  const now = clock.now();
  const lifetime = tokens.expiresIn();
  return {
    subject,
    idToken,
    idClaims,
    idExpiresAt: claims === undefined ? (before?.idExpiresAt ?? now) : claims.exp * 1000,
    userInfo: await askUserInfo(configuration, tokens.access_token, subject),
    accessExpiresAt: lifetime === undefined ? undefined : now + lifetime * 1000,
    refreshToken: tokens.refresh_token ?? before?.refreshToken,
    renewedAt: now,
    renewals: before === undefined ? 0 : before.renewals + 1,
  };
}

/** Core §5.3: the profile claims of the code flow come from here. Its `sub` must be the ID token's (§5.3.2). */
async function askUserInfo(
  configuration: client.Configuration,
  accessToken: string,
  subject: string,
): Promise<Claims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return client.fetchUserInfo(configuration, accessToken, subject);
}
