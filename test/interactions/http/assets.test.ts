import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Koa from 'koa';
import { createAssets } from '#interactions/http/assets.ts';
import { passwordPage } from '#interactions/sign-in/password.view.ts';
import { frameOf } from '../views/frame.ts';

const assets = createAssets();
const app = new Koa();
app.use(assets.middleware);
app.use((ctx) => {
  ctx.body = 'passed on';
});
const server = createServer(app.callback());
let origin = '';

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) origin = `http://127.0.0.1:${address.port}`;
});
after(() => {
  server.close();
});

type Method = 'GET' | 'HEAD' | 'POST';

/* Not fetch: it hides how an answer was compressed, and tidies up paths. */
async function ask(path: string, acceptEncoding = 'identity', method: Method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { 'accept-encoding': acceptEncoding };
  request(origin, { path, method, headers, agent: false }, resolve).on('error', reject).end();
  const answer = await promise;
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

describe('public files', () => {
  test('every address that pages use is answered, typed and kept for good', async () => {
    for (const path of [assets.paths.style, ...Object.values(assets.paths.scripts)]) {
      const { status, headers, body } = await ask(path);
      assert.equal(status, 200, path);
      assert.match(path, /\.[0-9a-f]{12}\.(css|js)$/);
      assert.equal(
        headers['content-type'],
        `text/${path.endsWith('css') ? 'css' : 'javascript'}; charset=utf-8`,
      );
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.ok(body.length > 0);
    }
  });

  test('the compressed forms hold the same bytes, and caches are told to keep them apart', async () => {
    const plain = await ask(assets.paths.style);
    const brotli = await ask(assets.paths.style, 'gzip, br');
    const gzip = await ask(assets.paths.style, 'gzip');
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.equal(gzip.headers['content-encoding'], 'gzip');
    assert.equal(plain.headers['content-encoding'], undefined);
    for (const { headers } of [plain, brotli, gzip]) assert.equal(headers.vary, 'Accept-Encoding');
    assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
  });

  test('an address of another version gets today’s file, but nobody keeps it', async () => {
    const { status, headers, body } = await ask('/assets/style.000000000000.css');
    assert.equal(status, 200);
    assert.equal(headers['cache-control'], 'no-store');
    assert.deepEqual(body, (await ask(assets.paths.style)).body);
  });

  test('nothing but these files can be read', async () => {
    const paths = [
      '/assets/',
      '/assets/style.css',
      '/assets/nothing.000000000000.css',
      '/assets/style/tokens.css',
      '/assets/..%2fi18n.000000000000.ts',
      '/assets/%2e%2e/i18n.ts',
      '/assets/__proto__',
    ];
    for (const path of paths) {
      const { status, headers } = await ask(path);
      assert.equal(status, 404, path);
      assert.equal(headers['cache-control'], 'no-store');
    }
  });

  test('the icon is there under both names that browsers ask for', async () => {
    assert.equal((await ask('/favicon.svg')).headers['content-type'], 'image/svg+xml');
    const ico = await ask('/favicon.ico', 'br');
    assert.equal(ico.headers['content-type'], 'image/x-icon');
    assert.equal(ico.headers['content-encoding'], undefined);
    assert.deepEqual([...ico.body.subarray(0, 4)], [0, 0, 1, 0]);
  });

  test('a tenant’s colours are served as CSS, and only colours', async () => {
    const { headers, body } = await ask('/assets/theme.css?backdrop=102a43&accent=0b6e4f');
    assert.equal(headers['content-type'], 'text/css; charset=utf-8');
    assert.match(body.toString(), /--backdrop:#102a43/);
    const hostile = await ask(`/assets/theme.css?backdrop=${encodeURIComponent('000000}*{display:none')}`);
    assert.equal(hostile.body.toString(), '');
  });

  test('HEAD answers without a body, and other requests are passed on', async () => {
    const head = await ask(assets.paths.style, 'identity', 'HEAD');
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.equal((await ask('/interaction/abc')).body.toString(), 'passed on');
    assert.equal((await ask(assets.paths.style, 'identity', 'POST')).body.toString(), 'passed on');
  });
});

test('the sign-in page weighs at most 14 kB over the wire, all parts together', async () => {
  const page = passwordPage(frameOf(), {
    action: '/interaction/0123456789/password',
    loginName: 'hr.manager',
    problem: 'wrong',
    recoveryHref: '/recovery',
  });
  const paths = [...page.matchAll(/(?:href|src)="(\/(?:assets|favicon)[^"]+)"/g)].map(
    ([, path]) => path ?? '',
  );
  assert.equal(paths.length, 4, 'icon, stylesheet and two scripts');
  const parts = await Promise.all(paths.map(async (path) => (await ask(path, 'br')).body.length));
  const total = parts.reduce((sum, size) => sum + size, Buffer.byteLength(page));
  assert.ok(
    total <= 14_000,
    `${total} bytes: page ${Buffer.byteLength(page)}, ${paths.map((path, i) => `${path} ${parts[i]}`).join(', ')}`,
  );
});

test('the advice on a new password weighs at most 200 kB over the wire, and nothing of it is on the sign-in page', async () => {
  const own = [assets.paths.scripts['password-strength'], assets.paths.strengthLists];
  const sizes = await Promise.all(own.map(async (path) => (await ask(path, 'br')).body.length));
  assert.ok(
    sizes.reduce((sum, size) => sum + size) <= 200_000,
    own.map((path, i) => `${path} ${sizes[i]}`).join(', '),
  );
  const page = passwordPage(frameOf(), { action: '/password', loginName: '' });
  for (const path of own) assert.equal(page.includes(path), false);
});
