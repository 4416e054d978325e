import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ArtifactStore } from '#src/provider/ports.ts';
import { describeArtifactEndings } from './artifact-store-endings.ts';
import { describeArtifactListing } from './artifact-store-listing.ts';
import { grant, session, token } from './artifact-writes.ts';
import type { MakeBench } from './volatile-bench.ts';

/** What every ArtifactStore keeps to: reading, writing, single use, and (in the files beside) endings and listing. */
export function describeArtifactStoreContract(name: string, makeStore: MakeBench<ArtifactStore>): void {
  describe(`${name} as artifact store`, () => {
    describeReadingAndWriting(makeStore);
    describeReadingInContext(makeStore);
    describeExtending(makeStore);
    describeSingleUse(makeStore);
    describeArtifactEndings(makeStore);
    describeArtifactListing(makeStore);
  });
}

function describeReadingAndWriting(makeStore: MakeBench<ArtifactStore>): void {
  test('an artifact reads back as it was written', async (t) => {
    const { store, tenantId } = await makeStore(t);
    const payload = { kind: 'AccessToken', exp: 12, list: ['a', { b: null }], text: 'é\u0000"{}' };
    assert.equal(await store.upsert(token(tenantId, 'a', { payload })), 'stored');
    const found = await store.find(tenantId, 'AccessToken', 'a');
    assert.deepEqual(found?.payload, payload);
    assert.equal(found?.uses, 0);
    assert.equal(found?.firstUsedAt, undefined);
    assert.equal(found?.expiresAt, undefined);
  });

  test('a name that was never written is not found', async (t) => {
    const { store, tenantId } = await makeStore(t);
    assert.equal(await store.find(tenantId, 'AccessToken', 'toString'), undefined);
    assert.equal(await store.findByUid(tenantId, 'Session', 'nobody'), undefined);
    assert.equal(await store.consume(tenantId, 'AccessToken', 'x', { now: 1, grace: 0 }), 'gone');
  });

  test('an object changed after writing or reading does not change what is kept', async (t) => {
    const { store, tenantId } = await makeStore(t);
    const payload = { params: { state: 'kept' } };
    await store.upsert(token(tenantId, 'a', { payload }));
    payload.params.state = 'changed by the writer';
    const first = await store.find(tenantId, 'AccessToken', 'a');
    assert.ok(first);
    first.payload.params = 'changed by the reader';
    assert.deepEqual((await store.find(tenantId, 'AccessToken', 'a'))?.payload, {
      params: { state: 'kept' },
    });
  });

  test('an artifact lives exactly as long as it was given', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.upsert(token(tenantId, 'a', { expiresIn: 60 }));
    await pass(59_000);
    assert.ok(await store.find(tenantId, 'AccessToken', 'a'));
    await pass(1_000);
    assert.equal(await store.find(tenantId, 'AccessToken', 'a'), undefined);
    assert.equal(await store.consume(tenantId, 'AccessToken', 'a', { now: 1, grace: 0 }), 'gone');
  });

  test('an overwrite sets the lifetime anew, shorter or longer, and none removes the artifact', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    for (const expiresIn of [60, 600]) await store.upsert(token(tenantId, 'long', { expiresIn }));
    for (const expiresIn of [600, 60]) await store.upsert(token(tenantId, 'short', { expiresIn }));
    for (const expiresIn of [600, 0]) await store.upsert(token(tenantId, 'none', { expiresIn }));
    assert.equal(await store.find(tenantId, 'AccessToken', 'none'), undefined);
    await pass(60_000);
    assert.ok(await store.find(tenantId, 'AccessToken', 'long'));
    assert.equal(await store.find(tenantId, 'AccessToken', 'short'), undefined);
  });

  test('tenants are walls: no name of one leads anywhere in another', async (t) => {
    const { store, tenantId, otherTenantId } = await makeStore(t);
    await store.upsert(session(tenantId, 's', { accountId: 'anna' }));
    await store.upsert(token(tenantId, 'a', { grantId: 'g' }));
    assert.equal(await store.find(otherTenantId, 'AccessToken', 'a'), undefined);
    assert.equal(await store.findByUid(otherTenantId, 'Session', 'uid-s'), undefined);
    assert.equal(await store.consume(otherTenantId, 'AccessToken', 'a', { now: 1, grace: 0 }), 'gone');
    assert.equal(await store.extend(otherTenantId, 'Session', 's', { expiresIn: 9, now: 1 }), false);
    await store.destroy(otherTenantId, 'AccessToken', 'a');
    await store.revokeGrant(otherTenantId, 'g');
    assert.deepEqual(await store.endAccount(otherTenantId, 'anna'), { sessions: 0, grants: 0 });
    assert.ok(await store.find(tenantId, 'AccessToken', 'a'));
    assert.ok(await store.findByUid(tenantId, 'Session', 'uid-s'));
    assert.equal(await store.upsert(token(tenantId, 'b', { grantId: 'g' })), 'stored');
  });

  test('models are apart: one id in two models is two artifacts', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(token(tenantId, 'same', { payload: { is: 'token' } }));
    await store.upsert(session(tenantId, 'same', { payload: { is: 'session' } }));
    await store.destroy(tenantId, 'Session', 'same');
    assert.deepEqual((await store.find(tenantId, 'AccessToken', 'same'))?.payload, { is: 'token' });
  });

  test('a session is found by its uid under its newest id, and not after it is destroyed', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(session(tenantId, 'old', { uid: 'u', payload: { jti: 'old' } }));
    await store.upsert(session(tenantId, 'new', { uid: 'u', payload: { jti: 'new' } }));
    await store.destroy(tenantId, 'Session', 'old');
    assert.equal((await store.findByUid(tenantId, 'Session', 'u'))?.payload.jti, 'new');
    await store.upsert(session(tenantId, 'new', { uid: 'renamed' }));
    assert.equal(await store.findByUid(tenantId, 'Session', 'u'), undefined);
    await store.destroy(tenantId, 'Session', 'new');
    assert.equal(await store.findByUid(tenantId, 'Session', 'renamed'), undefined);
  });
}

