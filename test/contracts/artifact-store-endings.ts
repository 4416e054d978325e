import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArtifactStore } from '#src/provider/ports.ts';
import { ENDED_SECONDS } from '#src/provider/ports.ts';
import { grant, session, token } from './artifact-writes.ts';
import type { MakeBench } from './volatile-bench.ts';

/** The part of the artifact store's contract that is about ending grants, sessions and accounts. */
export function describeArtifactEndings(makeStore: MakeBench<ArtifactStore>): void {
  describeGrants(makeStore);
  describeSessions(makeStore);
  describeAccounts(makeStore);
}

function describeGrants(makeStore: MakeBench<ArtifactStore>): void {
  test('revoking a grant ends the grant and all it holds, and nothing else', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(grant(tenantId, 'g'));
    await store.upsert(grant(tenantId, 'other'));
    for (const model of ['AuthorizationCode', 'AccessToken', 'RefreshToken']) {
      await store.upsert(token(tenantId, 'held', { model, grantId: 'g' }));
      await store.upsert(token(tenantId, 'others', { model, grantId: 'other' }));
    }
    await store.revokeGrant(tenantId, 'g');
    for (const model of ['AuthorizationCode', 'AccessToken', 'RefreshToken']) {
      assert.equal(await store.find(tenantId, model, 'held'), undefined);
      assert.ok(await store.find(tenantId, model, 'others'));
    }
    assert.equal(await store.find(tenantId, 'Grant', 'g'), undefined);
    assert.ok(await store.find(tenantId, 'Grant', 'other'));
  });

  test('nothing that names a revoked grant is written any more, the grant itself included', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.upsert(grant(tenantId, 'g'));
    await store.upsert(token(tenantId, 'a', { grantId: 'g' }));
    await store.revokeGrant(tenantId, 'g');
    await pass((ENDED_SECONDS - 1) * 1000);
    assert.equal(await store.upsert(token(tenantId, 'late', { grantId: 'g' })), 'grant-revoked');
    assert.equal(await store.upsert(token(tenantId, 'a', { grantId: 'g' })), 'grant-revoked');
    assert.equal(await store.upsert(grant(tenantId, 'g')), 'grant-revoked');
    assert.equal(await store.find(tenantId, 'AccessToken', 'late'), undefined);
    assert.equal(await store.find(tenantId, 'Grant', 'g'), undefined);
    assert.equal(await store.upsert(token(tenantId, 'free')), 'stored');
  });

  test('a grant that was revoked before anything was in it stays shut', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.revokeGrant(tenantId, 'g');
    assert.equal(await store.upsert(token(tenantId, 'a', { grantId: 'g' })), 'grant-revoked');
  });

  test('of writes racing a revocation none survives it', async (t) => {
    const { store, tenantId } = await makeStore(t);
    const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
    await Promise.all(
      ids.map((id, i) =>
        i === 20 ? store.revokeGrant(tenantId, 'g') : store.upsert(token(tenantId, id, { grantId: 'g' })),
      ),
    );
    const left = await Promise.all(ids.map((id) => store.find(tenantId, 'AccessToken', id)));
    assert.deepEqual(
      left.filter((found) => found !== undefined),
      [],
    );
  });

  test('a grant outlives its short-lived tokens and still ends its long-lived ones', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.upsert(token(tenantId, 'long', { grantId: 'g', expiresIn: 3_000 }));
    await store.upsert(token(tenantId, 'short', { grantId: 'g', expiresIn: 60 }));
    await pass(1_000_000);
    await store.upsert(token(tenantId, 'later', { grantId: 'g', expiresIn: 60 }));
    await store.revokeGrant(tenantId, 'g');
    assert.equal(await store.find(tenantId, 'AccessToken', 'long'), undefined);
    assert.equal(await store.find(tenantId, 'AccessToken', 'later'), undefined);
  });

  test('an artifact that moved to another grant stays when its old grant ends', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(token(tenantId, 'a', { grantId: 'old' }));
    await store.upsert(token(tenantId, 'a', { grantId: 'new' }));
    await store.revokeGrant(tenantId, 'old');
    assert.ok(await store.find(tenantId, 'AccessToken', 'a'));
    await store.revokeGrant(tenantId, 'new');
    assert.equal(await store.find(tenantId, 'AccessToken', 'a'), undefined);
  });

  test('destroying one token leaves its grant open', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(token(tenantId, 'a', { grantId: 'g' }));
    await store.upsert(token(tenantId, 'b', { grantId: 'g' }));
    await store.destroy(tenantId, 'AccessToken', 'a');
    assert.equal(await store.find(tenantId, 'AccessToken', 'a'), undefined);
    assert.ok(await store.find(tenantId, 'AccessToken', 'b'));
    assert.equal(await store.upsert(token(tenantId, 'c', { grantId: 'g' })), 'stored');
  });
}

