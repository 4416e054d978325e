import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FlowStore } from '#src/sign-in/ports.ts';
import type { MakeBench } from './volatile-bench.ts';

/** What every FlowStore keeps to. */
export function describeFlowStoreContract(name: string, makeStore: MakeBench<FlowStore>): void {
  describe(`${name} as flow store`, () => {
    test('a flow reads back as saved, with the version to name next', async (t) => {
      const { store, tenantId } = await makeStore(t);
      assert.equal(await store.load(tenantId, 'f'), undefined);
      assert.equal(await store.save(tenantId, 'f', '', 0, 60), true);
      assert.deepEqual({ ...(await store.load(tenantId, 'f')) }, { value: '', version: 1 });
      assert.equal(await store.save(tenantId, 'f', 'second \u0000 é', 1, 60), true);
      assert.deepEqual({ ...(await store.load(tenantId, 'f')) }, { value: 'second \u0000 é', version: 2 });
    });

    test('of 50 parallel saves over one version one wins', async (t) => {
      const { store, tenantId } = await makeStore(t);
      await store.save(tenantId, 'f', 'start', 0, 60);
      const saves = Array.from({ length: 50 }, (_, i) => store.save(tenantId, 'f', `v${i}`, 1, 60));
      const won = (await Promise.all(saves)).flatMap((saved, i) => (saved ? [`v${i}`] : []));
      assert.equal(won.length, 1);
      assert.deepEqual({ ...(await store.load(tenantId, 'f')) }, { value: won[0], version: 2 });
    });

    test('a save that names another version changes neither value nor lifetime', async (t) => {
      const { store, tenantId, pass } = await makeStore(t);
      await store.save(tenantId, 'f', 'kept', 0, 60);
      for (const expected of [0, 2, 99]) {
        assert.equal(await store.save(tenantId, 'f', 'lost', expected, 6_000), false);
      }
      assert.equal((await store.load(tenantId, 'f'))?.value, 'kept');
      await pass(60_000);
      assert.equal(await store.load(tenantId, 'f'), undefined);
    });

    test('a flow that ran out or was removed can not be saved over', async (t) => {
      const { store, tenantId, pass } = await makeStore(t);
      for (const uid of ['old', 'removed']) await store.save(tenantId, uid, 'v', 0, 60);
      await store.remove(tenantId, 'removed');
      await pass(60_000);
      for (const uid of ['old', 'removed']) {
        assert.equal(await store.save(tenantId, uid, 'again', 1, 60), false);
        assert.equal(await store.load(tenantId, uid), undefined);
      }
    });

    test('each save sets the lifetime anew', async (t) => {
      const { store, tenantId, pass } = await makeStore(t);
      await store.save(tenantId, 'f', 'v', 0, 60);
      await pass(50_000);
      await store.save(tenantId, 'f', 'w', 1, 60);
      await pass(59_000);
      assert.equal((await store.load(tenantId, 'f'))?.value, 'w');
      await pass(1_000);
      assert.equal(await store.load(tenantId, 'f'), undefined);
    });

    test('tenants are walls: the same flow name is another flow', async (t) => {
      const { store, tenantId, otherTenantId } = await makeStore(t);
      await store.save(tenantId, 'f', 'mine', 0, 60);
      assert.equal(await store.load(otherTenantId, 'f'), undefined);
      assert.equal(await store.save(otherTenantId, 'f', 'theirs', 1, 60), false);
      await store.remove(otherTenantId, 'f');
      assert.equal((await store.load(tenantId, 'f'))?.value, 'mine');
    });
  });
}
