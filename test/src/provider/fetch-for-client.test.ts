import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { listen } from '#src/listen.ts';
import { createFetchForClient } from '#src/provider/fetch-for-client.ts';
import { freePort } from '../../support/private-server.ts';

const fetchForClient = createFetchForClient({ loopback: false, privateNetwork: false });

/** A server that leads from /away to /there, and what it was asked. */
async function standIn(t: TestContext) {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url === '/away') res.writeHead(302, { Location: '/there' });
    res.end();
  });
  const port = await freePort();
  const listening = await listen(server, { port, address: 'localhost', setting: 'none' });
  t.after(listening.close);
  return { url: `http://localhost:${port}`, asked };
}

/** Any dispatcher: Node's own. It is there once something was fetched. */
async function guard(url: string): Promise<RequestInit> {
  await (await fetch(url)).text();
  const dispatcher = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'));
  assert.ok(dispatcher);
  return { dispatcher };
}

test('no redirect is followed', async (t) => {
  const { url, asked } = await standIn(t);
  const options = await guard(url);
  assert.equal((await fetchForClient(`${url}/there`, options)).status, 200);
  await assert.rejects(fetchForClient(`${url}/away`, { ...options, redirect: 'follow' }), TypeError);
  assert.deepEqual(asked, ['/', '/there', '/away']);
});

test('nothing is fetched without a guard against private addresses', async (t) => {
  const { url, asked } = await standIn(t);
  for (const options of [undefined, {}, { redirect: 'error' as const }]) {
    await assert.rejects(fetchForClient(url, options), { code: 'outbound-refused' });
  }
  assert.deepEqual(asked, []);
});

test('a private network is for what is posted alone', async (t) => {
  const { url, asked } = await standIn(t);
  const reaching = createFetchForClient({ loopback: true, privateNetwork: true });
  await assert.rejects(reaching(url), { code: 'outbound-refused' });
  assert.deepEqual(asked, []);
});
