import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { outlivesPassword, sessionMark } from '#src/session/outlives-password.ts';

const CHANGED = Date.UTC(2026, 0, 15, 9, 0, 0, 500);
const account = { passwordChangedAt: CHANGED, keptSession: sessionMark('own') };
const nothing = { uid: undefined, signedInAt: undefined };

test('with the first password everything goes on', () => {
  const first = { passwordChangedAt: undefined };
  assert.equal(outlivesPassword(first, { uid: 'any', signedInAt: 1, passwordSince: 0 }), true);
});

test('the session of the change goes on, however old; its mark is not its name, and another person has none', () => {
  const old = { uid: 'own', signedInAt: 1, passwordSince: 0 };
  assert.equal(outlivesPassword(account, old), true);
  assert.equal(outlivesPassword({ ...account, keptSession: 'own' }, old), false);
  assert.equal(outlivesPassword({ passwordChangedAt: CHANGED }, old), false);
  assert.equal(
    outlivesPassword({ passwordChangedAt: CHANGED, keptSession: undefined }, { ...old, uid: undefined }),
    false,
  );
});

test('another session goes on exactly when its password is the new one, whatever the clocks said', () => {
  const begun = fc.record({ signedInAt: fc.integer({ min: 0, max: 2 * CHANGED }), passwordSince: fc.nat() });
  fc.assert(
    fc.property(begun, ({ signedInAt, passwordSince }) => {
      assert.equal(outlivesPassword(account, { uid: 'other', signedInAt, passwordSince }), false);
      assert.equal(outlivesPassword(account, { uid: 'other', signedInAt, passwordSince: CHANGED }), true);
    }),
  );
});

test('what tells of no password is judged by its second, and what tells of no time goes on', () => {
  const at = (signedInAt: number) => outlivesPassword(account, { uid: 'other', signedInAt });
  assert.equal(at(CHANGED - 500), true, 'of the same second only the later one may be meant');
  assert.equal(at(CHANGED - 501), false);
  assert.equal(outlivesPassword(account, nothing), true);
});
