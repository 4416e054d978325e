import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { ACCOUNT_CLIENT } from '#src/provider/account-client.ts';
import { ACCESS_TOKEN_TTL, OFFLINE_TTL } from '#src/provider/lifetimes.ts';
import { createSessions } from '#src/provider/sessions.ts';
import type { EndedSession } from '#src/provider/tell-logout.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { tenantSettings } from '../../support/tenants.ts';

const life = { idle: 1_800, sharedIdle: 900, absolute: 36_000 };

interface Wanted {
  account?: string;
  tenantId?: string;
  /** Grants by client id. */
  grants?: Record<string, string>;
}

/** Sessions and grants over the memory store, as the provider writes them. */
function bench() {
  const clock = createTestClock();
  const store = createMemoryArtifactStore({ clock });
  const told: EndedSession[] = [];
  const settings = tenantSettings('bench');
  const tenant: Tenant = { id: 'bench', key: 'bench', issuer: 'https://bench.example', settings };
  /** What a call did, in order. */
  const order: string[] = [];
  const artifacts: Parameters<typeof createSessions>[0]['artifacts'] = {
    ofAccount: (...of) => store.ofAccount(...of),
    endAccount: (...of) => store.endAccount(...of),
    async endSessions(...of) {
      order.push('ended');
      return store.endSessions(...of);
    },
    async revokeGrant(...of) {
      await store.revokeGrant(...of);
      order.push('revoked');
    },
  };
  const tell = async (ended: readonly EndedSession[]) => {
    told.push(...ended);
    order.push('told');
  };
  const seconds = () => Math.floor(clock.now() / 1000);
  const addGrant = (id: string, clientId: string, { scope = 'openid', account = 'anna' } = {}) =>
    store.upsert({
      ...{ tenantId: tenant.id, model: 'Grant', id, accountId: account },
      payload: { jti: id, clientId, accountId: account, iat: seconds(), openid: { scope } },
      expiresIn: scope.includes('offline') ? OFFLINE_TTL : life.absolute + ACCESS_TOKEN_TTL,
    });
  const addSession = (uid: string, { account = 'anna', tenantId = tenant.id, grants = {} }: Wanted = {}) =>
    store.upsert({
      ...{ tenantId, model: 'Session', id: `key-${uid}`, uid, accountId: account, expiresIn: life.idle },
      payload: {
        ...{ uid, jti: `key-${uid}`, accountId: account, loginTs: seconds(), exp: seconds() + life.idle },
        authorizations: {
          [ACCOUNT_CLIENT]: { sid: 'own', facts: { passwordAt: clock.now(), shared: false } },
          ...Object.fromEntries(
            Object.entries(grants).map(([client, grantId]) => [client, { sid: `${client}-${uid}`, grantId }]),
          ),
        },
      },
    });
  const holds = async (grantId: string) => (await store.find(tenant.id, 'Grant', grantId)) !== undefined;
  const sessions = createSessions({ artifacts, life, tell });
  const uids = async (account = 'anna') => (await sessions.list(tenant.id, account)).map(({ uid }) => uid);
  return { clock, store, tenant, sessions, artifacts, told, order, addGrant, addSession, holds, uids };
}

/** Two sessions, each with an application; the second also with one that outlives it. */
async function twoSessions() {
  const made = bench();
  const { addGrant, addSession, clock } = made;
  await addGrant('g-here', 'app');
  await addSession('here', { grants: { app: 'g-here' } });
  clock.advance(60_000);
  await addGrant('g-there', 'app');
  await addGrant('g-offline', 'agenda', { scope: 'openid offline_access' });
  await addSession('there', { grants: { app: 'g-there', agenda: 'g-offline' } });
  return made;
}

