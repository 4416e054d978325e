import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadAhead } from '#adapters/oidc/read-ahead.ts';

const artifact = { payload: { jti: 'g' }, uses: 0, firstUsedAt: undefined };

test('what was read ahead is handed out once, also that there is none', () => {
  const request = {};
  const ahead = new ReadAhead(() => request);
  ahead.keep('Grant g', artifact);
  ahead.keep('Session s', undefined);
  assert.deepEqual(ahead.take('Grant g'), { artifact });
  assert.equal(ahead.take('Grant g'), undefined);
  assert.deepEqual(ahead.take('Session s'), { artifact: undefined });
  assert.equal(ahead.take('Session s'), undefined);
});

test('one request knows nothing of what another read', () => {
  let request = {};
  const ahead = new ReadAhead(() => request);
  ahead.keep('Grant g', artifact);
  request = {};
  assert.equal(ahead.take('Grant g'), undefined);
});

test('outside of a request nothing is kept', () => {
  const ahead = new ReadAhead(() => undefined);
  ahead.keep('Grant g', artifact);
  ahead.forget();
  assert.equal(ahead.take('Grant g'), undefined);
});

test('nothing read before a write counts after it', () => {
  const request = {};
  const ahead = new ReadAhead(() => request);
  ahead.keep('Grant g', artifact);
  ahead.forget();
  assert.equal(ahead.take('Grant g'), undefined);
});