function describeReadingInContext(makeStore: MakeBench<ArtifactStore>): void {
  const payload = { jti: 'a', grantId: 'g', sessionUid: 'uid-s' };

  test('a token comes with its grant and its session, each as it would be found alone', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    await store.upsert(grant(tenantId, 'g', { accountId: 'anna' }));
    await store.upsert(session(tenantId, 's', { accountId: 'anna' }));
    await store.upsert(token(tenantId, 'a', { payload, grantId: 'g' }));
    await store.consume(tenantId, 'AccessToken', 'a', { now: now(), grace: 0 });
    await store.extend(tenantId, 'Session', 's', { expiresIn: 60, now: now() });
    assert.deepEqual(await store.findInContext(tenantId, 'AccessToken', 'a'), {
      artifact: await store.find(tenantId, 'AccessToken', 'a'),
      grant: await store.find(tenantId, 'Grant', 'g'),
      session: await store.findByUid(tenantId, 'Session', 'uid-s'),
    });
  });

  test('a token whose session ended comes without it, and one whose grant ended does not come', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(grant(tenantId, 'g'));
    await store.upsert(session(tenantId, 's'));
    await store.upsert(token(tenantId, 'a', { payload, grantId: 'g' }));
    await store.destroy(tenantId, 'Session', 's');
    const found = await store.findInContext(tenantId, 'AccessToken', 'a');
    assert.deepEqual([found?.session, found?.grant?.payload], [undefined, { jti: 'g' }]);
    await store.revokeGrant(tenantId, 'g');
    assert.equal(await store.findInContext(tenantId, 'AccessToken', 'a'), undefined);
  });

  test('a token that names neither, or what is another tenant’s, comes alone', async (t) => {
    const { store, tenantId, otherTenantId } = await makeStore(t);
    await store.upsert(grant(otherTenantId, 'g'));
    await store.upsert(session(otherTenantId, 's'));
    await store.upsert(token(tenantId, 'a', { payload }));
    await store.upsert(token(tenantId, 'bare'));
    for (const id of ['a', 'bare']) {
      const found = await store.findInContext(tenantId, 'AccessToken', id);
      assert.deepEqual([found?.grant, found?.session], [undefined, undefined]);
      assert.ok(found?.artifact);
    }
    assert.equal(await store.findInContext(otherTenantId, 'AccessToken', 'a'), undefined);
  });
}

