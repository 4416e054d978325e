import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { Writable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { z } from 'zod';
import { type BreachedPasswordsParts, createBreachedPasswords } from '#adapters/crypto/breached-passwords.ts';
import { createLog } from '#src/log.ts';
import { makeAuthority } from '../../support/certificates.ts';

const PASSWORD = 'hemelsblauwe fietsbel';
const DIGEST = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase();
const [PREFIX, SUFFIX] = [DIGEST.slice(0, 5), DIGEST.slice(5)];

const rowOf = (word: string, count: number) =>
  `${createHash('sha1').update(word).digest('hex').toUpperCase().slice(5)}:${count}`;
/** The service's own form: rows between CRLF, none at the end, padding rows seen 0 times among them. */
const rows = (...own: string[]) => [rowOf('one', 3), ...own, rowOf('two', 0), rowOf('three', 9)].join('\r\n');

async function listening(t: TestContext, server: Server & { closeAllConnections(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return z.object({ port: z.number() }).parse(server.address()).port;
}

interface Asked {
  requests: Pick<IncomingMessage, 'url' | 'headers' | 'method'>[];
  logged: () => string;
  lines: () => number;
  isBreached(password: string): Promise<boolean>;
}

function asking(
  url: string,
  parts: Partial<BreachedPasswordsParts> = {},
): Pick<Asked, 'logged' | 'lines' | 'isBreached'> {
  const written: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const log = createLog({ level: 'debug', format: 'json' }, sink);
  const { isBreached } = createBreachedPasswords({
    ...{ url, allowPrivate: true, log, clock: { now: () => 0 } },
    ...parts,
  });
  return { isBreached, logged: () => written.join(''), lines: () => written.length };
}

async function serviceThat(
  t: TestContext,
  answer: RequestListener,
  parts: Partial<BreachedPasswordsParts> = {},
): Promise<Asked> {
  const requests: Asked['requests'] = [];
  const server = createServer((req, res) => {
    requests.push(req);
    answer(req, res);
  });
  const url = `http://127.0.0.1:${await listening(t, server)}/range/`;
  return { requests, ...asking(url, parts) };
}

const answering =
  (text: string, status = 200): RequestListener =>
  (_req, res) => {
    res.writeHead(status, { 'content-type': 'text/plain', location: '/range/elsewhere' }).end(text);
  };

describe('a password that leaked', () => {
  test('is known by the rest of its hash, of which only the first 5 digits were told, with padding asked for', async (t) => {
    const service = await serviceThat(t, answering(rows(`${SUFFIX}:42`)));
    assert.equal(await service.isBreached(PASSWORD), true);
    const [{ url, method, headers } = { url: '', method: '', headers: {} }] = service.requests;
    assert.equal(method, 'GET');
    assert.equal(url, `/range/${PREFIX}`);
    assert.equal(headers['add-padding'], 'true');
    assert.equal(JSON.stringify(headers).includes(SUFFIX), false);
    assert.equal(service.logged(), '');
  });

  test('is the same one however its accents were typed', async (t) => {
    const composed = 'crème brûlée om vier uur';
    const digest = createHash('sha1').update(composed.normalize('NFC')).digest('hex').toUpperCase();
    const service = await serviceThat(t, answering(rows(`${digest.slice(5)}:1`)));
    assert.equal(await service.isBreached(composed.normalize('NFD')), true);
    assert.equal(service.requests[0]?.url, `/range/${digest.slice(0, 5)}`);
  });

  test('is none when its row is padding, or when no row has its hash', async (t) => {
    for (const own of [[`${SUFFIX}:0`], []]) {
      const service = await serviceThat(t, answering(rows(...own)));
      assert.equal(await service.isBreached(PASSWORD), false);
      assert.equal(service.logged(), '');
    }
  });

  test('is asked for beside a slash or without one', async (t) => {
    const server = createServer((req, res) =>
      res.end(req.url === `/v1/range/${PREFIX}` ? `${SUFFIX}:1` : rows()),
    );
    const port = await listening(t, server);
    for (const end of ['', '/']) {
      const service = asking(`http://127.0.0.1:${port}/v1/range${end}`);
      assert.equal(await service.isBreached(PASSWORD), true);
    }
  });
});

describe('a service of leaked passwords that can’t say', () => {
  const silent: RequestListener = () => {};
  const dripping: RequestListener = (_req, res) => {
    res.writeHead(200).write(`${rowOf('one', 3)}\r\n`);
  };
  const huge: RequestListener = (_req, res) => {
    res.writeHead(200);
    res.end(`${`${rowOf('one', 3)}\r\n`.repeat(30_000)}${SUFFIX}:1`);
  };
  const cut: RequestListener = (req, res) => {
    res.writeHead(200, { 'content-length': '5000' }).write(`${rowOf('one', 3)}\r\n`);
    setImmediate(() => req.socket.destroy());
  };
  const wrong: Record<string, [RequestListener, RegExp]> = {
    'never answers': [silent, /no answer in time/],
    'never ends its answer': [dripping, /no answer in time/],
    'answers without end': [huge, /too long/],
    'breaks off': [cut, /ECONNRESET/],
    'sends elsewhere': [answering(`${SUFFIX}:1`, 302), /status 302/],
    'is in trouble': [answering(`${SUFFIX}:1`, 503), /status 503/],
    'wants fewer questions': [answering('', 429), /status 429/],
    'says something else': [answering('<!doctype html>'), /not an answer/],
    'says nothing': [answering(''), /not an answer/],
    'mixes in something else': [answering(`${rowOf('one', 1)}\r\nhello\r\n${SUFFIX}:1`), /not an answer/],
  };
  for (const [how, [answer, cause]] of Object.entries(wrong)) {
    test(`keeps nobody from a new password when it ${how}; one line says so, with nothing of the password`, async (t) => {
      const service = await serviceThat(t, answer, { patienceMs: 300 });
      assert.equal(await service.isBreached(PASSWORD), false);
      assert.equal(service.requests.length, 1, 'no redirect followed, nothing tried again');
      assert.match(service.logged(), cause);
      assert.equal(service.lines(), 1);
      for (const secret of [PASSWORD, PREFIX, SUFFIX, DIGEST])
        assert.equal(service.logged().toUpperCase().includes(secret.toUpperCase()), false);
    });
  }

  test('is told of once a minute, with how often it happened since', async (t) => {
    let now = 0;
    const service = await serviceThat(t, answering('', 503), { clock: { now: () => now } });
    for (const at of [0, 1000, 59_999]) {
      now = at;
      await service.isBreached(PASSWORD);
    }
    assert.equal(service.lines(), 1);
    now = 60_000;
    await service.isBreached(PASSWORD);
    assert.equal(service.lines(), 2);
    assert.match(service.logged(), /"unsaid":2/);
  });
});

describe('an address that must not be reached', () => {
  test('in a private network is not asked, written as a number or as a name', async (t) => {
    const { requests } = await serviceThat(t, answering(rows(`${SUFFIX}:1`)));
    const server = createServer(answering(rows(`${SUFFIX}:1`)));
    const port = await listening(t, server);
    let reached = 0;
    server.on('connection', () => {
      reached += 1;
    });
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const service = asking(`http://${host}:${port}/range/`, { allowPrivate: false });
      assert.equal(await service.isBreached(PASSWORD), false);
      assert.match(service.logged(), /EPRIVATE/, host);
    }
    assert.equal(reached + requests.length, 0);
  });

  test('with a certificate that nobody vouches for learns nothing', async (t) => {
    const authority = await makeAuthority(t);
    const { cert, key } = await authority.issue('IP:127.0.0.1');
    let requests = 0;
    const server = createTlsServer({ cert, key }, (_req, res) => {
      requests += 1;
      res.end(rows(`${SUFFIX}:1`));
    });
    const url = `https://127.0.0.1:${await listening(t, server)}/range/`;
    assert.equal(await asking(url).isBreached(PASSWORD), false);
    assert.equal(requests, 0);
    assert.equal(await asking(url, { ca: authority.cert }).isBreached(PASSWORD), true);
  });
});
