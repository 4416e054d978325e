import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { listen } from '#src/listen.ts';
import { createWebServer, LIMITS } from '#src/web-server.ts';
import { freePort } from '../support/private-server.ts';

/** As in production, a hundred times as fast. */
const fast = {
  ...LIMITS,
  headersTimeout: LIMITS.headersTimeout / 100,
  requestTimeout: LIMITS.requestTimeout / 100,
  keepAliveTimeout: LIMITS.keepAliveTimeout / 100,
  connectionsCheckingInterval: LIMITS.connectionsCheckingInterval / 100,
};

/** Node's own interval between two checks is 30 seconds: whatever comes sooner is ours. */
const SOON = 5_000;

interface Line {
  socket: Socket;
  heard(): string;
}

async function open(t: TestContext): Promise<Line> {
  const port = await freePort();
  const server = createWebServer((req, res) => req.resume().on('end', () => res.end('done')), fast);
  const listening = await listen(server, { port, address: 'localhost', setting: 'PORT' });
  const socket = connect(port, 'localhost');
  let heard = '';
  socket.on('data', (part) => (heard += String(part)));
  t.after(async () => {
    socket.destroy();
    await listening.close();
  });
  await once(socket, 'connect');
  return { socket, heard: () => heard };
}

const closed = (socket: Socket) => once(socket, 'close', { signal: AbortSignal.timeout(SOON) });

for (const [what, text] of [
  ['that never speaks', ''],
  ['with half a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['with half a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na'],
] as const) {
  test(`a connection ${what} is closed soon after its time`, async (t) => {
    const { socket, heard } = await open(t);
    socket.write(text);
    await closed(socket);
    assert.match(heard(), /^HTTP\/1\.1 408 /);
  });
}

test('a connection between two requests outlives the time for a head, and ends at its own', async (t) => {
  const { socket, heard } = await open(t);
  const answers = () => heard().split('done').length - 1;
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  while (answers() < 1) await once(socket, 'data');
  await setTimeout(3 * fast.headersTimeout);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  while (answers() < 2) await once(socket, 'data', { signal: AbortSignal.timeout(SOON) });
  await closed(socket);
});

test('a proxy gives up an idle connection before we do, so it never sends into a closed one', () => {
  assert.ok(LIMITS.keepAliveTimeout > 60_000, 'nginx and AWS’s load balancers keep one for 60 seconds');
});

test('the longest request that means something fits into the bytes of a head', async (t) => {
  const { socket, heard } = await open(t);
  socket.write(
    `GET /?state=${'%C3%A9'.repeat(2000)} HTTP/1.1\r\nHost: a\r\nCookie: ${'c'.repeat(3_000)}\r\n\r\n`,
  );
  while (!heard().includes('\r\n\r\n')) await once(socket, 'data');
  assert.match(heard(), /^HTTP\/1\.1 200 /);
});
