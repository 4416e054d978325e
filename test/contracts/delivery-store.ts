import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeliveryStore } from '#src/message/ports.ts';
import type { MakeBench } from './volatile-bench.ts';

/** What every DeliveryStore keeps to. */
export function describeDeliveryStoreContract(name: string, makeStore: MakeBench<DeliveryStore>): void {
  describe(`${name} as delivery store`, () => {
    test('the latest news is told', async (t) => {
      const { store, tenantId } = await makeStore(t);
      assert.equal(await store.find(tenantId, 'd'), undefined);
      for (const state of ['accepted', 'accepted', 'failed', 'delivered'] as const) {
        await store.record(tenantId, 'd', state, 60);
        assert.equal(await store.find(tenantId, 'd'), state);
      }
      assert.equal(await store.find(tenantId, 'other'), undefined);
    });

    test('an end is not undone by a late beginning, nor prolonged by it', async (t) => {
      const { store, tenantId, pass } = await makeStore(t);
      for (const end of ['delivered', 'failed'] as const) {
        await store.record(tenantId, end, end, 60);
        await store.record(tenantId, end, 'accepted', 6_000);
        assert.equal(await store.find(tenantId, end), end);
      }
      await pass(60_000);
      for (const end of ['delivered', 'failed']) assert.equal(await store.find(tenantId, end), undefined);
    });

    test('news is kept as long as its caller says, from the last on', async (t) => {
      const { store, tenantId, pass } = await makeStore(t);
      await store.record(tenantId, 'd', 'accepted', 60);
      await pass(50_000);
      await store.record(tenantId, 'd', 'delivered', 60);
      await pass(59_000);
      assert.equal(await store.find(tenantId, 'd'), 'delivered');
      await pass(1_000);
      assert.equal(await store.find(tenantId, 'd'), undefined);
    });

    test('tenants are walls: the same id is another message', async (t) => {
      const { store, tenantId, otherTenantId } = await makeStore(t);
      await store.record(tenantId, 'd', 'accepted', 60);
      assert.equal(await store.find(otherTenantId, 'd'), undefined);
      await store.record(otherTenantId, 'd', 'failed', 60);
      assert.equal(await store.find(tenantId, 'd'), 'accepted');
    });
  });
}
