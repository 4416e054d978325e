import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import { createServer } from 'node:tls';
import { type Authority, type Certificate, makeAuthority } from '../../support/certificates.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { freePort } from '../../support/private-server.ts';
import { openTestRedis, refusalOf } from '../../support/redis.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { startSentinelSet } from '../../support/redis-topologies.ts';
import { useEveryPort } from './every-port.ts';

describe('Redis over TLS', () => {
  let authority: Authority;
  let client: Certificate;
  let port: number;
  let strictPort: number;
  let strangerPort: number;
  const end = endOfSuite();

  function directives(certificate: Certificate, clients: 'yes' | 'no') {
    return {
      'tls-cert-file': certificate.certFile,
      'tls-key-file': certificate.keyFile,
      'tls-ca-cert-file': authority.certFile,
      'tls-auth-clients': clients,
    };
  }

  before(async () => {
    authority = await makeAuthority(end);
    const [server, stranger] = [
      await authority.issue('DNS:localhost', 'IP:127.0.0.1'),
      await authority.issue('DNS:elsewhere.example'),
    ];
    client = await authority.issue();
    [port, strictPort, strangerPort] = [await freePort(), await freePort(), await freePort()];
    await startRedisServer(end, { port: 0, 'tls-port': port, ...directives(server, 'no') });
    await startRedisServer(end, { port: 0, 'tls-port': strictPort, ...directives(server, 'yes') });
    await startRedisServer(end, { port: 0, 'tls-port': strangerPort, ...directives(stranger, 'no') });
  });

  test('a server is believed by its own authority, by address and by name', async (t) => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const opened = await openTestRedis(t, { url: `rediss://${host}:${port}`, tls: { ca: authority.cert } });
      await useEveryPort(opened, `tls-${host}`);
    }
  });

  test('a server of another authority is refused, whatever the environment says', async (t) => {
    const foreign = await makeAuthority(t);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    t.after(() => {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    });
    for (const tls of [{}, { ca: foreign.cert }]) {
      const { code, message } = await refusalOf(t, { url: `rediss://127.0.0.1:${port}`, tls });
      assert.equal(code, 'store-refused');
      assert.match(message, /certificate that does not verify \(.+\); check redis\.caFile/);
    }
  });

  test('a certificate made out to another host is refused', async (t) => {
    const url = `rediss://localhost:${strangerPort}`;
    const { code, message } = await refusalOf(t, { url, tls: { ca: authority.cert } });
    assert.equal(code, 'store-refused');
    assert.match(message, /ERR_TLS_CERT_ALTNAME_INVALID\); check .*names in redis\.url/);
  });

  test('a server that asks for our certificate is shown it, and its lack is told', async (t) => {
    const url = `rediss://127.0.0.1:${strictPort}`;
    const { cert, key } = client;
    await useEveryPort(await openTestRedis(t, { url, tls: { ca: authority.cert, cert, key } }), 'client');
    const { code, message } = await refusalOf(t, { url, tls: { ca: authority.cert } });
    assert.equal(code, 'store-refused');
    assert.match(message, /client certificate.*redis\.certFile/);
  });

  test('a server is not waited for when only one side speaks TLS', async (t) => {
    const plainPort = await freePort();
    await startRedisServer(t, { port: plainPort, requirepass: 'x' });
    const tls = { ca: authority.cert };
    const cases = [
      [{ url: `rediss://127.0.0.1:${plainPort}`, tls }, /speaks no TLS; check redis\.url/],
      [{ url: `redis://127.0.0.1:${port}` }, /nothing but TLS; check rediss:\/\//],
    ] as const;
    await Promise.all(
      cases.map(async ([place, sentence]) => {
        const { code, message } = await refusalOf(t, place);
        assert.equal(code, 'store-refused');
        assert.match(message, sentence);
      }),
    );
  });

  test('a server that ends each connection after the handshake is one that is away', async (t) => {
    const { cert, key } = await authority.issue('IP:127.0.0.1');
    const door = createServer({ cert, key }, (socket) => socket.on('error', () => {}).end());
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    t.after(() => door.close());
    const address = door.address();
    assert.ok(typeof address === 'object' && address !== null);
    const place = { url: `rediss://127.0.0.1:${address.port}`, tls: { ca: authority.cert } };
    assert.equal((await refusalOf(t, place)).code, 'store-unavailable');
  });

  test('a certificate and a key that do not belong together are told as such', async (t) => {
    const tls = { ca: authority.cert, cert: client.cert, key: authority.key };
    const { code, message } = await refusalOf(t, { url: `rediss://127.0.0.1:${port}`, tls });
    assert.equal(code, 'store-refused');
    assert.match(message, /KEY_VALUES_MISMATCH.*redis\.keyFile/);
  });

  test('sentinels are spoken to over TLS as well, and are checked', async (t) => {
    const server = await authority.issue('IP:127.0.0.1');
    const admin = { ca: authority.cert };
    const set = await startSentinelSet(t, { tls: { directives: directives(server, 'no'), admin } });
    await useEveryPort(await openTestRedis(t, { ...set.place, tls: { ca: authority.cert } }), 'sentinel');
    const { code, message } = await refusalOf(t, set.place);
    assert.equal(code, 'store-refused');
    assert.match(message, /certificate/);
  });
});