test('sessions are listed by their last use, with their applications and without our own settings', async () => {
  const { sessions, tenant, addSession, store, clock } = await twoSessions();
  const [first, second] = await sessions.list(tenant.id, 'anna');
  assert.deepEqual([first?.uid, second?.uid], ['there', 'here']);
  assert.deepEqual(first?.applications, [
    { clientId: 'app', sid: 'app-there', grantId: 'g-there' },
    { clientId: 'agenda', sid: 'agenda-there', grantId: 'g-offline' },
  ]);
  assert.ok(first !== undefined && !('id' in first), 'the key that its cookie names stays inside');
  await store.extend(tenant.id, 'Session', 'key-here', { expiresIn: life.idle, now: clock.now() + 5 });
  assert.equal((await sessions.list(tenant.id, 'anna'))[0]?.uid, 'here');
  await addSession('bram', { account: 'bram' });
  await addSession('elsewhere', { tenantId: 'other' });
  assert.equal((await sessions.list(tenant.id, 'anna')).length, 2);
  await store.upsert({
    ...{ tenantId: tenant.id, model: 'Session', id: 'odd', accountId: 'anna', expiresIn: 60 },
    payload: { jti: 'odd', uid: 'odd' },
  });
  assert.equal((await sessions.list(tenant.id, 'anna')).length, 2, 'nobody is signed in there');
});

test('grants are told with what they allow, the newest first, and without our own settings and dead ones', async () => {
  const { sessions, tenant, addGrant, clock } = await twoSessions();
  await addGrant('ours', ACCOUNT_CLIENT);
  await addGrant('of-bram', 'app', { account: 'bram' });
  clock.advance(1_000);
  await addGrant('newest', 'rooster', { scope: 'openid  email' });
  const found = await sessions.grants(tenant.id, 'anna');
  assert.deepEqual(found.map(({ id }) => id).sort(), ['g-here', 'g-offline', 'g-there', 'newest']);
  const [newest] = found;
  const since = Math.floor(clock.now() / 1000) * 1000;
  assert.deepEqual(newest, { id: 'newest', clientId: 'rooster', scopes: ['openid', 'email'], since });
  clock.advance((life.absolute + ACCESS_TOKEN_TTL) * 1000);
  assert.deepEqual(
    (await sessions.grants(tenant.id, 'anna')).map(({ id }) => id),
    ['g-offline'],
  );
});

test('ending a session ends its grants, also those that outlive it, before its applications hear of it', async () => {
  const { sessions, tenant, told, order, holds, uids } = await twoSessions();
  assert.equal(await sessions.end(tenant, 'anna', 'there'), true);
  assert.deepEqual(await uids(), ['here']);
  assert.deepEqual(
    [await holds('g-there'), await holds('g-offline'), await holds('g-here')],
    [...[false, false, true]],
  );
  assert.deepEqual(order, ['ended', 'revoked', 'revoked', 'told']);
  const { id: tenantId, issuer } = tenant;
  const of = { tenantId, issuer, accountId: 'anna' };
  assert.partialDeepStrictEqual(told, [
    { ...of, clientId: 'app', sid: 'app-there' },
    { ...of, clientId: 'agenda', sid: 'agenda-there' },
  ]);
});

test('a session of somebody else, of another tenant or of the past is none to end', async () => {
  const { sessions, tenant, told, addSession, uids, clock } = await twoSessions();
  await addSession('bram', { account: 'bram' });
  for (const uid of ['bram', 'key-here', '', 'guessed']) {
    assert.equal(await sessions.end(tenant, 'anna', uid), false, uid);
  }
  assert.equal(await sessions.end({ ...tenant, id: 'other' }, 'anna', 'here'), false);
  assert.deepEqual(await uids('bram'), ['bram']);
  clock.advance(life.idle * 1000);
  assert.equal(await sessions.end(tenant, 'anna', 'here'), false);
  assert.deepEqual(told, []);
});

test('a session that a request still holds does not come back once it was ended', async () => {
  const { sessions, tenant, store, addSession, addGrant, uids } = await twoSessions();
  const held = await store.find(tenant.id, 'Session', 'key-there');
  assert.ok(held);
  await sessions.end(tenant, 'anna', 'there');
  assert.equal(await addSession('there', { grants: { app: 'g-there' } }), 'session-ended');
  assert.equal(await addGrant('g-there', 'app'), 'grant-revoked');
  const { payload } = held;
  const token = { tenantId: tenant.id, model: 'AccessToken', id: 't', payload, expiresIn: 60 };
  assert.equal(await store.upsert({ ...token, grantId: 'g-offline' }), 'grant-revoked');
  assert.deepEqual(await uids(), ['here']);
});

