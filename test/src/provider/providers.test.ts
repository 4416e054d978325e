import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Provider } from 'oidc-provider';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createAdapterFactory } from '#adapters/oidc/adapter.ts';
import { tenantSchema } from '#config/tenant.ts';
import { createCookieSigner } from '#src/provider/cookie-signer.ts';
import { liveKeys, type SigningRing, signingRing } from '#src/provider/key-ring.ts';
import { makeKey } from '#src/provider/make-key.ts';
import type { ClientStore } from '#src/provider/ports.ts';
import { createProviders, type ProviderMakings } from '#src/provider/providers.ts';
import { createSessionGateway } from '#src/provider/session-gateway.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { validSettings } from '../../config/valid-settings.ts';
import { createTestClock } from '../../support/clock.ts';

const MINUTE = 60_000;

function tenantOf(id: string): Tenant {
  return { id, key: id, issuer: `https://${id}.example`, settings: tenantSchema.parse(validSettings.tenant) };
}

async function newRing(): Promise<SigningRing> {
  const owner = { purpose: 'signing', tenantId: 'a' } as const;
  const times = { createdAt: 0, currentFrom: 0, succeeds: undefined };
  const made = await makeKey(owner, 'ec', times);
  return signingRing(liveKeys([{ ...made, withdrawnAt: undefined }], { now: 1, overlapMs: 1 }));
}

const nobody = async () => undefined;
const clients: ClientStore = {
  find: nobody,
  list: async () => [],
  add: async () => false,
  remove: async () => false,
};

/** Providers over rings that a test can turn; `forgotten` says whose keys were let go of. */
async function openProviders(t: { after(end: () => void): void }, mostKept?: number) {
  const clock = createTestClock();
  const state = { ring: await newRing(), cookies: createCookieSigner([Buffer.alloc(32)]) };
  const artifacts = createMemoryArtifactStore({ clock });
  const adapter = createAdapterFactory({ tenantId: 'a', artifacts, clients, clock });
  const forgotten: string[] = [];
  const made: ProviderMakings[] = [];
  const providers = createProviders({
    rings: {
      of: async () => state.ring,
      cookies: async () => state.cookies,
      forget: (id) => forgotten.push(id),
    },
    make: (makings) => {
      made.push(makings);
      const { tenant, ring, cookies } = makings;
      return new Provider(tenant.issuer, {
        adapter,
        jwks: { keys: [...ring.jwks] },
        cookies: { keys: cookies },
        features: { devInteractions: { enabled: false } },
      });
    },
    sessions: (provider, tenant) =>
      createSessionGateway(provider, {
        ...{ tenant, artifacts, clock },
        life: { idle: 1800, sharedIdle: 900, absolute: 36_000 },
      }),
    clock,
    ...(mostKept === undefined ? {} : { mostKept }),
  });
  t.after(() => providers[Symbol.dispose]());
  return { clock, state, forgotten, made, providers };
}

test('requests that come together share one Provider, and later ones the same', async (t) => {
  const { providers, made } = await openProviders(t);
  const tenant = tenantOf('a');
  const all = await Promise.all(Array.from({ length: 20 }, () => providers.of(tenant)));
  assert.equal(new Set([...all, await providers.of(tenant)]).size, 1);
  assert.equal(made.length, 1);
});

test('other keys, other cookie keys or other settings make another Provider; a request keeps its own', async (t) => {
  const { providers, state, made } = await openProviders(t);
  const tenant = tenantOf('a');
  const first = await providers.of(tenant);
  state.ring = await newRing();
  const second = await providers.of(tenant);
  state.cookies = createCookieSigner([Buffer.alloc(32, 1)]);
  const third = await providers.of(tenant);
  const changed = { ...tenant };
  const fourth = await providers.of(changed);
  assert.equal(new Set([first, second, third, fourth]).size, 4);
  assert.equal(await providers.of(changed), fourth);
  assert.equal(typeof first.handle, 'function');
  assert.deepEqual(providers.stats(), { kept: 1, made: made.length });
});

test('beyond the most that are kept the one used longest ago goes, with its keys', async (t) => {
  const { providers, forgotten } = await openProviders(t, 2);
  const [a, b, c] = [tenantOf('a'), tenantOf('b'), tenantOf('c')];
  const first = await providers.of(a);
  await providers.of(b);
  assert.equal(await providers.of(a), first);
  await providers.of(c);
  assert.deepEqual(forgotten, ['b']);
  assert.equal(await providers.of(a), first);
  assert.deepEqual(providers.stats(), { kept: 2, made: 3 });
});

test('after 15 minutes without a request a Provider goes, with its keys; each request starts them anew', async (t) => {
  const { providers, clock, forgotten } = await openProviders(t);
  const [a, b] = [tenantOf('a'), tenantOf('b')];
  const first = await providers.of(a);
  await providers.of(b);
  clock.advance(15 * MINUTE - 1);
  assert.equal(await providers.of(a), first);
  clock.advance(1);
  await providers.of(a);
  assert.deepEqual(forgotten, ['b']);
  clock.advance(15 * MINUTE);
  assert.notEqual(await providers.of(a), first);
});

test('without any request idle ones go as well', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { providers, clock } = await openProviders(t);
  await providers.of(tenantOf('a'));
  clock.advance(15 * MINUTE);
  t.mock.timers.tick(MINUTE);
  assert.equal(providers.stats().kept, 0);
});

test('a Provider that could not be made is made by the next request', async (t) => {
  const { providers, state } = await openProviders(t);
  const { ring } = state;
  state.ring = { jwks: [{ kty: 'EC', kid: '' }] };
  await assert.rejects(providers.of(tenantOf('a')));
  state.ring = ring;
  assert.ok(await providers.of(tenantOf('a')));
  assert.deepEqual(providers.stats(), { kept: 1, made: 1 });
});
