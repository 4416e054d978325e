import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openLink } from './link.ts';

/** A server that says everything back, behind a link, and what it was told. */
async function echoBehindLink(t: TestContext) {
  const told: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        told.push(String(chunk));
        socket.write(chunk);
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { link: await openLink(t, address.port), told };
}

async function client(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function answerTo(socket: Socket, text: string): Promise<unknown> {
  socket.write(text);
  const [answer] = await once(socket, 'data');
  return answer;
}

test('a link passes both ways', async (t) => {
  const { link } = await echoBehindLink(t);
  assert.equal(await answerTo(await client(t, link.port), 'one'), 'one');
  assert.equal(link.connections(), 1);
});

test('a stalled link swallows what is sent, tells nobody, and lets it through when it passes again', async (t) => {
  const { link, told } = await echoBehindLink(t);
  const [busy, other] = [await client(t, link.port), await client(t, link.port)];
  await answerTo(busy, 'one');
  link.stall();
  busy.write('two');
  const late = await client(t, link.port);
  late.write('three');
  // The link has to do with all of this before it carries what comes after.
  await new Promise((resolve) => other.write('four', resolve));
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  assert.deepEqual(told, ['one']);
  assert.ok(!busy.closed && !late.closed);
  const answers = [busy, late, other].map((socket) => once(socket, 'data'));
  link.pass();
  assert.deepEqual(await Promise.all(answers), [['two'], ['three'], ['four']]);
});

test('a refusing link resets what is open and what is new, and carries again afterwards', async (t) => {
  const { link } = await echoBehindLink(t);
  const open = await client(t, link.port);
  await answerTo(open, 'one');
  const broken = once(open, 'error');
  link.refuse();
  assert.match(String(await broken), /ECONNRESET/);
  const refused = connect(link.port, '127.0.0.1');
  assert.match(String(await once(refused, 'error')), /ECONNRESET/);
  link.pass();
  assert.equal(await answerTo(await client(t, link.port), 'two'), 'two');
});

test('a slow link delivers late, each way', async (t) => {
  const { link } = await echoBehindLink(t);
  const socket = await client(t, link.port);
  await answerTo(socket, 'one');
  link.delay(60);
  const before = performance.now();
  assert.equal(await answerTo(socket, 'two'), 'two');
  const took = performance.now() - before;
  assert.ok(took >= 118, `${took} ms`);
});

test('an end of either side reaches the other', async (t) => {
  const { link } = await echoBehindLink(t);
  const socket = await client(t, link.port);
  await answerTo(socket, 'one');
  const closed = once(socket, 'close');
  socket.end();
  await closed;
  while (link.connections() > 0) await new Promise(setImmediate);
});
