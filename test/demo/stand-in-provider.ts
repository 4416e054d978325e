import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

/** A provider as small as the sample application's contract allows: everybody who comes is signed in at once. */
export interface StandInProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What the provider was asked at its authorization endpoint, oldest first. */
  readonly asked: URLSearchParams[];
  /** Names of the sessions that it gave codes in, oldest first; one browser has one of them. */
  readonly sids: string[];
  /** Signs a token as it signs all others. */
  sign(claims: Record<string, unknown>, header?: { typ?: string; kid?: string }): Promise<string>;
  /** Ends every grant, as the end of a session does: refresh tokens are worth nothing afterwards. */
  endGrants(): Promise<void>;
  /** Closes the port and opens it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface StandInOptions {
  port: number;
  /** Host name in the issuer. */
  host?: string;
  clientOrigin: string;
  /** Claims of everybody who signs in. */
  claims: Record<string, unknown>;
  accountPage?: string;
}

export const CLIENT = { id: 'verzuimloket', secret: 'stand-in secret, known to everybody' } as const;
const AMR = ['pwd', 'otp', 'mfa'];
const ACR = 'urn:poortwachter:acr:mfa';

/** Opens a stand-in at a loopback port. A `login_hint` of "refuse" is answered with access_denied. */
export async function openStandInProvider(options: StandInOptions): Promise<StandInProvider> {
  const issuer = `http://${options.host ?? 'localhost'}:${options.port}`;
  const asked: URLSearchParams[] = [];
  const grants = new Set<string>();
  const sids: string[] = [];
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = await configure(issuer, options, privateKey);
  provider.on('grant.success', (ctx) => {
    const { AuthorizationCode: code } = ctx.oidc.entities;
    if (code?.sid !== undefined) sids.push(code.sid);
    if (ctx.oidc.entities.Grant !== undefined) grants.add(ctx.oidc.entities.Grant.jti);
  });
  const handle = provider.callback();
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '/', issuer);
    if (url.pathname === '/auth') asked.push(url.searchParams);
    if (url.pathname.startsWith('/sign-in/')) return signIn(provider, req, res);
    return handle(req, res);
  };
  let server = createServer(answer);

  async function start() {
    server = createServer(answer);
    server.listen(options.port);
    await once(server, 'listening');
  }
  async function stop() {
    server.close();
    server.closeAllConnections();
    if (server.listening) await once(server, 'close');
  }

  await start();
  return {
    issuer,
    asked,
    sids,
    sign: (claims, { typ = 'logout+jwt', kid = 'stand-in' } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(privateKey),
    start,
    stop,
    async endGrants() {
      for (const id of grants) await (await provider.Grant.find(id))?.destroy();
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function configure(issuer: string, options: StandInOptions, privateKey: CryptoKey): Promise<Provider> {
  return new Provider(issuer, {
    clients: [registration(options.clientOrigin)],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: 'stand-in' }] },
    cookies: { keys: ['stand-in'] },
    pkce: { required: () => true },
    acrValues: [ACR],
    claims: {
      openid: ['sub', 'tenant', 'acr', 'amr', 'auth_time'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
      phone: ['phone_number'],
      roles: ['roles'],
    },
    ttl: {
      AccessToken: 600,
      IdToken: 600,
      RefreshToken: 3600,
      Session: 3600,
      Grant: 3600,
      Interaction: 3600,
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: askBeforeLeaving },
    },
    ...(options.accountPage === undefined
      ? {}
      : { discovery: { account_management_uri: options.accountPage } }),
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...options.claims }) }),
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      // One grant for all tabs: codes of a grant that the session no longer names are refused.
      const known = session.grantIdFor(client.clientId);
      if (known !== undefined) return ctx.oidc.provider.Grant.find(known);
      const grant = new ctx.oidc.provider.Grant({
        clientId: client.clientId,
        accountId: session.accountId,
      });
      grant.addOIDCScope('openid profile email phone roles');
      await grant.save();
      return grant;
    },
  });
}

function registration(origin: string) {
  return {
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/signed-out`],
    backchannel_logout_uri: `${origin}/backchannel-logout`,
    backchannel_logout_session_required: true,
    token_endpoint_auth_method: 'client_secret_basic' as const,
    id_token_signed_response_alg: 'ES256' as const,
    grant_types: ['authorization_code', 'refresh_token'],
  };
}

async function signIn(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  const result =
    params.login_hint === 'refuse'
      ? { error: 'access_denied', error_description: 'not today' }
      : { login: { accountId: 'account-014', acr: ACR, amr: [...AMR] } };
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}

async function askBeforeLeaving(ctx: { body: unknown }, form: string): Promise<void> {
  ctx.body = `<!doctype html><html lang="en"><title>Leave</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button></html>`;
}
