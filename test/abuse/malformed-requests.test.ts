import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openLine } from '../support/bare-socket.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';

const POST = ['POST /token HTTP/1.1', 'Host: %h', 'Content-Type: application/x-www-form-urlencoded'];
const GET = ['GET /jwks HTTP/1.1', 'Host: %h'];

/** Head lines and body of what no browser or application sends, and the status it gets before anything looks at it. */
const broken: [what: string, status: number, head: string[], body?: string][] = [
  ['two lengths that differ', 400, [...POST, 'Content-Length: 5', 'Content-Length: 6'], 'a=b&c='],
  ['two lengths that agree', 400, [...POST, 'Content-Length: 3', 'Content-Length: 3'], 'a=b'],
  ['a list of lengths', 400, [...POST, 'Content-Length: 3, 3'], 'a=b'],
  ['a length and chunks', 400, [...POST, 'Content-Length: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['chunks and a length', 400, [...POST, 'Transfer-Encoding: chunked', 'Content-Length: 3'], '0\r\n\r\n'],
  ['an encoding after chunked', 400, [...POST, 'Transfer-Encoding: chunked, gzip'], '0\r\n\r\n'],
  ['an encoding that is none', 400, [...POST, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'],
  ['chunked in a tab', 400, [...POST, 'Transfer-Encoding:\x0bchunked'], '0\r\n\r\n'],
  ['a length with a sign', 400, [...POST, 'Content-Length: +3'], 'a=b'],
  ['a length below zero', 400, [...POST, 'Content-Length: -3'], 'a=b'],
  ['a length in base 16', 400, [...POST, 'Content-Length: 0x3'], 'a=b'],
  ['a length past all numbers', 400, [...POST, 'Content-Length: 99999999999999999999999'], 'a=b'],
  ['a chunk of no size', 400, [...POST, 'Transfer-Encoding: chunked'], 'x\r\na=b\r\n0\r\n\r\n'],
  ['a chunk past all sizes', 400, [...POST, 'Transfer-Encoding: chunked'], `${'f'.repeat(20)}\r\na=b`],
  [
    'extensions of a chunk without end',
    413,
    [...POST, 'Transfer-Encoding: chunked'],
    `1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
  ],
  ['a space before the colon', 400, [...GET, 'Content-Length : 3']],
  ['a field without a name', 400, [...GET, ': x']],
  ['a folded field', 400, [...GET, 'X-A: b', ' c']],
  ['a bare return in a field', 400, [...GET, 'X-A: b\rX-B: c']],
  ['a zero byte in a field', 400, [...GET, 'X-A: b\0c']],
  ['a zero byte in the address', 400, ['GET /\0 HTTP/1.1', 'Host: %h']],
  ['a control byte in the address', 400, ['GET /\x1b[31m HTTP/1.1', 'Host: %h']],
  ['a space in the address', 400, ['GET /a b HTTP/1.1', 'Host: %h']],
  ['a method that is none', 400, ['OWN /jwks HTTP/1.1', 'Host: %h']],
  ['a method in small letters', 400, ['get /jwks HTTP/1.1', 'Host: %h']],
  ['another version', 400, ['GET /jwks HTTP/3.0', 'Host: %h']],
  ['another protocol', 400, ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']],
  ['no host', 400, ['GET /jwks HTTP/1.1']],
  ['two hosts', 400, [...GET, 'Host: evil.example']],
  ['the same host twice', 400, [...GET, 'HOST: %h']],
  ['a tunnel', 405, ['CONNECT %h HTTP/1.1', 'Host: %h']],
  ['a wish that nobody knows', 417, [...POST, 'Content-Length: 3', 'Expect: 200-maybe'], 'a=b'],
  ['a head of 20 kB', 431, [...GET, `X-Long: ${'x'.repeat(20_000)}`]],
  ['an address of 20 kB', 431, [`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'Host: %h']],
];

describe('a malformed request', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** Sends a request and gives all that came back until the server closed the connection. */
  const ask = async (head: string[], body = '') => {
    const { port, host } = new URL(installation.origin);
    const { socket, heard, closed } = await openLine(ending, Number(port));
    const lines = head.map((line) => line.replaceAll('%h', host));
    socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
    await closed().catch((cause: unknown) =>
      assert.fail(`${cause} after ${head[0]} ${head.at(-1)}: ${heard()}`),
    );
    return heard();
  };
  const linesSince = (from: number) => installation.logged.slice(from);

  test('is one bare answer that nobody keeps, and the end of its connection', async () => {
    const from = installation.logged.length;
    for (const [what, status, head, body] of broken) {
      // What would be a second request for somebody who reads the first one otherwise.
      const answer = await ask(head, `${body ?? ''}GET /jwks HTTP/1.1\r\nHost: %h\r\n\r\n`);
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, `${what}: ${answer}`);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), what);
      assert.match(answer, /^Connection: close\r$/im, what);
      assert.match(answer, /^Cache-Control: no-store\r$/im, what);
      assert.match(answer, /^X-Content-Type-Options: nosniff\r$/im, what);
      assert.match(answer, /^Content-Security-Policy: default-src 'none';/im, what);
      assert.match(answer, /\r\n\r\n$/, what);
    }
    assert.deepEqual(
      linesSince(from).filter((line) => /"level":[56]0/.test(line)),
      [],
    );
  });

  test('is a line of the log by its kind, once a minute however many come, with nothing of its content', async () => {
    for (let times = 0; times < 20; times += 1) await ask(['PLANTED /planted HTTP/1.1', 'X: planted']);
    const told = installation.logged.filter((line) => line.includes('malformed request refused'));
    const kinds = told.map((line) => /"error":"([^"]+)"/.exec(line)?.[1]);
    assert.ok(kinds.includes('HPE_INVALID_METHOD'));
    assert.equal(new Set(kinds).size, kinds.length);
    assert.ok(told.every((line) => /"level":[24]0/.test(line)));
    assert.doesNotMatch(installation.logged.join(''), /planted|evil\.example|xxxx/i);
  });
});