function describeSessions(makeStore: MakeBench<ArtifactStore>): void {
  test('a request that outlived its session does not bring it back', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.upsert(session(tenantId, 's'));
    await store.destroy(tenantId, 'Session', 's');
    await pass((ENDED_SECONDS - 1) * 1000);
    assert.equal(await store.upsert(session(tenantId, 's')), 'session-ended');
    assert.equal(await store.findByUid(tenantId, 'Session', 'uid-s'), undefined);
  });

  test('nor does it bring it back under another id, whoever ended it', async (t) => {
    const { store, tenantId } = await makeStore(t);
    const uid = 'uid';
    for (const end of ['session', 'account'] as const) {
      const accountId = `of-${end}`;
      await store.upsert(session(tenantId, `a-${end}`, { uid: `${uid}-${end}`, accountId }));
      if (end === 'session') await store.destroy(tenantId, 'Session', `a-${end}`);
      else await store.endAccount(tenantId, accountId);
      const moved = session(tenantId, `b-${end}`, {
        ...{ uid: `${uid}-${end}`, accountId, replaces: `a-${end}` },
      });
      assert.equal(await store.upsert(moved), 'session-ended');
      assert.equal(await store.find(tenantId, 'Session', `b-${end}`), undefined);
      assert.deepEqual(await store.ofAccount(tenantId, 'Session', accountId), []);
    }
  });

  for (const end of ['this', 'others'] as const) {
    test(`ended as ${end === 'this' ? 'the one of its uid' : 'one of the others'}, a session is told as it was and does not come back, under whichever ids it was`, async (t) => {
      const { store, tenantId, otherTenantId } = await makeStore(t);
      const anna = (uid: string) => ({ uid, accountId: 'anna' });
      await store.upsert(session(tenantId, 'own', anna('own')));
      await store.upsert(session(tenantId, 'a', anna('moving')));
      // Two requests at once each moved it to an id of its own.
      await store.upsert(session(tenantId, 'b', { ...anna('moving'), replaces: 'a' }));
      await store.upsert(session(tenantId, 'c', { ...anna('moving'), replaces: 'a' }));
      await store.upsert(session(tenantId, 'bram', { uid: 'of-bram', accountId: 'bram' }));
      await store.upsert(session(otherTenantId, 'b', anna('moving')));
      const uid = end === 'this' ? 'moving' : 'own';
      const ended = await store.endSessions(tenantId, 'anna', { uid, end });
      assert.deepEqual(ended.map(({ id, payload }) => [id, payload.jti]).toSorted(), [
        ['b', 'b'],
        ['c', 'c'],
      ]);
      assert.equal(
        await store.upsert(session(tenantId, 'd', { ...anna('moving'), replaces: 'c' })),
        'session-ended',
      );
      assert.equal(await store.upsert(session(tenantId, 'b', anna('moving'))), 'session-ended');
      const left = await store.ofAccount(tenantId, 'Session', 'anna');
      assert.deepEqual(
        left.map(({ id }) => id),
        ['own'],
      );
      assert.ok(await store.find(tenantId, 'Session', 'bram'));
      assert.ok(await store.find(otherTenantId, 'Session', 'b'));
      assert.deepEqual(await store.endSessions(tenantId, 'anna', { uid, end }), []);
    });
  }

  test('a session that moves to another id is there under one of them at any time, and only there', async (t) => {
    const { store, tenantId } = await makeStore(t);
    const same = { uid: 'uid', accountId: 'anna' };
    await store.upsert(session(tenantId, 'a', same));
    assert.equal(await store.upsert(session(tenantId, 'b', { ...same, replaces: 'a' })), 'stored');
    assert.equal(await store.find(tenantId, 'Session', 'a'), undefined);
    assert.equal((await store.findByUid(tenantId, 'Session', 'uid'))?.payload.jti, 'b');
    assert.deepEqual(
      (await store.ofAccount(tenantId, 'Session', 'anna')).map(({ id }) => id),
      ['b'],
    );
    assert.equal(await store.upsert(session(tenantId, 'a', same)), 'session-ended');
    assert.equal(await store.upsert(session(tenantId, 'b', { ...same, replaces: 'a' })), 'stored');
    assert.equal(await store.upsert(session(tenantId, 'c', { ...same, replaces: 'never' })), 'stored');
  });

  test('destroying a session that never was does not keep one from starting', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.destroy(tenantId, 'Session', 's');
    assert.equal(await store.upsert(session(tenantId, 's')), 'stored');
  });
}

