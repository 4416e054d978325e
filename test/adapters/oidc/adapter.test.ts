import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { errors } from 'oidc-provider';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { createAdapterFactory } from '#adapters/oidc/adapter.ts';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { AppError } from '#src/errors.ts';
import type { ArtifactStore, ArtifactWrite } from '#src/provider/ports.ts';
import type { MakeBench } from '../../contracts/volatile-bench.ts';
import { createTestClock } from '../../support/clock.ts';
import { redisBench } from '../../support/redis.ts';
import { clientsInMap, createTestProvider, saveCode, saveGrant, saveToken } from './provider-bench.ts';
import { describeTokenEndpoint } from './token-endpoint.ts';

const memoryBench: MakeBench<ArtifactStore> = async () => {
  const clock = createTestClock(Date.now());
  return {
    store: createMemoryArtifactStore({ clock }),
    tenantId: randomUUID(),
    otherTenantId: randomUUID(),
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  };
};

const isAppError = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

function describeModels(makeBench: MakeBench<ArtifactStore>): void {
  test('a saved code is found with its id, and after its use with the mark of it', async (t) => {
    const bench = await makeBench(t);
    const provider = createTestProvider(bench);
    const value = await saveCode(provider, await saveGrant(provider));
    const code = await provider.AuthorizationCode.find(value);
    assert.ok(code);
    assert.equal(code.jti, value);
    assert.equal(code.isValid, true);
    await code.consume();
    const used = await provider.AuthorizationCode.find(value);
    assert.equal(Reflect.get(used ?? {}, 'consumed'), Math.floor(bench.now() / 1000));
    assert.equal(used?.isValid, false);
  });

  test('the loser of a code gets invalid_grant and takes the grant with it', async (t) => {
    const bench = await makeBench(t);
    const provider = createTestProvider(bench);
    const grantId = await saveGrant(provider);
    const value = await saveCode(provider, grantId);
    const [winner, loser] = await Promise.all([1, 2].map(() => provider.AuthorizationCode.find(value)));
    assert.ok(winner && loser);
    await winner.consume();
    const issued = await saveToken(provider, provider.AccessToken, grantId);
    await assert.rejects(loser.consume(), errors.InvalidGrant);
    assert.equal(await provider.AccessToken.find(issued), undefined);
    assert.equal(await provider.Grant.find(grantId), undefined);
    await assert.rejects(saveToken(provider, provider.RefreshToken, grantId), errors.InvalidGrant);
  });

  test('destroying a grant ends what it holds', async (t) => {
    const provider = createTestProvider(await makeBench(t));
    const grantId = await saveGrant(provider);
    const code = await saveCode(provider, grantId);
    await (await provider.Grant.find(grantId))?.destroy();
    assert.equal(await provider.AuthorizationCode.find(code), undefined);
  });

  test('who reads the store learns no code and no token: only digests are in it', async (t) => {
    const bench = await makeBench(t);
    const writes: ArtifactWrite[] = [];
    const upsert = (write: ArtifactWrite) => {
      writes.push(write);
      return bench.store.upsert(write);
    };
    const provider = createTestProvider({ ...bench, store: { ...ownMethods(bench.store), upsert } });
    const grantId = await saveGrant(provider);
    const values = [
      await saveCode(provider, grantId),
      await saveToken(provider, provider.AccessToken, grantId),
      await saveToken(provider, provider.RefreshToken, grantId),
    ];
    assert.equal(writes.length, 4);
    for (const value of values) assert.ok(!JSON.stringify(writes).includes(value));
    assert.equal((await provider.AccessToken.find(values[1] ?? ''))?.jti, values[1]);
  });

  test('a session is found by uid with its id, under its account, and by the end it was moved to', async (t) => {
    const bench = await makeBench(t);
    const provider = createTestProvider(bench);
    const session = new provider.Session();
    session.loginAccount({ accountId: 'anna' });
    await session.save(600);
    const found = await provider.Session.findByUid(session.uid);
    assert.equal(found?.jti, session.jti);
    const now = Math.floor(Date.now() / 1000) * 1000;
    await bench.store.extend(bench.tenantId, 'Session', session.jti, { expiresIn: 900, now });
    assert.equal((await provider.Session.findByUid(session.uid))?.exp, now / 1000 + 900);
    assert.deepEqual(await bench.store.endAccount(bench.tenantId, 'anna'), { sessions: 1, grants: 0 });
    await session.save(600);
    assert.equal(await provider.Session.find(session.jti), undefined, 'a late save brings nothing back');
  });

  test('of 20 parallel uses of one signed proof one is accepted', async (t) => {
    const provider = createTestProvider(await makeBench(t));
    const exp = Math.floor(Date.now() / 1000) + 60;
    const uses = Array.from({ length: 20 }, () => provider.ReplayDetection.unique('app', 'proof', exp));
    const accepted = (await Promise.allSettled(uses)).filter(
      (use) => use.status === 'fulfilled' && use.value === true,
    );
    assert.equal(accepted.length, 1);
    assert.equal(await provider.ReplayDetection.unique('app', 'proof', exp), false);
  });

  test('a proof is remembered for as long as oidc-provider tolerates its end', async (t) => {
    const bench = await makeBench(t);
    const provider = createTestProvider(bench);
    const exp = Math.floor(Date.now() / 1000) + 60;
    assert.equal(await provider.ReplayDetection.unique('app', 'proof', exp), true);
    await bench.pass(70_000);
    assert.equal(await provider.ReplayDetection.unique('app', 'proof', exp), false);
  });
}

