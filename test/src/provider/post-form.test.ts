import assert from 'node:assert/strict';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { postForm } from '#src/provider/post-form.ts';
import { freePort } from '../../support/private-server.ts';

const form = { body: new URLSearchParams({ logout_token: 'token' }) };

/** Somebody who answers a request with what is given, byte for byte; undefined: never. */
async function answering(t: TestContext, answer: string | undefined): Promise<URL> {
  const sockets: Socket[] = [];
  const port = await freePort();
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer !== undefined && socket.write(answer));
  }).listen(port, 'localhost');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  return new URL(`http://localhost:${port}/told`);
}

test('of an answer the status is read, and nothing of what follows it', async (t) => {
  const address = await answering(t, 'HTTP/1.1 204 No Content\r\n\r\nwhat is no HTTP at all\r\n\r\n');
  assert.equal((await postForm(address, form, lookup)).status, 204);
});

test('whoever changes the protocol has not answered', async (t) => {
  const address = await answering(
    t,
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  );
  await assert.rejects(postForm(address, form, lookup), { name: 'TypeError', message: 'fetch failed' });
});

test('nor has who speaks no HTTP', async (t) => {
  const address = await answering(t, 'hello\r\n\r\n');
  await assert.rejects(postForm(address, form, lookup), { name: 'TypeError', message: 'fetch failed' });
});

test('who says nothing, or only that it goes on, is waited for no longer than was said', async (t) => {
  for (const answer of [undefined, 'HTTP/1.1 100 Continue\r\n\r\n']) {
    const address = await answering(t, answer);
    const signal = AbortSignal.timeout(50);
    await assert.rejects(postForm(address, { ...form, signal }, lookup), { name: 'TimeoutError' });
  }
});
