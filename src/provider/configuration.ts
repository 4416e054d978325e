import type { AdapterFactory, ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import { type Begun, outlivesPassword } from '#src/session/outlives-password.ts';
import { ACR_LEVELS } from '#src/sign-in/demand.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { accountClient, accountManagementUri } from './account-client.ts';
import { accountClaims, scopeClaims, scopes } from './claims.ts';
import type { CookieSigner } from './cookie-signer.ts';
import { type ApplicationReach, createFetchForClient } from './fetch-for-client.ts';
import { loadExistingGrant } from './first-party.ts';
import type { SigningRing } from './key-ring.ts';
import {
  ACCESS_TOKEN_TTL,
  CODE_TTL,
  grantTtl,
  ID_TOKEN_TTL,
  INTERACTION_TTL,
  OFFLINE_TTL,
  type SessionLife,
  sessionTtl,
} from './lifetimes.ts';
import { createPolicy } from './policy.ts';
import { requestBounds } from './request-bounds.ts';
import { factsIn, rememberFacts } from './session-facts.ts';

export interface ConfigurationParts {
  tenant: Tenant;
  accounts: Pick<AccountStore, 'findById'>;
  adapter: AdapterFactory;
  clients: ClientMetadata[];
  ring: SigningRing;
  cookieSigner: CookieSigner;
  session: SessionLife;
  /** The levels that this tenant's methods reach. */
  acrValues: readonly string[];
  /** Where applications are told of sessions that ended, beside the internet. */
  applicationReach: ApplicationReach;
  clock: Clock;
}

/** Largest document fetched for a client (jwks_uri, sector_identifier_uri); oidc-provider sets no bound. */
const FETCHED_DOCUMENT_BYTES = 64 * 1024;

/** The extra client settings an operator may give; no dynamic registration can reach them. */
export const CLIENT_SETTINGS = ['first_party', 'pkce_required', 'required_acr'] as const;

/** Names of our cookies. Prefixes hold only under https; the trial on http://localhost goes without. */
export function cookieNames(issuer: string) {
  const secure = issuer.startsWith('https:');
  return {
    session: `${secure ? '__Host-' : ''}poortwachter_session`,
    // These two carry a path, which __Host- forbids.
    interaction: `${secure ? '__Secure-' : ''}poortwachter_interaction`,
    resume: `${secure ? '__Secure-' : ''}poortwachter_resume`,
  };
}

function cookies({ tenant, cookieSigner }: ConfigurationParts): Configuration['cookies'] {
  const secure = tenant.issuer.startsWith('https:');
  const base = { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true } as const;
  return { names: cookieNames(tenant.issuer), keys: cookieSigner, long: { ...base, path: '/' }, short: base };
}

function lifetimes({ session, clock }: ConfigurationParts): Configuration['ttl'] {
  const seconds = () => Math.floor(clock.now() / 1000);
  return {
    AuthorizationCode: CODE_TTL,
    AccessToken: ACCESS_TOKEN_TTL,
    IdToken: ID_TOKEN_TTL,
    Interaction: INTERACTION_TTL,
    Session: (_ctx, current) =>
      sessionTtl(session, current.loginTs, seconds(), factsIn(current.authorizations)?.shared),
    Grant: (_ctx, grant) => grantTtl(session, grant.getOIDCScope()),
    RefreshToken: (ctx, token) =>
      ctx?.oidc.entities.RotatedRefreshToken?.remainingTTL ??
      (token.expiresWithSession ? session.absolute : OFFLINE_TTL),
  };
}

/** Which features are on, each on purpose. */
function features(): NonNullable<Configuration['features']> {
  return {
    // A sign-in form that takes any password: never, not even in the trial.
    devInteractions: { enabled: false },
    userinfo: { enabled: true },
    // A client may ask for its userinfo signed (userinfo_signed_response_alg); the others get JSON.
    jwtUserinfo: { enabled: true },
    introspection: {
      enabled: true,
      // A client sees its own tokens only; a public client can't prove who it is and sees none.
      allowedPolicy: (_ctx, client, token) =>
        client.clientAuthMethod !== 'none' && token.clientId === client.clientId,
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    // Offered, not demanded: a client may keep its parameters out of the browser and bind its tokens to a key.
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true },
    // Access tokens are for our own userinfo; there is no other resource server to name.
    resourceIndicators: { enabled: false },
    // For a demand on the sign-in (OIDC Core §5.5.1.1); request-bounds.ts takes out of it what would open data.
    claimsParameter: { enabled: true },
    // Applications hear that a session ended, also when somebody ends it elsewhere (ASVS 7.4.2).
    backchannelLogout: { enabled: true },
    // Off until something needs them: each is a further way in that would have to be guarded.
    clientCredentials: { enabled: false },
    deviceFlow: { enabled: false },
    registration: { enabled: false },
    requestObjects: { enabled: false },
    jwtResponseModes: { enabled: false },
    jwtIntrospection: { enabled: false },
    encryption: { enabled: false },
  };
}

type Source = Parameters<NonNullable<Configuration['findAccount']>>[2];

/** How the session began that a code or token came of; a token that carries no time tells nothing. */
function beginningOf(source: Source): Begun {
  const uid = source !== undefined && 'sessionUid' in source ? source.sessionUid : undefined;
  const authTime = source !== undefined && 'authTime' in source ? source.authTime : undefined;
  return { uid, signedInAt: authTime === undefined ? undefined : authTime * 1000 };
}

function findAccount({ tenant, accounts }: ConfigurationParts): NonNullable<Configuration['findAccount']> {
  return async (_ctx, sub, source) => {
    const account = await accounts.findById(tenant.id, sub);
    // Disabled is gone: no token, no refresh, no userinfo, no single sign-on (ASVS 7.4.2). So is who reported a stranger.
    if (account === undefined || account.disabledAt !== undefined) return undefined;
    if (account.suspendedAt !== undefined) return undefined;
    // All were ended with the old password; this one was being made then.
    if (!outlivesPassword(account, beginningOf(source))) return undefined;
    const { passwordChangedAt, keptSession } = account;
    const claims = () => accountClaims(account, tenant);
    return { accountId: account.id, claims, passwordChangedAt, keptSession };
  };
}

/** No refresh token without the grant type; without offline_access it ends with the session. */
function issuesRefreshToken(_ctx: KoaContextWithOIDC, client: { grantTypeAllowed(type: string): boolean }) {
  return client.grantTypeAllowed('refresh_token');
}

/**
 * oidc-provider's configuration for one tenant: every default that its documentation says to change is changed
 * here, and what is left off says why. Pages and logout are added by createProvider.
 */
export function createConfiguration(parts: ConfigurationParts): Configuration {
  return {
    adapter: parts.adapter,
    clients: [...parts.clients, accountClient(parts.tenant)],
    jwks: { keys: [...parts.ring.jwks] },
    cookies: cookies(parts),
    ttl: lifetimes(parts),
    features: features(),
    findAccount: findAccount(parts),
    loadExistingGrant(ctx) {
      rememberFacts(ctx);
      return loadExistingGrant(ctx);
    },
    claims: { ...scopeClaims },
    scopes: [...scopes],
    acrValues: [...ACR_LEVELS],
    extraParams: requestBounds,
    subjectTypes: ['public'],
    // Code only: every other response type puts tokens into addresses (RFC 9700 §2.1.2, ASVS 10.4.4).
    // `none` gives nothing at all: it is our own settings' (account-client.ts), and no client may be registered with it.
    responseTypes: ['code', 'none'],
    // OIDC Core §3.1.2.1 asks for POST to /auth as well. oidc-provider offers it (and POST to sign-out) only when the
    // session cookie is SameSite=None, so that every other site's request would carry it. Lax is worth more: an
    // application sends the browser by GET, and one with much to say pushes its request first (RFC 9126).
    enableHttpPostMethods: false,
    pkce: { required: (_ctx, client) => client.pkce_required !== false },
    // No script of another site reads these endpoints: applications ask from their servers (ASVS 3.4.2).
    clientBasedCORS: () => false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    // ES256 signs in a fortieth of the time RSA takes; a client that needs another algorithm names it.
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      userinfoSigningAlgValues: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      clientAuthSigningAlgValues: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    },
    rotateRefreshToken: true,
    issueRefreshToken: issuesRefreshToken,
    expiresWithSession: (_ctx, source) => !source.scopes.has('offline_access'),
    allowOmittingSingleRegisteredRedirectUri: false,
    extraClientMetadata: { properties: [...CLIENT_SETTINGS] },
    interactions: {
      policy: createPolicy(parts.acrValues),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    discovery: {
      ui_locales_supported: ['nl', 'en'],
      claims_locales_supported: undefined,
      account_management_uri: accountManagementUri(parts.tenant),
    },
    fetch: createFetchForClient(parts.applicationReach),
    fetchResponseBodyLimits: {
      jwks_uri: FETCHED_DOCUMENT_BYTES,
      sector_identifier_uri: FETCHED_DOCUMENT_BYTES,
    },
  };
}
