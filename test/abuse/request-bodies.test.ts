import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { openLine } from '../support/bare-socket.ts';
import type { Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn } from '../support/sign-in.ts';

const PROTOCOL = [
  '/token',
  '/token/introspection',
  '/token/revocation',
  '/request',
  '/me',
  '/session/end/confirm',
];
const MEGABYTE = 1024 * 1024;
const FORM = 'application/x-www-form-urlencoded';

/** Milliseconds in which a body too large must be refused; reading all of it would take the rest of the day. */
const SOON = 5_000;

/** Answers of the sign-in's steps that are not its turn lead back to it, whatever was in the body. */
const isRefusal = (status: number) => status === 303 || (status >= 400 && status < 500);

describe('bodies', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let browser: Browser;
  let paths: string[];

  before(async () => {
    installation = await startInstallation(ending);
    const begun = await beginSignIn(installation);
    browser = begun.browser;
    const { pathname } = new URL(begun.page.url);
    const ours = ['password', 'second-step', 'enrol', 'start-over', 'consent', 'deny'];
    paths = [...PROTOCOL, '/language', ...ours.map((step) => `${pathname}/${step}`), '/auth', '/nowhere'];
  });

  /** A connection on which the head of a post was sent. */
  const begin = async (path: string, ...more: string[]) => {
    const { port, host } = new URL(installation.origin);
    const line = await openLine(ending, Number(port));
    const cookie = browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, `Content-Type: ${FORM}`, `Cookie: ${cookie}`];
    line.socket.write(`${[...head, `Origin: ${installation.origin}`, ...more].join('\r\n')}\r\n\r\n`);
    return line;
  };
  const statusOf = (heard: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(heard)?.[1]);

  test('without end are refused by every route while they still come', async () => {
    for (const path of paths) {
      const { socket, heard, until } = await begin(path, 'Transfer-Encoding: chunked');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      let sent = 0;
      const sending = setInterval(() => {
        if (sent < 100 * MEGABYTE && socket.write(chunk)) sent += 0x10000;
      }, 1);
      await until('\r\n\r\n');
      clearInterval(sending);
      socket.destroy();
      const status = statusOf(heard());
      assert.ok(isRefusal(status), `${path}: ${status}`);
      assert.ok(sent < 20 * MEGABYTE, `${path} took ${sent} bytes`);
    }
  });

  test('that only say they are large are refused unread, also when the client waits for a word', async () => {
    for (const path of PROTOCOL.filter((name) => name !== '/me')) {
      const { heard, until, socket } = await begin(path, `Content-Length: ${100 * MEGABYTE}`);
      await until('\r\n\r\n');
      socket.destroy();
      assert.equal(statusOf(heard()), 400, path);
    }
    const waiting = await begin('/token', `Content-Length: ${100 * MEGABYTE}`, 'Expect: 100-continue');
    await waiting.until('HTTP/1.1 400');
    waiting.socket.destroy();
  });

  test('that are packed are never unpacked past the size of a form', async () => {
    const plain = Buffer.alloc(20 * MEGABYTE, 'x');
    const before = process.memoryUsage.rss();
    for (const [coding, body] of [
      ['gzip', gzipSync(plain)],
      ['deflate', deflateSync(plain)],
      ['br', brotliCompressSync(plain)],
      ['x-gzip', gzipSync(plain)],
      ['gzip, gzip', gzipSync(gzipSync(plain))],
    ] as const) {
      for (const path of paths) {
        const begun = performance.now();
        const { status } = await browser.postRaw(installation.issuer + path, new Uint8Array(body), {
          'content-type': FORM,
          'content-encoding': coding,
        });
        assert.ok(isRefusal(status), `${coding} ${path} gave ${status}`);
        assert.ok(performance.now() - begun < SOON);
      }
    }
    assert.ok(process.memoryUsage.rss() - before < 200 * MEGABYTE);
  });

  test('that are shorter than they say, and then end, are no request', async () => {
    for (const path of paths) {
      const { socket, heard, closed } = await begin(path, 'Content-Length: 100', 'Connection: close');
      socket.end('grant_type=refresh_token');
      await closed();
      const status = statusOf(heard());
      assert.ok(Number.isNaN(status) || (status >= 400 && status < 500), `${path}: ${status}`);
    }
  });

  test('that are longer than they say are cut, and the rest is not another request', async () => {
    const smuggled = 'GET /planted HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    const { socket, heard, closed } = await begin('/token', 'Content-Length: 3');
    socket.write(`a=b${smuggled}`);
    await closed();
    // What follows is a request of its own by any reading of HTTP; it names another host and gets nothing.
    assert.deepEqual(
      [...heard().matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status),
      ['400', '421'],
    );
  });

  test('in HTTP/1.0, with a wish to upgrade or with trailers are what they are without', async () => {
    const { host } = new URL(installation.origin);
    const fields = new URLSearchParams({ login_name: 'niemand', password: PASSWORD }).toString();
    for (const more of [
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'],
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'],
      ['Connection: host, cookie, content-length'],
      ['TE: trailers', 'Trailer: Host'],
    ]) {
      const { socket, heard, until } = await begin('/token', `Content-Length: ${fields.length}`, ...more);
      socket.write(fields);
      await until('\r\n\r\n');
      socket.destroy();
      assert.match(heard(), /^HTTP\/1\.1 400 /, more[0]);
    }
    const { port } = new URL(installation.origin);
    const old = await openLine(ending, Number(port));
    old.socket.write(`GET /jwks HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
    await old.closed();
    assert.match(old.heard(), /^HTTP\/1\.1 200 [\s\S]*"keys"/);
  });

  test('none of it was a failure of ours', () => {
    assert.deepEqual(
      installation.logged.filter((line) => /"level":[56]0/.test(line)),
      [],
    );
  });
});
