import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createAdapterFactory } from '#adapters/oidc/adapter.ts';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import type { Account } from '#src/account/account.ts';
import { systemClock } from '#src/clock.ts';
import { createLog } from '#src/log.ts';
import { type BackChannel, createBackChannel } from '#src/provider/back-channel.ts';
import { configuredClients } from '#src/provider/configured-clients.ts';
import { createCookieSigner } from '#src/provider/cookie-signer.ts';
import { createProvider } from '#src/provider/create-provider.ts';
import type { ApplicationReach } from '#src/provider/fetch-for-client.ts';
import {
  createInteractionGateway,
  type InteractionGateway,
  type InteractionView,
} from '#src/provider/interaction-gateway.ts';
import { liveKeys, signingRing } from '#src/provider/key-ring.ts';
import { makeKey } from '#src/provider/make-key.ts';
import type { ArtifactStore, ClientStore } from '#src/provider/ports.ts';
import { ACR_MFA, ACR_PHISHING_RESISTANT, type Assurance } from '#src/sign-in/assurance.ts';
import { validSettings } from '../../config/valid-settings.ts';

export const WITH_APP: Assurance = { acr: ACR_MFA, amr: ['pwd', 'otp', 'mfa'] };
export const WITH_KEY: Assurance = { acr: ACR_PHISHING_RESISTANT, amr: ['pwd', 'hwk', 'pop', 'mfa'] };

/** What is done where a page would be: resolves to the address to go on to. */
type Deed = (gateway: InteractionGateway, req: IncomingMessage, res: ServerResponse) => Promise<string>;

/** What a sign-in tells of itself. */
export const FACTS = { passwordAt: 1_800_000_000_000, shared: false, userAgent: 'A browser' };

/** A person signs in, as strongly as told. */
export const signIn =
  (assurance: Assurance): Deed =>
  (gateway, req, res) =>
    gateway.signIn(req, res, { accountId: 'person', assurance, at: Date.now(), facts: FACTS });

/** One tenant's Provider on a port of its own, without pages: what a person would do there is a deed. */
export interface ProviderPlace {
  issuer: string;
  /** What was asked of people, in order. */
  asked: InteractionView[];
  /** What is done from now on when somebody is asked something; consent is always given. */
  deed: Deed;
  /** What it keeps; it has one tenant (`tenant`) and one person (`person`). */
  artifacts: ArtifactStore;
  channel: BackChannel;
}

const nobody = async () => undefined;
const clientStore: ClientStore = {
  find: nobody,
  list: async () => [],
  add: async () => false,
  remove: async () => false,
};

const person: Account = {
  id: 'person',
  tenantId: 'tenant',
  loginName: 'person',
  givenName: 'Test',
  familyName: 'Person',
  email: 'person@test.example',
  emailVerified: true,
  phone: undefined,
  phoneVerified: false,
  locale: 'nl',
  roles: [],
  disabledAt: undefined,
  suspendedAt: undefined,
  passwordChangedAt: undefined,
  createdAt: 1,
};

async function newRing() {
  const times = { createdAt: 0, currentFrom: 0, succeeds: undefined };
  const made = await makeKey({ purpose: 'signing', tenantId: 'tenant' }, 'ec', times);
  return signingRing(liveKeys([{ ...made, withdrawnAt: undefined }], { now: 1, overlapMs: 1 }));
}

/** As the shell sets it on every answer. */
const csp = "default-src 'none'; form-action 'self'";
const page = (html: string) => ({ html, csp });
const pages = {
  error: ({ code }: { code: string }) => page(`<main data-step="error">${code}`),
  stale: () => page('stale'),
  logout: () => page('logout'),
  signedOut: () => page('signed out'),
};

export interface PlaceOptions {
  clients: NonNullable<RawSettings['clients']>;
  /** The levels that the tenant's methods reach. */
  acrValues: readonly string[];
  /** Where applications are told of sessions that ended, beside the internet; nowhere by default. */
  applicationReach?: ApplicationReach;
}

/** Opens one; it ends with its owner. */
export async function openProviderPlace(
  owner: { after(end: () => unknown): void },
  { clients, acrValues, applicationReach = { loopback: false, privateNetwork: false } }: PlaceOptions,
): Promise<ProviderPlace> {
  const server = createServer().listen(0, 'localhost');
  owner.after(() => server.close());
  await once(server, 'listening');
  const { port } = portOf(server.address());
  const issuer = `http://localhost:${port}`;
  const loaded = parseSettings({ ...validSettings, clients, unsafe: { plainHttp: true } });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const artifacts = createMemoryArtifactStore({ clock: systemClock });
  const tenant = { id: 'tenant', key: 'default', issuer, settings: loaded.config.tenant };
  const provider = createProvider({
    tenant,
    accounts: { findById: async () => person },
    artifacts,
    adapter: createAdapterFactory({
      tenantId: tenant.id,
      artifacts,
      clients: clientStore,
      clock: systemClock,
    }),
    clients: configuredClients(loaded.config.clients),
    ring: await newRing(),
    cookieSigner: createCookieSigner([Buffer.alloc(32)]),
    session: { idle: 1800, sharedIdle: 900, absolute: 36_000 },
    acrValues,
    pages,
    referenceOf: () => 'reference',
    originOf: () => ({}),
    trail: { record() {}, settled: async () => {} },
    applicationReach,
    tell: async () => {},
    systemEvents: { logoutTold() {} },
    clock: systemClock,
    log: createLog({ level: 'silent', format: 'json' }),
  });
  const gateway = createInteractionGateway(provider);
  const place: ProviderPlace = {
    issuer,
    asked: [],
    deed: signIn(WITH_APP),
    artifacts,
    channel: createBackChannel(provider),
  };
  const act = async (req: IncomingMessage, res: ServerResponse, uid: string) => {
    const found = await gateway.load(req, res, uid);
    if (found.kind !== 'open') throw new Error(`the interaction is ${found.kind}`);
    place.asked.push(found.view);
    const consents = found.view.prompt === 'consent';
    const location = await (consents ? gateway.approve(req, res) : place.deed(gateway, req, res));
    res.writeHead(303, { location }).end();
  };
  const handle = provider.callback();
  server.on('request', (req, res) => {
    res.setHeader('Content-Security-Policy', csp);
    const uid = /^\/interaction\/([^/]+)$/.exec(req.url ?? '')?.[1];
    (uid === undefined ? handle(req, res) : act(req, res, uid)).catch((failure: unknown) => {
      res.writeHead(500).end(String(failure));
    });
  });
  return place;
}

function portOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
  return address;
}