function describeAccounts(makeStore: MakeBench<ArtifactStore>): void {
  test('ending an account ends its sessions, its grants and what they hold, and nobody else’s', async (t) => {
    const { store, tenantId } = await makeStore(t);
    for (const accountId of ['anna', 'bram']) {
      for (const n of [1, 2]) await store.upsert(session(tenantId, `${accountId}${n}`, { accountId }));
      await store.upsert(grant(tenantId, `g-${accountId}`, { accountId }));
      await store.upsert(token(tenantId, `t-${accountId}`, { grantId: `g-${accountId}` }));
    }
    assert.deepEqual(await store.endAccount(tenantId, 'anna'), { sessions: 2, grants: 1 });
    assert.equal(await store.find(tenantId, 'Session', 'anna1'), undefined);
    assert.equal(await store.findByUid(tenantId, 'Session', 'uid-anna2'), undefined);
    assert.equal(await store.find(tenantId, 'Grant', 'g-anna'), undefined);
    assert.equal(await store.find(tenantId, 'AccessToken', 't-anna'), undefined);
    assert.ok(await store.find(tenantId, 'Session', 'bram1'));
    assert.ok(await store.find(tenantId, 'AccessToken', 't-bram'));
    assert.deepEqual(await store.endAccount(tenantId, 'anna'), { sessions: 0, grants: 0 });
  });

  test('what an ended account had can not be written again', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.upsert(session(tenantId, 's', { accountId: 'anna' }));
    await store.upsert(grant(tenantId, 'g', { accountId: 'anna' }));
    await store.endAccount(tenantId, 'anna');
    assert.equal(await store.upsert(session(tenantId, 's', { accountId: 'anna' })), 'session-ended');
    assert.equal(await store.upsert(grant(tenantId, 'g', { accountId: 'anna' })), 'grant-revoked');
    assert.equal(await store.upsert(token(tenantId, 't', { grantId: 'g' })), 'grant-revoked');
    assert.equal(await store.upsert(session(tenantId, 'new', { accountId: 'anna' })), 'stored');
  });

  test('only living sessions count, and a session belongs to whom it was written for last', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.upsert(session(tenantId, 'short', { accountId: 'anna', expiresIn: 60 }));
    await store.upsert(session(tenantId, 'long', { accountId: 'anna' }));
    await store.upsert(session(tenantId, 'moved', { accountId: 'anna' }));
    await store.upsert(session(tenantId, 'moved', { accountId: 'bram' }));
    await store.upsert(session(tenantId, 'gone', { accountId: 'anna' }));
    await store.destroy(tenantId, 'Session', 'gone');
    await pass(60_000);
    assert.deepEqual(await store.endAccount(tenantId, 'anna'), { sessions: 1, grants: 0 });
    assert.ok(await store.find(tenantId, 'Session', 'moved'));
  });
}