function describeExtending(makeStore: MakeBench<ArtifactStore>): void {
  test('extending a session moves its end, its uid and its place under the account', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    await store.upsert(session(tenantId, 's', { accountId: 'anna', expiresIn: 60 }));
    await pass(50_000);
    const end = now() + 600_000;
    assert.equal(await store.extend(tenantId, 'Session', 's', { expiresIn: 600, now: now() }), true);
    await pass(590_000);
    assert.equal((await store.findByUid(tenantId, 'Session', 'uid-s'))?.expiresAt, end);
    assert.deepEqual(await store.endAccount(tenantId, 'anna'), { sessions: 1, grants: 0 });
  });

  test('extending brings nothing back and keeps payload and uses', async (t) => {
    const { store, tenantId, now, pass } = await makeStore(t);
    await store.upsert(token(tenantId, 'a', { payload: { a: 1 }, expiresIn: 60 }));
    await store.consume(tenantId, 'AccessToken', 'a', { now: 5, grace: 0 });
    assert.equal(await store.extend(tenantId, 'AccessToken', 'a', { expiresIn: 100, now: now() }), true);
    const found = await store.find(tenantId, 'AccessToken', 'a');
    assert.deepEqual(
      { ...found },
      { payload: { a: 1 }, uses: 1, firstUsedAt: 5, expiresAt: now() + 100_000 },
    );
    await store.upsert(token(tenantId, 'a', { expiresIn: 60 }));
    assert.equal((await store.find(tenantId, 'AccessToken', 'a'))?.expiresAt, undefined);
    await pass(60_000);
    assert.equal(await store.extend(tenantId, 'AccessToken', 'a', { expiresIn: 100, now: now() }), false);
    assert.equal(await store.find(tenantId, 'AccessToken', 'a'), undefined);
  });
}

function describeSingleUse(makeStore: MakeBench<ArtifactStore>): void {
  test('of 50 parallel uses one wins and the others lose', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    await store.upsert(token(tenantId, 'a'));
    const options = { now: now(), grace: 0 };
    const results = await Promise.all(
      Array.from({ length: 50 }, () => store.consume(tenantId, 'AccessToken', 'a', options)),
    );
    assert.deepEqual(counted(results), { won: 1, lost: 49 });
  });

  test('with a grace, of 50 parallel uses one wins, one repeats and the others lose', async (t) => {
    const { store, tenantId, now } = await makeStore(t);
    await store.upsert(token(tenantId, 'a'));
    const options = { now: now(), grace: 10_000 };
    const results = await Promise.all(
      Array.from({ length: 50 }, () => store.consume(tenantId, 'AccessToken', 'a', options)),
    );
    assert.deepEqual(counted(results), { won: 1, repeated: 1, lost: 48 });
  });

  test('the grace is counted from the first use and ends on time', async (t) => {
    const { store, tenantId } = await makeStore(t);
    const use = (id: string, at: number) =>
      store.consume(tenantId, 'AccessToken', id, { now: at, grace: 10_000 });
    for (const id of ['in-time', 'late', 'clock-jumped-back']) await store.upsert(token(tenantId, id));
    assert.equal(await use('in-time', 100_000), 'won');
    assert.equal(await use('in-time', 109_999), 'repeated');
    assert.equal(await use('in-time', 109_999), 'lost');
    assert.equal(await use('late', 100_000), 'won');
    assert.equal(await use('late', 110_000), 'lost');
    assert.equal(await use('clock-jumped-back', 100_000), 'won');
    assert.equal(await use('clock-jumped-back', 90_000), 'lost');
    const found = await store.find(tenantId, 'AccessToken', 'in-time');
    assert.equal(found?.uses, 2);
    assert.equal(found?.firstUsedAt, 100_000);
  });

  test('an overwrite does not make a used artifact fresh', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(token(tenantId, 'a', { payload: { v: 1 } }));
    await store.consume(tenantId, 'AccessToken', 'a', { now: 7, grace: 0 });
    await store.upsert(token(tenantId, 'a', { payload: { v: 2 } }));
    const found = await store.find(tenantId, 'AccessToken', 'a');
    assert.deepEqual(found?.payload, { v: 2 });
    assert.equal(found?.uses, 1);
    assert.equal(found?.firstUsedAt, 7);
    assert.equal(await store.consume(tenantId, 'AccessToken', 'a', { now: 8, grace: 0 }), 'lost');
  });
}

/** How often each answer came. */
function counted(results: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}