test('ending all others leaves this one with its grants, and nothing that hangs on none', async () => {
  const { sessions, tenant, told, addGrant, holds, uids } = await twoSessions();
  await addGrant('orphan', 'agenda', { scope: 'openid offline_access' });
  assert.deepEqual(await sessions.endOthers(tenant, 'anna', 'here'), { sessions: 1, grants: 3 });
  assert.deepEqual(await uids(), ['here']);
  assert.equal(await holds('g-here'), true);
  for (const dead of ['g-there', 'g-offline', 'orphan']) assert.equal(await holds(dead), false, dead);
  assert.deepEqual(
    told.map(({ sid }) => sid),
    ['app-there', 'agenda-there'],
  );
  assert.deepEqual(await sessions.endOthers(tenant, 'anna', 'here'), { sessions: 0, grants: 0 });
});

test('when this session is over itself, ending the others ends every one', async () => {
  const { sessions, tenant, uids, holds } = await twoSessions();
  assert.deepEqual(await sessions.endOthers(tenant, 'anna', 'long gone'), { sessions: 2, grants: 3 });
  assert.deepEqual([await uids(), await holds('g-here')], [[], false]);
});

test('ending all ends all, and tells of each', async () => {
  const { sessions, tenant, told, uids, holds } = await twoSessions();
  assert.deepEqual(await sessions.endAll(tenant, 'anna'), { sessions: 2, grants: 3 });
  assert.deepEqual([await uids(), await holds('g-offline')], [[], false]);
  assert.equal(told.length, 3);
  assert.deepEqual(await sessions.endAll(tenant, 'anna'), { sessions: 0, grants: 0 });
});

test('withdrawing takes from one application what it holds in every session, and signs nobody out', async () => {
  const { sessions, tenant, told, holds, uids, addGrant } = await twoSessions();
  await addGrant('of-bram', 'app', { account: 'bram' });
  assert.equal(await sessions.withdraw(tenant, 'anna', 'app'), true);
  assert.deepEqual(await uids(), ['there', 'here']);
  assert.deepEqual(
    [await holds('g-here'), await holds('g-there'), await holds('g-offline'), await holds('of-bram')],
    [false, false, true, true],
  );
  assert.deepEqual(told.map(({ sid }) => sid).sort(), ['app-here', 'app-there']);
  assert.equal(await sessions.withdraw(tenant, 'anna', 'app'), false, 'it holds nothing any more');
  assert.equal(await sessions.withdraw(tenant, 'anna', ACCOUNT_CLIENT), false);
  assert.equal(await sessions.withdraw(tenant, 'bram', 'agenda'), false, 'it holds nothing of his');
});

for (const end of ['one', 'others'] as const) {
  test(`a session that moves to another id while ${end === 'one' ? 'it is' : 'others are'} ended ends, and the rest with it`, async () => {
    const { sessions, tenant, artifacts, store, uids, holds } = await twoSessions();
    const { ofAccount } = artifacts;
    const held = await store.find(tenant.id, 'Session', 'key-there');
    const payload = { ...held?.payload, jti: 'moved' };
    const names = { id: 'moved', uid: 'there', replaces: 'key-there', accountId: 'anna' };
    // Right after anybody looked which ones there are.
    artifacts.ofAccount = async (...of) => {
      const found = await ofAccount(...of);
      await store.upsert({ ...names, tenantId: tenant.id, model: 'Session', payload, expiresIn: 60 });
      return found;
    };
    if (end === 'one') assert.equal(await sessions.end(tenant, 'anna', 'there'), true);
    else await sessions.endOthers(tenant, 'anna', 'here');
    await sessions.list(tenant.id, 'anna');
    assert.deepEqual(await uids(), ['here']);
    assert.equal(await holds('g-offline'), false, 'what hung on it ends all the same');
    assert.equal(await sessions.end(tenant, 'anna', 'there'), false);
  });
}
