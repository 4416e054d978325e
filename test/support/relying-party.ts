import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { CLIENT } from './installation.ts';

/** What a relying party remembers between sending a browser away and seeing it return. */
export interface Request {
  url: string;
  verifier: string;
  state: string;
  nonce: string;
}

/** A relying party on openid-client, as the verzuim application would be. */
export async function createRelyingParty(
  issuer: string,
  {
    id = CLIENT.client_id,
    secret = CLIENT.client_secret,
    redirectUri = CLIENT.redirect_uris[0],
  }: {
    id?: string;
    secret?: string;
    redirectUri?: string;
  } = {},
) {
  const configuration = await client.discovery(new URL(issuer), id, secret, undefined, {
    execute: [client.allowInsecureRequests],
  });
  return {
    configuration,
    /** An authorization request with PKCE, state and nonce. */
    async begin(parameters: Record<string, string> = {}): Promise<Request> {
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid profile email phone roles',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...parameters,
      });
      return { url: url.href, verifier, state, nonce };
    },
    /** Exchanges the code in the address the browser came back with. */
    finish(request: Request, location: string | undefined) {
      assert.ok(location?.startsWith(redirectUri), `the browser was led to ${location}`);
      return client.authorizationCodeGrant(configuration, new URL(location ?? ''), {
        pkceCodeVerifier: request.verifier,
        expectedState: request.state,
        expectedNonce: request.nonce,
        idTokenExpected: true,
      });
    },
    refresh: (token: string) => client.refreshTokenGrant(configuration, token),
    userinfo: (token: string, subject: string) => client.fetchUserInfo(configuration, token, subject),
    revoke: (token: string) => client.tokenRevocation(configuration, token),
    introspect: (token: string) => client.tokenIntrospection(configuration, token),
    endSessionUrl: (parameters: Record<string, string>) =>
      client.buildEndSessionUrl(configuration, parameters).href,
  };
}
