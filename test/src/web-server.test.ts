import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createWebServer, LIMITS } from '#src/web-server.ts';
import { FAST, listeningLog, openLine, SOON, startServerOf } from '../support/bare-socket.ts';

const echo: RequestListener = (req, res) => {
  req.resume().on('end', () => res.end('done'));
};

/** A server as in production, but faster, and what it logs. */
async function start(t: TestContext, answer = echo, maxConnections = 100) {
  const { log, lines } = listeningLog();
  const port = await startServerOf(t, createWebServer(answer, { log, maxConnections, limits: FAST }));
  return { lines, open: () => openLine(t, port) };
}

for (const [what, text] of [
  ['that never speaks', ''],
  ['with half a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['with half a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na'],
  ['with half a chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na'],
] as const) {
  test(`a connection ${what} is closed soon after its time`, async (t) => {
    const { open, lines } = await start(t);
    const { socket, heard, closed } = await open();
    socket.write(text);
    await closed();
    assert.match(heard(), /^HTTP\/1\.1 408 /);
    assert.equal(lines.filter((line) => line.includes('"level":20')).length, 1, lines.join(''));
  });
}

for (const [what, head, drop] of [
  ['a head', 'GET / HTTP/1.1\r\nHost: a\r\nX-Long: ', 'x'],
  ['a head of ever new fields', 'GET / HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n'],
  ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'x'],
  ['a chunked body', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
] as const) {
  test(`${what} that drips in keeps its connection no longer than a silent one`, async (t) => {
    const { open } = await start(t);
    const { socket, heard, closed } = await open();
    const begun = performance.now();
    socket.write(head);
    const dripping = setInterval(() => socket.write(drop), 5);
    t.after(() => clearInterval(dripping));
    await closed();
    const patience = FAST.requestTimeout + FAST.connectionsCheckingInterval + 1_000;
    assert.ok(performance.now() - begun < patience);
    assert.match(heard(), /^HTTP\/1\.1 408 |^$/);
  });
}

test('a client that never reads its answer is cut off, and what was kept for it is let go', async (t) => {
  const closings: Promise<unknown>[] = [];
  const { open } = await start(t, (_req, res) => {
    closings.push(once(res, 'close', { signal: AbortSignal.timeout(SOON) }));
    // More than any socket buffer takes.
    res.end(Buffer.alloc(64 * 1024 * 1024));
  });
  const { socket, heard } = await open();
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  while (closings.length === 0) await setTimeout(5);
  await Promise.all(closings);
  assert.equal(heard(), '');
});

test('a client that reads its answer byte by byte is cut off as well', async (t) => {
  const closings: Promise<unknown>[] = [];
  const { open } = await start(t, (_req, res) => {
    closings.push(once(res, 'close', { signal: AbortSignal.timeout(SOON) }));
    res.end(Buffer.alloc(256 * 1024 * 1024));
  });
  const { socket } = await open();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.pause();
  const sipping = setInterval(() => {
    socket.resume();
    socket.once('data', () => socket.pause());
  }, 20);
  t.after(() => clearInterval(sipping));
  while (closings.length === 0) await setTimeout(5);
  await Promise.all(closings);
});

test('a connection between two requests outlives the time for a head, and ends at its own', async (t) => {
  const { open } = await start(t);
  const { socket, heard, closed } = await open();
  const answers = () => heard().split('done').length - 1;
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  while (answers() < 1) await once(socket, 'data');
  await setTimeout(3 * FAST.headersTimeout);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  while (answers() < 2) await once(socket, 'data', { signal: AbortSignal.timeout(SOON) });
  await closed();
});

test('a proxy gives up an idle connection before we do, so it never sends into a closed one', () => {
  assert.ok(LIMITS.keepAliveTimeout > 60_000, 'nginx and AWS’s load balancers keep one for 60 seconds');
});

test('the longest request that means something fits into the bytes of a head', async (t) => {
  const { open } = await start(t);
  const { socket, heard, until } = await open();
  socket.write(
    `GET /?state=${'%C3%A9'.repeat(2000)} HTTP/1.1\r\nHost: a\r\nCookie: ${'c'.repeat(3_000)}\r\n\r\n`,
  );
  await until('\r\n\r\n');
  assert.match(heard(), /^HTTP\/1\.1 200 /);
});

test('connections past the limit are closed at once, the others go on, and the log says so once', async (t) => {
  const { open, lines } = await start(t, echo, 10);
  const early = await open();
  early.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await early.until('done');
  for (let count = 1; count < 10; count += 1) await open();
  for (let late = 0; late < 20; late += 1) {
    const { closed, heard } = await open();
    await closed();
    assert.equal(heard(), '');
  }
  early.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await early.closed();
  assert.equal(early.heard().split('done').length, 3);
  assert.equal(lines.filter((line) => line.includes('more than 10 connections')).length, 1);
  const next = await open();
  next.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await next.until('done');
});

test('a thousand requests in one packet are not a thousand requests at a time', async (t) => {
  let most = 0;
  let now = 0;
  const { open, lines } = await start(t, (_req, res) => {
    now += 1;
    most = Math.max(most, now);
    res.once('close', () => (now -= 1));
  });
  const { socket, closed } = await open();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000));
  await closed();
  assert.equal(most, LIMITS.unanswered);
  assert.equal(lines.length, 1);
});