/** The store's methods as own properties, so that one of them can be replaced. */
function ownMethods(store: ArtifactStore): ArtifactStore {
  return {
    upsert: (write) => store.upsert(write),
    find: (...args) => store.find(...args),
    findByUid: (...args) => store.findByUid(...args),
    findInContext: (...args) => store.findInContext(...args),
    consume: (...args) => store.consume(...args),
    destroy: (...args) => store.destroy(...args),
    extend: (...args) => store.extend(...args),
    revokeGrant: (...args) => store.revokeGrant(...args),
    ofAccount: (...args) => store.ofAccount(...args),
    endSessions: (...args) => store.endSessions(...args),
    endAccount: (...args) => store.endAccount(...args),
  };
}

for (const [name, makeBench] of [
  ['memory', memoryBench],
  ['redis', redisBench(createRedisArtifactStore)],
] as const) {
  describe(`oidc-provider over ${name}`, () => {
    describeModels(makeBench);
    describeTokenEndpoint(makeBench);
  });
}

test('clients are read from the durable store and never written', async (t) => {
  const { store, tenantId, now } = await memoryBench(t);
  const clients = clientsInMap({ client_id: 'a' });
  const adapter = createAdapterFactory({ tenantId, artifacts: store, clients, clock: { now } })('Client');
  assert.deepEqual(await adapter.find('a'), { client_id: 'a' });
  assert.equal(await adapter.find('b'), undefined);
  await assert.rejects(adapter.upsert('b', { client_id: 'b' }), isAppError('internal'));
  await assert.rejects(adapter.destroy('a'), isAppError('internal'));
});

test('what is switched off or unknown is a fault of ours, and so is an artifact without an end', async (t) => {
  const { store, tenantId, now } = await memoryBench(t);
  const factory = createAdapterFactory({
    tenantId,
    artifacts: store,
    clients: clientsInMap(),
    clock: { now },
  });
  await assert.rejects(factory('DeviceCode').findByUserCode('AAAA'), isAppError('internal'));
  await assert.rejects(factory('InitialAccessToken').find('a'), isAppError('internal'));
  await assert.rejects(factory('AccessToken').findByUserCode('AAAA'), isAppError('internal'));
  await assert.rejects(factory('AccessToken').upsert('a', {}), isAppError('internal'));
  assert.throws(() => factory('Invented'), isAppError('internal'));
});

test('a stored payload of the wrong shape is a failure of the store, not a crash', async (t) => {
  const { store, tenantId, now } = await memoryBench(t);
  const factory = createAdapterFactory({
    tenantId,
    artifacts: store,
    clients: clientsInMap(),
    clock: { now },
  });
  for (const payload of [{ exp: 'soon' }, { grantId: 7 }, { accountId: {} }, { jti: null }]) {
    await store.upsert({ tenantId, model: 'Session', id: 's', payload, expiresIn: 60 });
    await assert.rejects(factory('Session').find('s'), isAppError('store-unavailable'));
  }
});
