import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createAssets } from '#interactions/http/assets.ts';
import { openLine } from '../support/bare-socket.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';

const { paths } = createAssets();
const HASHED = [paths.style, ...Object.values(paths.scripts)];
const ICONS = ['/favicon.ico', '/favicon.svg'];
const DOCUMENTS = ['/.well-known/openid-configuration', '/jwks'];

/** Everything somebody can ask for, and some that nobody should. */
const routes = [
  ...HASHED,
  ...ICONS,
  ...DOCUMENTS,
  '/assets/theme.css',
  '/assets/nothing.0123456789ab.css',
  '/assets/style.0123456789ab.css',
  '/assets/../jwks',
  '/',
  '/auth',
  '/auth/no-such-interaction',
  '/auth?client_id=app&response_type=code&scope=openid&redirect_uri=http://localhost:9/callback' +
    '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256',
  '/request',
  '/token',
  '/token/introspection',
  '/token/revocation',
  '/me',
  '/session/end',
  '/session/end/confirm',
  '/session/end/success',
  '/interaction/no-such-interaction',
  ...['recover', 'password', 'second-step', 'enrol', 'start-over', 'consent', 'deny'].map(
    (step) => `/interaction/no-such-interaction/${step}`,
  ),
  ...[
    '',
    '/login-name',
    '/password',
    '/step',
    '/code',
    '/link?token=x',
    '/dead',
    '/question',
    '/new-password',
  ].map((page) => `/recover${page}`),
  ...['?token=x', '/done', '/restored', '/held', '/dead'].map((page) => `/not-me${page}`),
  '/language',
  '/reg',
  '/device',
  '/dev/outbox',
  '/nowhere',
  '//nowhere',
  '/%2e%2e/jwks',
];

const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'];

const always: Record<string, RegExp> = {
  'content-security-policy': /^default-src 'none';.*frame-ancestors 'none'/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^same-origin$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'permissions-policy': /^camera=\(\), microphone=\(\), geolocation=\(\)$/,
  'cache-control': /./,
};

interface Heard {
  what: string;
  method: string;
  path: string;
  status: number;
  headers: Map<string, string>;
}

function read(text: string, method: string, path: string): Heard {
  const [head = ''] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  const headers = new Map(pairs.map(([name = '', value = '']) => [name, value]));
  return { what: `${method} ${path.slice(0, 60)} (${status})`, method, path, status, headers };
}

describe('the headers of every route', () => {
  const ending = endOfSuite();
  const told: Record<'https' | 'http', Heard[]> = { https: [], http: [] };

  const walk = async (installation: Installation) => {
    const { port } = new URL(installation.origin);
    const { host } = new URL(installation.issuer);
    const ask = async (method: string, path: string, asked = host) => {
      const { socket, heard, closed } = await openLine(ending, Number(port));
      const lines = [
        `${method} ${path} HTTP/1.1`,
        `Host: ${asked}`,
        'Content-Length: 0',
        'Connection: close',
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      await closed();
      return read(heard(), method, asked === host ? path : 'another host');
    };
    const heard: Heard[] = [];
    for (const path of routes) {
      heard.push(...(await Promise.all(methods.map((method) => ask(method, path)))));
    }
    for (const method of methods) heard.push(await ask(method, '/', 'evil.example'));
    return heard;
  };

  before(async () => {
    const secure = await startInstallation(ending, { settings: { issuer: 'https://login.example' } });
    told.https = await walk(secure);
    told.http = await walk(await startInstallation(ending));
  });

  test('are there, whatever the method and whatever the answer', () => {
    const heard = [...told.https, ...told.http];
    assert.equal(heard.length, 2 * (routes.length + 1) * methods.length);
    for (const { what, headers, status } of heard) {
      assert.ok(status >= 200 && status < 500, what);
      for (const [name, value] of Object.entries(always))
        assert.match(headers.get(name) ?? '', value, `${name} of ${what}`);
      for (const name of ['server', 'x-powered-by', 'access-control-allow-credentials'])
        assert.equal(headers.get(name), undefined, `${name} of ${what}`);
    }
    const statuses = new Set(heard.map(({ status }) => status));
    for (const kind of [200, 303, 400, 401, 403, 404, 421]) assert.ok(statuses.has(kind), `${kind}`);
  });

  test('promise https where the tenant is on https, and only there', () => {
    for (const { what, path, headers } of told.https) {
      const expected = path === 'another host' ? undefined : 'max-age=63072000; includeSubDomains';
      assert.equal(headers.get('strict-transport-security'), expected, what);
    }
    for (const { what, headers } of told.http) {
      assert.equal(headers.get('strict-transport-security'), undefined, what);
    }
  });

  test('let nothing be kept but files that change their address, icons and public documents', () => {
    const reads = (method: string) => method === 'GET' || method === 'HEAD';
    const expected = (method: string, path: string) => {
      if (!reads(method)) return 'no-store';
      if (HASHED.includes(path) || path === '/assets/theme.css') return 'public, max-age=31536000, immutable';
      if (ICONS.includes(path)) return 'public, max-age=86400';
      return DOCUMENTS.includes(path) ? 'public, max-age=10' : 'no-store';
    };
    for (const { what, method, path, headers } of [...told.https, ...told.http]) {
      const kept = headers.get('cache-control') ?? '';
      assert.equal(kept, expected(method, path), what);
    }
  });

  test('never repeat a request: TRACE is a method like any other', () => {
    for (const { what, method, status } of told.https) {
      if (method === 'TRACE') assert.ok(status >= 400, what);
    }
  });
});
