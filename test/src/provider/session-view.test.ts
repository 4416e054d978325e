import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACCOUNT_CLIENT } from '#src/provider/account-client.ts';
import { sessionTtl } from '#src/provider/lifetimes.ts';
import { storedSession } from '#src/provider/session-view.ts';

const life = { idle: 1_800, sharedIdle: 900, absolute: 36_000 };
const SIGNED_IN = 1_800_000_000;

const facts = { passwordAt: SIGNED_IN * 1000, shared: false, userAgent: 'A browser', address: '192.0.2.1' };

function payload(more: object = {}) {
  return { uid: 'u', jti: 'key', accountId: 'anna', loginTs: SIGNED_IN, exp: SIGNED_IN + life.idle, ...more };
}

test('a session is last used its idle time before its end, and never before its sign-in or after its use', () => {
  const passed = fc.integer({ min: 0, max: life.absolute });
  fc.assert(
    fc.property(passed, fc.boolean(), fc.boolean(), (seconds, shared, moved) => {
      const usedAt = (SIGNED_IN + seconds) * 1000;
      const endsIn = sessionTtl(life, SIGNED_IN, SIGNED_IN + seconds, shared);
      const end = moved ? { expiresAt: usedAt + endsIn * 1000 } : {};
      const authorizations = { [ACCOUNT_CLIENT]: { facts: { ...facts, shared } } };
      const exp = SIGNED_IN + (moved ? 1 : seconds + endsIn);
      const session = storedSession({ payload: payload({ exp, authorizations }), ...end }, life);
      assert.ok(session !== undefined);
      assert.ok(session.lastUsedAt <= usedAt && session.lastUsedAt >= SIGNED_IN * 1000);
      const idle = shared ? life.sharedIdle : life.idle;
      if (seconds + idle <= life.absolute) assert.equal(session.lastUsedAt, usedAt);
    }),
  );
});

test('a session tells its applications and its facts, and keeps our own settings out of it', () => {
  const authorizations = {
    [ACCOUNT_CLIENT]: { sid: 'own', grantId: 'own', facts },
    app: { sid: 's', grantId: 'g', persistsLogout: true },
    half: {},
  };
  assert.deepEqual(storedSession({ payload: payload({ authorizations }) }, life), {
    id: 'key',
    uid: 'u',
    accountId: 'anna',
    signedInAt: SIGNED_IN * 1000,
    lastUsedAt: SIGNED_IN * 1000,
    facts,
    applications: [
      { clientId: 'app', sid: 's', grantId: 'g' },
      { clientId: 'half', sid: undefined, grantId: undefined },
    ],
  });
});

test('a session that another version began is shown without what is not known of it', () => {
  for (const authorizations of [undefined, {}, { [ACCOUNT_CLIENT]: { facts: { shared: 'yes' } } }]) {
    const session = storedSession({ payload: payload({ authorizations }) }, life);
    assert.ok(session !== undefined);
    assert.equal(session.facts, undefined);
    assert.deepEqual(session.applications, []);
  }
});

test('a session that nobody signed in to is nobody’s', () => {
  for (const missing of ['accountId', 'loginTs', 'uid', 'jti', 'exp']) {
    assert.equal(storedSession({ payload: payload({ [missing]: undefined }) }, life), undefined, missing);
  }
  assert.equal(storedSession({ payload: {} }, life), undefined);
});
