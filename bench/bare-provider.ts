/*
 * What our speed is compared with: oidc-provider alone, over a Map, with the same accounts, client and kinds of keys.
 * Its own in-memory adapter keeps only 1,000 entries and throws the rest away, so it is no baseline.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import {
  type Adapter,
  type AdapterPayload,
  type Configuration,
  interactionPolicy,
  Provider,
} from 'oidc-provider';
import { z } from 'zod';
import { tenantSchema } from '#config/tenant.ts';
import { accountClaims, scopeClaims, scopes } from '#src/provider/claims.ts';
import { ACCESS_TOKEN_TTL, CODE_TTL, ID_TOKEN_TTL, INTERACTION_TTL } from '#src/provider/lifetimes.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { APPLICATION, SCOPE, TENANT } from './application.ts';
import { openStores } from './stores.ts';

const settingsSchema = z.object({
  port: z.number(),
  issuer: z.string(),
  databaseUrl: z.string(),
  poolSize: z.number(),
  masterKey: z.string(),
  tenantId: z.string(),
});

const SESSION_SECONDS = 10 * 60 * 60;

/** oidc-provider's own adapter without its bound: nothing is ever thrown away. */
function createMapAdapters(): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  const uids = new Map<string, string>();
  const grants = new Map<string, string[]>();
  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    const find = async (id: string) => kept.get(keyOf(id));
    return {
      async upsert(id, payload) {
        const key = keyOf(id);
        if (model === 'Session' && payload.uid !== undefined) uids.set(payload.uid, id);
        const { grantId } = payload;
        if (grantId !== undefined && model !== 'Grant') {
          const held = grants.get(grantId);
          if (held === undefined) grants.set(grantId, [key]);
          else held.push(key);
        }
        kept.set(key, payload);
      },
      find,
      async findByUid(uid) {
        const id = uids.get(uid);
        return id === undefined ? undefined : find(id);
      },
      findByUserCode: async () => undefined,
      async consume(id) {
        const payload = kept.get(keyOf(id));
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        kept.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const key of grants.get(grantId) ?? []) kept.delete(key);
        grants.delete(grantId);
      },
    };
  };
}

function signingKeys() {
  const made = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa', { modulusLength: 3072 }),
    generateKeyPairSync('ed25519'),
  ];
  return made.map(({ privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), use: 'sig' }));
}

/** The features, lifetimes and algorithms that our own configuration has. */
function createConfiguration(): Configuration {
  return {
    adapter: createMapAdapters(),
    clients: [APPLICATION],
    jwks: { keys: signingKeys() },
    cookies: { keys: ['a key of the bench that signs its cookies'] },
    claims: { ...scopeClaims },
    scopes: [...scopes],
    subjectTypes: ['public'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    ttl: {
      AuthorizationCode: CODE_TTL,
      AccessToken: ACCESS_TOKEN_TTL,
      IdToken: ID_TOKEN_TTL,
      Interaction: INTERACTION_TTL,
      Session: SESSION_SECONDS,
      Grant: SESSION_SECONDS,
      RefreshToken: SESSION_SECONDS,
    },
    features: {
      devInteractions: { enabled: false },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: { enabled: true },
    },
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'PS256', 'RS256', 'EdDSA'] },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    extraClientMetadata: { properties: ['first_party'] },
    interactions: { policy: interactionPolicy.base(), url: (_ctx, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant(ctx) {
      const { client, session, account, provider } = ctx.oidc;
      if (client === undefined || account === undefined || session === undefined) return undefined;
      const known = session.grantIdFor(client.clientId);
      if (known !== undefined) return provider.Grant.find(known);
      const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
      grant.addOIDCScope(SCOPE);
      await grant.save();
      return grant;
    },
  };
}

const settings = settingsSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { accounts } = openStores(settings);
const tenant: Tenant = {
  id: settings.tenantId,
  key: 'default',
  issuer: settings.issuer,
  settings: tenantSchema.parse(TENANT),
};
const provider = new Provider(settings.issuer, {
  ...createConfiguration(),
  // The same row of the same table, opened in the same way.
  async findAccount(_ctx, sub) {
    const account = await accounts.findById(settings.tenantId, sub);
    if (account === undefined || account.disabledAt !== undefined) return undefined;
    return { accountId: account.id, claims: () => accountClaims(account, tenant) };
  },
});
provider.proxy = true;
const handle = provider.callback();

/** Where people sign in here: whoever the address names, without asking. */
const signIn = /^\/interaction\/[\w-]+\?as=([\w-]+)$/;

createServer(async (req, res) => {
  req.headers['x-forwarded-proto'] = 'https';
  const { url = '/' } = req;
  const accountId = signIn.exec(url)?.[1];
  if (url === '/bench/cpu') {
    const { user, system } = process.cpuUsage();
    res.end(String((user + system) / 1000));
  } else if (accountId !== undefined) {
    const login = { accountId, acr: 'urn:bench', amr: ['pwd', 'otp', 'mfa'] };
    await provider.interactionFinished(req, res, { login });
  } else {
    await handle(req, res);
  }
}).listen(settings.port, '127.0.0.1');
