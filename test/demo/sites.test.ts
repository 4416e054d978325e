import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { openSampleApplication } from '../../demo/application.ts';
import { freePort } from './stage.ts';

const CLIENT = { clientId: 'verzuimloket', clientSecret: 'a-test-secret-of-at-least-32-characters' };

async function ask(port: number, path: string, host: string, method = 'GET') {
  const question = request({ host: 'localhost', port, path, method, headers: { host } });
  question.end();
  const [answer]: IncomingMessage[] = await once(question, 'response');
  assert.ok(answer);
  answer.resume();
  return {
    status: answer.statusCode,
    location: answer.headers.location,
    policy: answer.headers['content-security-policy'],
  };
}

test('one port answers each of its sites by host, and everybody else with the first one’s address', async () => {
  const port = await freePort();
  const first = `http://localhost:${port}`;
  const noord = `http://noord.localhost:${port}`;
  await using _application = await openSampleApplication({
    ...CLIENT,
    issuer: 'http://localhost:1',
    origin: first,
    port,
    more: [{ ...CLIENT, issuer: 'http://noord.localhost:1', origin: noord }],
  });
  const policies = [];
  for (const host of [`localhost:${port}`, `noord.localhost:${port}`, `NOORD.localhost:${port}`]) {
    const { status, policy } = await ask(port, '/', host);
    assert.equal(status, 200, host);
    policies.push(/form-action 'self' (\S+);/.exec(String(policy))?.[1]);
  }
  assert.deepEqual(policies, ['http://localhost:1', 'http://noord.localhost:1', 'http://noord.localhost:1']);
  for (const host of [
    `zuid.localhost:${port}`,
    `127.0.0.1:${port}`,
    'noord.localhost',
    `noord.localhost.example:${port}`,
  ]) {
    const { status, location } = await ask(port, '/tasks', host);
    assert.deepEqual([status, location], [308, `${first}/tasks`], host);
    assert.equal((await ask(port, '/login', host, 'POST')).status, 421, host);
  }
});

test('every site must be fit: plain http is for this machine only', async () => {
  const site = { ...CLIENT, issuer: 'http://localhost:1', origin: 'http://localhost:2' };
  for (const unfit of [
    { ...site, issuer: 'http://noord.example' },
    { ...site, origin: 'http://noord.example' },
    { ...site, origin: 'http://noord.localhost:2/' },
  ]) {
    const options = { ...site, port: await freePort(), more: [unfit] };
    await assert.rejects(openSampleApplication(options), /must be/);
  }
});
