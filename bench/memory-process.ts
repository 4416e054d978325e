/*
 * What a kept Provider and a tenant at rest take of the heap: many of each are made and kept, and what they added
 * is divided. Run with --expose-gc; the argument says how many.
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createAdapterFactory } from '#adapters/oidc/adapter.ts';
import { tenantSchema } from '#config/tenant.ts';
import { createFrames } from '#interactions/frame.ts';
import { createAssets } from '#interactions/http/assets.ts';
import { createTexts } from '#interactions/i18n.ts';
import { createProviderPages } from '#interactions/provider-pages.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { systemClock } from '#src/clock.ts';
import { createLog } from '#src/log.ts';
import { createCookieSigner } from '#src/provider/cookie-signer.ts';
import { createProvider } from '#src/provider/create-provider.ts';
import type { SigningRing } from '#src/provider/key-ring.ts';
import type { ClientStore } from '#src/provider/ports.ts';
import { createProviders, type ProviderMakings, type ProvidersParts } from '#src/provider/providers.ts';
import { createSessionGateway } from '#src/provider/session-gateway.ts';
import { createRequestRegister } from '#src/request-context.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { APPLICATION, TENANT } from './application.ts';
import { HttpClient } from './http-client.ts';

const clock = systemClock;
const count = Number(process.argv[2]);

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  for (let again = 0; again < 4; again += 1) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Nobody and nothing: what is measured here keeps no people. */
async function nothing(): Promise<never> {
  throw new Error('nobody is looked up here');
}

const accounts: AccountStore = {
  create: nothing,
  findById: nothing,
  findStanding: nothing,
  findByLoginName: nothing,
  findForSignIn: nothing,
  findForRecovery: nothing,
  list: nothing,
  setDisabled: nothing,
  replacePasswordHash: nothing,
  setSuspended: nothing,
  changePassword: nothing,
  changeLocale: nothing,
  changeEmail: nothing,
  restoreEmail: nothing,
};
const clients: ClientStore = { find: async () => undefined, add: nothing, list: nothing, remove: nothing };

const artifacts = createMemoryArtifactStore({ clock });
const register = createRequestRegister();
const frames = createFrames({ texts: createTexts(), assets: createAssets().paths });
const pages = createProviderPages(frames, register, { errorShown: () => {} });
const log = createLog({ level: 'silent', format: 'json' });

/** As many key sets as tenants; making thousands of RSA keys would take minutes, so each is parsed anew instead. */
const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey.export({ format: 'jwk' });
function signingKeysOf(tenantId: string) {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const okp = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return [
    { ...ec, kty: 'EC' as const, kid: `${tenantId}-1`, use: 'sig' },
    { ...structuredClone(rsa), kty: 'RSA' as const, kid: `${tenantId}-2`, use: 'sig' },
    { ...okp, kty: 'OKP' as const, kid: `${tenantId}-3`, use: 'sig' },
  ];
}

/** Rings of keys, made when they are asked for and kept by tenant. */
const kept = new Map<string, SigningRing>();
const cookieSigner = createCookieSigner([Buffer.alloc(32, 1)]);
const rings = {
  async of(tenantId: string) {
    const ring = kept.get(tenantId) ?? { jwks: signingKeysOf(tenantId) };
    kept.set(tenantId, ring);
    return ring;
  },
  cookies: async () => cookieSigner,
  forget() {},
};

const LIFE = { idle: 1800, sharedIdle: 900, absolute: 36_000 };

const make = ({ tenant, ring, cookies }: ProviderMakings) =>
  createProvider({
    tenant,
    accounts,
    artifacts,
    adapter: createAdapterFactory({ tenantId: tenant.id, artifacts, clients, clock }),
    clients: [structuredClone(APPLICATION)],
    ring,
    cookieSigner: cookies,
    session: LIFE,
    acrValues: [],
    pages,
    referenceOf: () => 'reference',
    originOf: () => ({}),
    trail: { record() {}, settled: async () => {} },
    applicationReach: { loopback: false, privateNetwork: false },
    tell: async () => {},
    systemEvents: { logoutTold() {} },
    clock,
    log,
  });
const sessions: ProvidersParts['sessions'] = (provider, tenant) =>
  createSessionGateway(provider, { tenant, artifacts, life: LIFE, clock });
using providers = createProviders({ rings, make, sessions, clock, mostKept: count + 1 });

function makeTenant(n: number): Tenant {
  const key = `tenant-${n}`;
  return {
    id: crypto.randomUUID(),
    key,
    issuer: `http://${key}.localhost`,
    settings: tenantSchema.parse(structuredClone(TENANT)),
  };
}

let current: Tenant | undefined;

/** Everything a Provider makes on its first requests is part of what is kept. */
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (current === undefined) throw new Error('no tenant is asked');
  await (await providers.of(current)).handle(req, res);
}

async function useProviders(tenants: readonly Tenant[], client: HttpClient): Promise<void> {
  for (const tenant of tenants) {
    current = tenant;
    for (const path of ['/.well-known/openid-configuration', '/jwks', '/auth?client_id=absence']) {
      await client.ask({ path });
    }
  }
}

const server = createServer(answer).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
using client = new HttpClient(port, 'localhost');
await useProviders([makeTenant(0)], client);

const empty = heapUsed();
const tenants = Array.from({ length: count }, (_, n) => makeTenant(n + 1));
const withTenants = heapUsed();
await useProviders(tenants, client);
const withProviders = heapUsed();

const tenantBytes = (withTenants - empty) / count;
const providerBytes = (withProviders - withTenants) / count;
process.stdout.write(JSON.stringify({ providerBytes, tenantBytes, count: tenants.length }));
server.close();
