import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { type Client, Provider } from 'oidc-provider';
import { z } from 'zod';
import { createAdapterFactory } from '#adapters/oidc/adapter.ts';
import type { ArtifactStore, ClientMetadata, ClientStore } from '#src/provider/ports.ts';
import type { VolatileBench } from '../../contracts/volatile-bench.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const application: ClientMetadata = {
  client_id: 'application',
  client_secret: randomUUID(),
  redirect_uris: ['https://application.example/back'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_post',
};

/** Clients in a Map: the port is durable and tested elsewhere, here it only has to answer. */
export function clientsInMap(...clients: ClientMetadata[]): ClientStore {
  const kept = new Map(clients.map((client) => [client.client_id, client]));
  return {
    find: async (_tenantId, clientId) => kept.get(clientId),
    add: async () => false,
    list: async () => [...kept.values()],
    remove: async (_tenantId, clientId) => kept.delete(clientId),
  };
}

/** A real Provider over the stores of a bench. */
export function createTestProvider({ store, tenantId, now }: VolatileBench<ArtifactStore>): Provider {
  return new Provider('http://op.example', {
    adapter: createAdapterFactory({
      tenantId,
      artifacts: store,
      clients: clientsInMap(application),
      clock: { now },
    }),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: { keys: [randomUUID()] },
    features: { devInteractions: { enabled: false } },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 3_600,
      IdToken: 600,
      RefreshToken: 3_600,
      Session: 600,
    },
    scopes: ['openid', 'offline_access'],
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
}

/** The registered application as the Provider sees it. */
async function testClient(provider: Provider): Promise<Client> {
  const client = await provider.Client.find('application');
  if (client === undefined) throw new Error('the application is not registered');
  return client;
}

/** Saves a grant of anna's and answers its id. */
export async function saveGrant(provider: Provider): Promise<string> {
  const grant = new provider.Grant({ accountId: 'anna', clientId: 'application' });
  grant.addOIDCScope('openid offline_access');
  return grant.save();
}

/** Saves an authorization code in a grant and answers its value, as a sign-in would. */
export async function saveCode(provider: Provider, grantId: string): Promise<string> {
  const code = new provider.AuthorizationCode({
    accountId: 'anna',
    client: await testClient(provider),
    grantId,
    gty: 'authorization_code',
    redirectUri: 'https://application.example/back',
    scope: 'openid offline_access',
  });
  return code.save();
}

/** Saves an access or refresh token in a grant and answers its value. */
export async function saveToken(
  provider: Provider,
  Token: Provider['AccessToken'] | Provider['RefreshToken'],
  grantId: string,
): Promise<string> {
  const token = new Token({
    accountId: 'anna',
    client: await testClient(provider),
    grantId,
    gty: 'authorization_code',
    scope: 'openid',
  });
  return token.save();
}

/** The members of a token endpoint's answer that tests look at. */
const tokenAnswer = z.object({
  error: z.string().optional(),
  access_token: z.string().optional(),
  refresh_token: z.string().optional(),
});

export type TokenAnswer = z.infer<typeof tokenAnswer> & { status: number };

/** A running Provider and what an application asks of it. */
export interface RunningProvider {
  exchange(code: string): Promise<TokenAnswer>;
  refresh(token: string): Promise<TokenAnswer>;
  /** HTTP status of userinfo for an access token. */
  userinfo(token: string): Promise<number>;
}

/** Serves a Provider on a free port until the test ends. */
export async function serve(t: TestContext, provider: Provider): Promise<RunningProvider> {
  const server = createServer(provider.callback()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const ask = async (parameters: Record<string, string>): Promise<TokenAnswer> => {
    const body = new URLSearchParams({
      client_id: 'application',
      client_secret: String(application.client_secret),
      ...parameters,
    });
    const response = await fetch(`${origin}/token`, { method: 'POST', body });
    return { ...tokenAnswer.parse(await response.json()), status: response.status };
  };
  return {
    exchange: (code) =>
      ask({ grant_type: 'authorization_code', code, redirect_uri: 'https://application.example/back' }),
    refresh: (token) => ask({ grant_type: 'refresh_token', refresh_token: token }),
    userinfo: async (token) =>
      (await fetch(`${origin}/me`, { headers: { authorization: `Bearer ${token}` } })).status,
  };
}
