import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { ClientMetadata, ClientStore } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A ClientStore with nothing in these two tenants. */
export interface ClientStoreSetting {
  clients: ClientStore;
  tenantId: TenantId;
  otherTenantId: TenantId;
}

const verzuim: ClientMetadata = {
  client_id: 'verzuim',
  client_secret: 'a secret with "quotes"',
  client_name: 'Verzuim',
  redirect_uris: ['https://verzuim.example/callback'],
  require_auth_time: true,
  default_max_age: 3600,
  jwks: { keys: [] },
};

const { client_secret: _, ...withoutSecret } = verzuim;
const publicClient: ClientMetadata = {
  ...withoutSecret,
  client_id: 'app',
  token_endpoint_auth_method: 'none',
};

type MakeStore = (t: TestContext) => Promise<ClientStoreSetting>;

function describeRegistering(makeStore: MakeStore): void {
  test('a client comes back as it was registered, secret included', async (t) => {
    const { clients, tenantId } = await makeStore(t);
    assert.equal(await clients.add(tenantId, verzuim), true);
    assert.equal(await clients.add(tenantId, publicClient), true);
    assert.deepEqual(await clients.find(tenantId, 'verzuim'), verzuim);
    assert.deepEqual(await clients.find(tenantId, 'app'), publicClient);
  });

  test('a client_id is given once in a tenant, and the first keeps it', async (t) => {
    const { clients, tenantId, otherTenantId } = await makeStore(t);
    const tries = Array.from({ length: 10 }, (_, at) =>
      clients.add(tenantId, { ...verzuim, client_name: `Verzuim ${at}` }),
    );
    const added = await Promise.all(tries);
    const found = await clients.find(tenantId, 'verzuim');
    assert.equal(added.filter(Boolean).length, 1);
    assert.equal(found?.client_name, `Verzuim ${added.indexOf(true)}`);
    assert.equal(await clients.add(otherTenantId, verzuim), true);
  });

  test('clients are listed by client_id, those of this tenant only', async (t) => {
    const { clients, tenantId, otherTenantId } = await makeStore(t);
    await clients.add(tenantId, verzuim);
    await clients.add(tenantId, publicClient);
    await clients.add(otherTenantId, { ...verzuim, client_id: 'elsewhere' });
    assert.deepEqual(await clients.list(tenantId), [publicClient, verzuim]);
  });
}

function describeWalls(makeStore: MakeStore): void {
  test('a removed client is gone, in its own tenant only', async (t) => {
    const { clients, tenantId, otherTenantId } = await makeStore(t);
    await clients.add(tenantId, verzuim);
    assert.equal(await clients.remove(otherTenantId, 'verzuim'), false);
    assert.deepEqual(await clients.find(tenantId, 'verzuim'), verzuim);
    assert.equal(await clients.remove(tenantId, 'verzuim'), true);
    assert.equal(await clients.remove(tenantId, 'verzuim'), false);
    assert.equal(await clients.find(tenantId, 'verzuim'), undefined);
  });

  test('a client of one tenant is nobody in another', async (t) => {
    const { clients, tenantId, otherTenantId } = await makeStore(t);
    await clients.add(tenantId, verzuim);
    assert.equal(await clients.find(otherTenantId, 'verzuim'), undefined);
  });

  test('a client_id that no database can hold is nobody’s', async (t) => {
    const { clients, tenantId } = await makeStore(t);
    for (const clientId of ['', 'verzuim\0', '\ud800', 'x'.repeat(1_000_000)]) {
      assert.equal(await clients.find(tenantId, clientId), undefined);
      assert.equal(await clients.remove(tenantId, clientId), false);
    }
  });
}

/** What every ClientStore must do. */
export function describeClientStoreContract(name: string, makeStore: MakeStore): void {
  describe(`ClientStore on ${name}`, () => {
    describeRegistering(makeStore);
    describeWalls(makeStore);
  });
}
