import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Answer, type HttpClient, refuse } from './http-client.ts';

/** The application that people sign in for, as both servers register it. */
export const APPLICATION = {
  client_id: 'absence',
  client_secret: 'a-secret-of-the-bench-of-40-characters-x',
  redirect_uris: ['https://absence.bench.example/callback'],
  first_party: true,
};

/** The one tenant, as its operator would describe it. */
export const TENANT = {
  name: 'Bench',
  productName: 'Verzuimregistratie',
  applicationName: 'Verzuimregistratie',
  initiateLoginUri: 'https://absence.bench.example/login',
  helpDesk: { email: 'helpdesk@bench.example' },
};

/** Address that codes are sent to. */
export const REDIRECT_URI = 'https://absence.bench.example/callback';

export const SCOPE = 'openid profile email phone roles';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  id_token: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
});

/** What a code or a refresh token buys. */
export interface Tokens {
  access: string;
  refresh: string;
  id: string;
}

const userinfoAnswer = z.object({ sub: z.string(), email: z.string(), roles: z.array(z.string()) });
const introspectionAnswer = z.object({ active: z.literal(true), sub: z.string(), client_id: z.string() });
const discoveryAnswer = z.object({ issuer: z.string(), token_endpoint: z.string() });
const jwksAnswer = z.object({ keys: z.array(z.object({ kid: z.string() })).min(1) });

function read<T>(schema: z.ZodType<T>, what: string, answer: Answer): T {
  if (answer.status !== 200) refuse(what, answer);
  const read = schema.safeParse(JSON.parse(answer.body));
  return read.success ? read.data : refuse(what, answer);
}

/** One pair for all requests: making them is the application's cost, not the server's (RFC 7636). */
const VERIFIER = randomBytes(32).toString('base64url');
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

const credentials = Buffer.from(`${APPLICATION.client_id}:${APPLICATION.client_secret}`).toString('base64');
const AUTHORIZATION = { authorization: `Basic ${credentials}` };

/** Address of an authorization request, as a path. */
export function authorizationPath(state: string): string {
  const query = new URLSearchParams({
    client_id: APPLICATION.client_id,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state,
    nonce: state,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  return `/auth?${query}`;
}

/** The application's own requests to a server. Each checks that its answer is the right one. */
export class Application {
  readonly #client: HttpClient;
  readonly #issuer: string;

  constructor(client: HttpClient, issuer: string) {
    this.#client = client;
    this.#issuer = issuer;
  }

  async #buy(what: string, fields: Record<string, string>): Promise<Tokens> {
    const body = new URLSearchParams(fields).toString();
    const answer = await this.#client.ask({ method: 'POST', path: '/token', headers: AUTHORIZATION, body });
    const bought = read(tokenAnswer, what, answer);
    return { access: bought.access_token, refresh: bought.refresh_token, id: bought.id_token };
  }

  exchange(code: string): Promise<Tokens> {
    const way = { redirect_uri: REDIRECT_URI, code_verifier: VERIFIER };
    return this.#buy('token', { grant_type: 'authorization_code', code, ...way });
  }

  refresh(token: string): Promise<Tokens> {
    return this.#buy('refresh', { grant_type: 'refresh_token', refresh_token: token });
  }

  async userinfo(token: string, person: { id: string; email: string }): Promise<void> {
    const answer = await this.#client.ask({ path: '/me', headers: { authorization: `Bearer ${token}` } });
    const { sub, email } = read(userinfoAnswer, 'userinfo', answer);
    if (sub !== person.id || email !== person.email) refuse('userinfo of somebody else', answer);
  }

  async introspect(token: string, person: { id: string }): Promise<void> {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString();
    const path = '/token/introspection';
    const answer = await this.#client.ask({ method: 'POST', path, headers: AUTHORIZATION, body });
    const { sub } = read(introspectionAnswer, 'introspection', answer);
    if (sub !== person.id) refuse('introspection of somebody else', answer);
  }

  async discovery(): Promise<void> {
    const answer = await this.#client.ask({ path: '/.well-known/openid-configuration' });
    const { issuer } = read(discoveryAnswer, 'discovery', answer);
    if (issuer !== this.#issuer) refuse('discovery of another issuer', answer);
  }

  async jwks(): Promise<void> {
    read(jwksAnswer, 'jwks', await this.#client.ask({ path: '/jwks' }));
  }
}
