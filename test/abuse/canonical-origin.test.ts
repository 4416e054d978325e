import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { type Installation, PLAIN_REQUEST, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { addTenant } from '../support/second-tenant.ts';

const NOORD = 'https://noord.example';
const ZUID = 'https://zuid.example:8443';

/** Somebody else's host, in whatever a request can say of one. */
const EVIL = 'evil.example';

const AUTH = `/auth?${new URLSearchParams(PLAIN_REQUEST)}`;

/** Paths that answer with addresses: discovery, redirects, pages, refusals. */
const PATHS = [
  '/.well-known/openid-configuration',
  AUTH,
  '/auth?client_id=nobody',
  '/session/end',
  '/no/such/page',
  '/',
];

const HEADERS = [
  `Forwarded: host=${EVIL};proto=http;for=1.2.3.4`,
  `X-Forwarded-Host: ${EVIL}`,
  'X-Forwarded-Proto: http',
  'X-Forwarded-Port: 81',
  `X-Forwarded-Server: ${EVIL}`,
  'X-Forwarded-Prefix: /evil',
  `X-Host: ${EVIL}`,
  `X-Original-Host: ${EVIL}`,
  `X-Original-URL: http://${EVIL}/evil`,
  `X-Rewrite-URL: /evil`,
  `X-HTTP-Host-Override: ${EVIL}`,
  `Referer: http://${EVIL}/`,
];

/** Where each tenant's application is, which a direct visit is led to. */
const APPLICATIONS: Record<string, string> = {
  [NOORD]: 'http://localhost:9',
  [ZUID]: 'https://zuid.example',
};

interface Heard {
  status: number;
  text: string;
}

describe('two tenants, asked on a bare socket', () => {
  const ending = endOfSuite();
  let port = 0;

  before(async () => {
    const installation: Installation = await startInstallation(ending, { settings: { issuer: NOORD } });
    await addTenant(installation, 'zuid', ZUID);
    port = Number(new URL(installation.origin).port);
  });

  const ask = async (...lines: string[]): Promise<Heard> => {
    const socket = connect(port, '127.0.0.1');
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', () => {});
    socket.write(`${[...lines, 'Accept: text/html', 'Connection: close'].join('\r\n')}\r\n\r\n`);
    await once(socket, 'close');
    const text = Buffer.concat(parts).toString();
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text };
  };

  /** Every address of an answer's own making is the tenant's, and nothing says the other tenant or the stranger. */
  const assertOwn = ({ status, text }: Heard, issuer: string, about: string) => {
    const other = issuer === NOORD ? 'zuid' : 'noord';
    assert.doesNotMatch(text, new RegExp(`evil|:81\\b|${other}\\.example`), about);
    if (other === 'noord') assert.doesNotMatch(text, /Testorganisatie|Verzuimtest/, about);
    for (const [, origin = ''] of text.matchAll(/"(?:issuer|\w+_endpoint|\w+_uri)":"(https?:\/\/[^"/]+)/g)) {
      assert.equal(origin, issuer, about);
    }
    const location = /^location: (.*)$/im.exec(text)?.[1]?.trim();
    if (location === undefined) return;
    const led = new URL(location, issuer);
    assert.ok([issuer, APPLICATIONS[issuer]].includes(led.origin), `${about} → ${location}`);
    assert.ok(status >= 300 && status < 400, about);
  };

  for (const [issuer, host] of [
    [NOORD, 'noord.example'],
    [ZUID, 'zuid.example:8443'],
  ] as const) {
    const spellings = [
      host,
      host.toUpperCase(),
      ...(issuer === NOORD ? ['noord.example:443', 'NoOrd.example:80'] : []),
    ];

    test(`${host}: discovery names its own addresses only`, async () => {
      for (const spelling of spellings) {
        const heard = await ask('GET /.well-known/openid-configuration HTTP/1.1', `Host: ${spelling}`);
        assert.equal(heard.status, 200, spelling);
        const origins = [...heard.text.matchAll(/"(https?:\/\/[^"/]+)/g)].map(([, origin]) => origin);
        assert.deepEqual([...new Set(origins)], [issuer], spelling);
      }
    });

    for (const path of PATHS) {
      test(`${host}${path.split('?')[0]}: no header of a stranger moves an address${path.includes('nobody') ? ', refusals included' : ''}`, async () => {
        assertOwn(await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`, ...HEADERS), issuer, 'all headers');
        for (const spelling of spellings) {
          assertOwn(await ask(`GET ${path} HTTP/1.1`, `Host: ${spelling}`), issuer, spelling);
        }
        for (const target of [`https://${host}${path}`, `http://${host}${path}`]) {
          assertOwn(await ask(`GET ${target} HTTP/1.1`, `Host: ${host}`, ...HEADERS), issuer, target);
        }
      });
    }
  }

  test('a host that is nobody’s, or nobody’s spelling of one, gets 421 and no tenant’s name', async () => {
    for (const lines of [
      ['GET / HTTP/1.1', `Host: ${EVIL}`],
      ['GET / HTTP/1.1', 'Host: noord.example:8443'],
      ['GET / HTTP/1.1', 'Host: zuid.example'],
      ['GET / HTTP/1.1', 'Host: zuid.example:443'],
      ['GET / HTTP/1.1', 'Host: zuid.example:08444'],
      ['GET / HTTP/1.1', 'Host: noord.example.'],
      ['GET / HTTP/1.1', 'Host: .noord.example'],
      ['GET / HTTP/1.1', 'Host: noord.example, evil.example'],
      ['GET / HTTP/1.1', 'Host: noord.example@evil.example'],
      ['GET / HTTP/1.1', 'Host: noord.example/'.concat('evil')],
      ['GET / HTTP/1.1', 'Host: noord.example#evil'],
      ['GET / HTTP/1.1', 'Host: noord.example%00.evil.example'],
      ['GET / HTTP/1.1', 'Host: [::1]'],
      ['GET / HTTP/1.1', 'Host: '],
      ['GET / HTTP/1.1', `Host: ${EVIL}`, 'X-Forwarded-Host: noord.example'],
      ['GET / HTTP/1.1', `Host: ${'a.'.repeat(300)}example`],
      [`GET http://${EVIL}/ HTTP/1.1`, 'Host: noord.example'],
      ['GET http://zuid.example:8443/ HTTP/1.1', 'Host: noord.example'],
      ['GET http://noord.example:8443/ HTTP/1.1', 'Host: noord.example'],
      ['GET http://user@evil.example/ HTTP/1.1', 'Host: noord.example'],
      ['OPTIONS * HTTP/1.1', 'Host: noord.example'],
      ['GET / HTTP/1.0'],
    ]) {
      const { status, text } = await ask(...lines);
      assert.equal(status, 421, lines.join(' | '));
      assert.doesNotMatch(
        text.slice(text.indexOf('\r\n')),
        /noord|zuid|Test|Verzuim|evil/i,
        lines.join(' | '),
      );
      assert.match(text, /^content-security-policy: default-src 'none'/im);
      assert.match(text, /^x-content-type-options: nosniff/im);
      assert.match(text, /^referrer-policy: same-origin/im);
      assert.match(text, /^cache-control: no-store/im);
    }
  });

  test('two Host headers, one folded over two lines, or a target without a scheme are no request', async () => {
    for (const lines of [
      ['GET / HTTP/1.1', 'Host: noord.example', 'Host: zuid.example:8443'],
      ['GET / HTTP/1.1', 'Host: noord.example', 'Host: noord.example'],
      ['GET / HTTP/1.1', 'Host: noord.example', ` ${EVIL}`],
      ['GET / HTTP/1.1', `Host : ${EVIL}`, 'Host: noord.example'],
      ['GET noord.example:443 HTTP/1.1', 'Host: noord.example'],
      ['GET / HTTP/1.1'],
    ]) {
      const { status, text } = await ask(...lines);
      assert.ok(status >= 400 && status < 500, `${lines.join(' | ')} gave ${status}`);
      assert.doesNotMatch(text, /noord|zuid|evil/);
    }
  });
});
