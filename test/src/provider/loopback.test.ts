import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasLoopbackApplications, postToLoopback } from '#src/provider/loopback.ts';
import { openLogoutListener } from '../../support/logout-listener.ts';

test('applications are on this machine only where plain http was allowed and the organisation is there too', () => {
  const allowed = (issuer: string, plainHttp = true) => hasLoopbackApplications({ issuer }, { plainHttp });
  assert.equal(allowed('http://localhost:3000'), true);
  assert.equal(allowed('http://verzuim.localhost:3000'), true);
  assert.equal(allowed('http://localhost:3000', false), false);
  for (const issuer of [
    'https://login.example',
    'https://localhost:3000',
    'http://login.example',
    'http://10.0.0.1',
    'http://localhost.example',
  ]) {
    assert.equal(allowed(issuer), false, issuer);
  }
});

test('a name under localhost is this machine, whatever a resolver says; of the answer only the status is read', async (t) => {
  const listener = await openLogoutListener(t);
  const address = new URL(listener.uri.replace('localhost', 'noord.localhost'));
  const body = new URLSearchParams({ logout_token: 'token' });
  const signal = AbortSignal.timeout(2_000);
  assert.equal((await postToLoopback(address, { body, signal })).status, 200);
  assert.deepEqual(listener.tokens, ['token']);
  listener.answers = 'elsewhere';
  assert.equal((await postToLoopback(address, { body, signal })).status, 307);
  assert.deepEqual(listener.asked, ['POST /told', 'POST /told']);
});

test('what does not answer in time, and what is not there, ends as it does with fetch', async (t) => {
  const listener = await openLogoutListener(t);
  listener.answers = 'hang';
  const address = new URL(listener.uri);
  const body = new URLSearchParams();
  await assert.rejects(postToLoopback(address, { body, signal: AbortSignal.timeout(50) }), {
    name: 'TimeoutError',
  });
  await listener.stop();
  await assert.rejects(postToLoopback(address, { body }), { name: 'TypeError', message: 'fetch failed' });
});
