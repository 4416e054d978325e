import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArtifactStore } from '#src/provider/ports.ts';
import { grant, session } from './artifact-writes.ts';
import type { MakeBench } from './volatile-bench.ts';

type Listed = Awaited<ReturnType<ArtifactStore['ofAccount']>>;

const idsOf = (found: Listed) => found.map(({ id }) => id).sort();

const anna = { accountId: 'anna' };

/** The part of the artifact store's contract that is about telling what an account has. */
export function describeArtifactListing(makeStore: MakeBench<ArtifactStore>): void {
  test('an account’s sessions and grants are listed apart, each as it would be found alone', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    const payload = { jti: 's:1', authorizations: { app: { sid: 'a' } } };
    await store.upsert(session(tenantId, 's:1', { ...anna, payload }));
    await store.upsert(session(tenantId, 's2', anna));
    await store.upsert(grant(tenantId, 'g', anna));
    await store.extend(tenantId, 'Session', 's2', { expiresIn: 900, now: now() });
    const sessions = await store.ofAccount(tenantId, 'Session', 'anna');
    assert.deepEqual(idsOf(sessions), ['s2', 's:1']);
    for (const { id, ...found } of sessions) {
      assert.deepEqual(found, await store.find(tenantId, 'Session', id));
    }
    assert.equal(sessions.find(({ id }) => id === 's2')?.expiresAt, now() + 900_000);
    assert.deepEqual(idsOf(await store.ofAccount(tenantId, 'Grant', 'anna')), ['g']);
  });

  test('nothing is listed of another account, of another tenant, or of nobody', async (t) => {
    const { store, tenantId, otherTenantId } = await makeStore(t);
    await store.upsert(session(tenantId, 'anna', anna));
    await store.upsert(session(tenantId, 'bram', { accountId: 'bram' }));
    await store.upsert(session(tenantId, 'nobody'));
    await store.upsert(session(otherTenantId, 'elsewhere', anna));
    assert.deepEqual(idsOf(await store.ofAccount(tenantId, 'Session', 'anna')), ['anna']);
    assert.deepEqual(idsOf(await store.ofAccount(otherTenantId, 'Session', 'anna')), ['elsewhere']);
    for (const accountId of ['', 'ann', 'anna:', '*', 'toString']) {
      assert.deepEqual(await store.ofAccount(tenantId, 'Session', accountId), [], accountId);
    }
  });

  test('what expired, ended, or passed to somebody else is left out', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    for (const id of ['kept', 'ended', 'passed']) await store.upsert(session(tenantId, id, anna));
    await store.upsert(session(tenantId, 'short', { ...anna, expiresIn: 60 }));
    await store.upsert(session(tenantId, 'passed', { accountId: 'bram' }));
    await store.upsert(grant(tenantId, 'kept', anna));
    await store.upsert(grant(tenantId, 'revoked', anna));
    await store.destroy(tenantId, 'Session', 'ended');
    await store.revokeGrant(tenantId, 'revoked');
    await pass(60_000);
    assert.deepEqual(idsOf(await store.ofAccount(tenantId, 'Session', 'anna')), ['kept']);
    assert.deepEqual(idsOf(await store.ofAccount(tenantId, 'Grant', 'anna')), ['kept']);
    await store.endAccount(tenantId, 'anna');
    assert.deepEqual(await store.ofAccount(tenantId, 'Session', 'anna'), []);
    assert.deepEqual(await store.ofAccount(tenantId, 'Grant', 'anna'), []);
  });
}
