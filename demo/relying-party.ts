import * as client from 'openid-client';
import type { Clock } from '#src/clock.ts';
import { type Fault, faultOf } from './fault.ts';
import { reasonOf } from './log.ts';
import { accountPageOf, type ProviderLink } from './provider-link.ts';
import { readTokens, type SignedIn } from './signed-in.ts';

const SCOPE = 'openid profile email phone roles';

/** What a sign-in under way must remember until its answer comes. */
export interface SignInStart {
  state: string;
  nonce: string;
  verifier: string;
}

/** How the person should be met at the provider. */
export interface SignInWish {
  language: string;
  loginHint: string | undefined;
}

/** The expected answers of a step that asks the provider something. `reason` is for the log only. */
export type Outcome<Value> = { ok: true; value: Value } | { ok: false; fault: Fault; reason: string };

/** The protocol side of the sample application: OpenID Connect Core §3.1 (code flow), RFC 7636, RFC 9207. */
export interface RelyingParty {
  /** Makes the question: where to send the browser, and what to remember. */
  begin(wish: SignInWish): Promise<Outcome<{ url: URL; start: SignInStart }>>;
  /** Judges the answer at the redirect URI and buys the tokens. `answer` is the whole address, with our origin. */
  finish(answer: URL, start: SignInStart): Promise<Outcome<SignedIn>>;
  /** Buys new tokens; `expired` means that the provider ended the session. */
  renew(signedIn: SignedIn): Promise<Outcome<SignedIn>>;
  /** Where to end the provider's session (RP-Initiated Logout 1.0 §2); undefined when it offers no such place. */
  endSession(signedIn: SignedIn, language: string): Promise<Outcome<URL | undefined>>;
  /** Where people look after their own account; undefined when the provider names no such page. */
  accountPage(): Promise<Outcome<string | undefined>>;
}

/** Makes the relying party. `origin` is our own, without a slash at the end. */
export function createRelyingParty(link: ProviderLink, origin: string, clock: Clock): RelyingParty {
  return {
    begin: (wish) => settled(async () => ask(await link.fresh(), origin, wish)),

    finish: (answer, start) =>
      settled(async () => {
        const configuration = await link.fresh();
        const tokens = await client.authorizationCodeGrant(configuration, answer, {
          expectedState: start.state,
          expectedNonce: start.nonce,
          pkceCodeVerifier: start.verifier,
          idTokenExpected: true,
        });
        return readTokens(configuration, tokens, undefined, clock);
      }),

    renew: (signedIn) =>
      settled(async () => {
        const { refreshToken } = signedIn;
        if (refreshToken === undefined) throw new client.ClientError('no refresh token was issued');
        const configuration = await link.fresh();
        const tokens = await client.refreshTokenGrant(configuration, refreshToken);
        return readTokens(configuration, tokens, signedIn, clock);
      }),

    endSession: (signedIn, language) =>
      settled(async () => {
        const configuration = await link.fresh();
        if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
        return client.buildEndSessionUrl(configuration, {
          id_token_hint: signedIn.idToken,
          post_logout_redirect_uri: `${origin}/signed-out`,
          ui_locales: language,
        });
      }),

    accountPage: () => settled(async () => accountPageOf((await link.fresh()).serverMetadata())),
  };
}

/** The authentication request (Core §3.1.2.1), with fresh state, nonce and PKCE verifier. */
async function ask(configuration: client.Configuration, origin: string, wish: SignInWish) {
  const start = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  };
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: `${origin}/callback`,
    scope: SCOPE,
    state: start.state,
    nonce: start.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(start.verifier),
    code_challenge_method: 'S256',
    ui_locales: wish.language,
    ...(wish.loginHint === undefined ? {} : { login_hint: wish.loginHint }),
  });
  return { url, start };
}

async function settled<Value>(step: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await step() };
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return { ok: false, fault, reason: reasonOf(error) };
  }
}
