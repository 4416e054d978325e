import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { z } from 'zod';
import { CLIENT } from './installation.ts';

/** What a relying party remembers between sending a browser away and seeing it return. */
export interface Request {
  url: string;
  verifier: string;
  state: string;
  nonce: string;
}

function credentials(id: string, secret: string | undefined): Record<string, string> {
  return { client_id: id, ...(secret === undefined ? {} : { client_secret: secret }) };
}

const oauthAnswer = z.looseObject({
  error: z.string().optional(),
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  expires_in: z.number().optional(),
  active: z.boolean().optional(),
});

/** The answer of an endpoint for programs, as it came: status, headers and the JSON of RFC 6749 §5. */
export interface EndpointAnswer {
  status: number;
  headers: Headers;
  json: z.infer<typeof oauthAnswer>;
}

/** Posts fields, or a body as it is, to an endpoint for programs. */
export async function askEndpoint(
  url: string,
  fields: Record<string, string> | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<EndpointAnswer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: oauthAnswer.parse(text === '' ? {} : JSON.parse(text)),
  };
}

/** HTTP status of userinfo for an access token. */
export async function userinfoStatus(issuer: string, token: string): Promise<number> {
  const response = await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

/** Which client a relying party is; without a secret it is a public one. */
export interface PartyOptions {
  id?: string;
  secret?: string | undefined;
  redirectUri?: string;
  /** Algorithm its ID tokens must be signed with. */
  algorithm?: string;
}

/** A relying party on openid-client, as the verzuim application would be. */
export async function createRelyingParty(issuer: string, options: PartyOptions = {}) {
  const { id = CLIENT.client_id, redirectUri = CLIENT.redirect_uris[0], algorithm = 'ES256' } = options;
  const secret = 'secret' in options ? options.secret : CLIENT.client_secret;
  const configuration = await client.discovery(
    new URL(issuer),
    id,
    { id_token_signed_response_alg: algorithm },
    secret === undefined ? client.None() : client.ClientSecretBasic(secret),
    // openid-client checks no signature of a token that came straight from the token endpoint unless told.
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );
  return {
    id,
    secret,
    redirectUri,
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
    /** What the token endpoint answers to these fields, refusals included, with this client's credentials. */
    askToken: (fields: Record<string, string>) =>
      askEndpoint(`${issuer}/token`, { ...credentials(id, secret), ...fields }),
    userinfo: (token: string, subject: string) => client.fetchUserInfo(configuration, token, subject),
    revoke: (token: string) => client.tokenRevocation(configuration, token),
    introspect: (token: string) => client.tokenIntrospection(configuration, token),
    endSessionUrl: (parameters: Record<string, string>) =>
      client.buildEndSessionUrl(configuration, parameters).href,
  };
}
