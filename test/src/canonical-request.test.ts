import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { isIP, Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tenantSchema } from '#config/tenant.ts';
import { browserAddress, canonicalise, hostOf, requestedHost } from '#src/canonical-request.ts';

const tenant = {
  id: 't',
  key: 'default',
  issuer: 'https://login.example',
  settings: tenantSchema.parse({
    name: 'Test',
    productName: 'Test',
    applicationName: 'Test',
    initiateLoginUri: 'https://app.example/login',
    helpDesk: { email: 'help@app.example' },
  }),
};

function request(url: string, headers: IncomingMessage['headers']): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  req.url = url;
  Object.assign(req.headers, headers);
  return req;
}

describe('the host a request is for', () => {
  test('is the Host header in one spelling', () => {
    for (const [host, expected] of [
      ['login.example', 'login.example'],
      ['LOGIN.Example', 'login.example'],
      ['login.example:443', 'login.example'],
      ['login.example:80', 'login.example'],
      ['login.example:8443', 'login.example:8443'],
      ['[::1]:3000', '[::1]:3000'],
    ] as const) {
      assert.equal(requestedHost(request('/', { host })), expected, host);
    }
  });

  test('is nobody’s when the header names no host and nothing else', () => {
    for (const host of [
      '',
      'a/b',
      'user@login.example',
      'login.example?x',
      'login.example#x',
      'a b',
      'login.example/',
    ]) {
      const found = requestedHost(request('/', { host }));
      assert.notEqual(found, 'a', host);
      if (host !== 'login.example/') assert.equal(found, undefined, host);
    }
    assert.equal(requestedHost(request('/', {})), undefined);
  });

  test('is nobody’s when the request line names another one', () => {
    const host = 'login.example';
    assert.equal(requestedHost(request('http://login.example/auth', { host })), host);
    for (const target of [
      'http://evil.example/auth',
      'http://login.example.evil.example/',
      'http://login.example:81/',
      '*',
      'x',
    ]) {
      assert.equal(requestedHost(request(target, { host })), undefined, target);
    }
  });

  test('of an issuer is its host, with a port that is not the scheme’s own', () => {
    assert.equal(hostOf('https://login.example'), 'login.example');
    assert.equal(hostOf('http://localhost:3000'), 'localhost:3000');
  });
});

describe('the canonical request', () => {
  test('names the tenant’s own scheme and host, whatever the headers said', () => {
    const req = request('http://login.example:443/auth?x=1', {
      host: 'LOGIN.example:443',
      forwarded: 'host=evil.example;proto=http',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-port': '81',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-server': 'evil.example',
      'x-original-url': '/admin',
      'x-rewrite-url': '/admin',
    });
    canonicalise(req, tenant, '198.18.0.1');
    assert.equal(req.url, '/auth?x=1');
    assert.deepEqual(
      { ...req.headers },
      { host: 'login.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.18.0.1' },
    );
  });
});

describe('the address of a browser', () => {
  const from = (header: string | undefined, hops: number) => {
    const req = request('/', header === undefined ? {} : { 'x-forwarded-for': header });
    Object.defineProperty(req.socket, 'remoteAddress', { value: '192.0.2.1' });
    return browserAddress(req, hops);
  };

  test('is the socket’s own without a trusted proxy, whatever the header says', () => {
    assert.equal(from('10.0.0.1', 0), '192.0.2.1');
  });

  test('is what the outermost trusted proxy wrote; what strangers wrote left of it does not count', () => {
    assert.equal(from('198.18.0.1', 1), '198.18.0.1');
    assert.equal(from('10.0.0.1, 10.0.0.2, 198.18.0.1', 1), '198.18.0.1');
    assert.equal(from('10.0.0.1, 198.18.0.1, 192.0.2.9', 2), '198.18.0.1');
  });

  test('is the socket’s own when the header is missing, empty or too short', () => {
    for (const header of [undefined, '', ' ', '198.18.0.1, '])
      assert.equal(from(header, 1), '192.0.2.1', header);
    assert.equal(from('198.18.0.1', 2), '192.0.2.1');
  });

  test('loses the port and the brackets that some proxies write', () => {
    for (const [entry, address] of [
      ['198.18.0.1:5566', '198.18.0.1'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['2001:db8::1', '2001:db8::1'],
      ['::ffff:198.18.0.1', '::ffff:198.18.0.1'],
      ['[::ffff:198.18.0.1]:1', '::ffff:198.18.0.1'],
    ] as const) {
      assert.equal(from(`10.0.0.1, ${entry}`, 1), address, entry);
    }
  });

  test('is the socket’s own when a proxy wrote something that is no address', () => {
    for (const entry of [
      'unknown',
      '_hidden',
      'localhost',
      'for=198.18.0.1',
      '"198.18.0.1"',
      '198.18.0.256',
      '198.18.0.1:',
      '198.18.0.1:x',
      '198.18.0.1:5566:1',
      '[198.18.0.1]:80',
      '[2001:db8::1',
      '[2001:db8::1]443',
      '[2001:db8::1]:',
      '[]:443',
    ]) {
      assert.equal(from(entry, 1), '192.0.2.1', entry);
    }
  });

  test('is the same however a proxy writes it, and different for different browsers', () => {
    const bare = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(bare, fc.integer({ min: 1, max: 65535 }), fc.string(), (address, port, strangers) => {
        const bracketed = address.includes(':') ? `[${address}]` : address;
        for (const written of [address, bracketed, `${bracketed}:${port}`]) {
          assert.equal(from(`${strangers}, ${written}`, 1), address, written);
        }
      }),
    );
  });

  test('is always an address', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 5 }), (header, hops) => {
        assert.notEqual(isIP(from(header, hops)), 0);
      }),
    );
  });
});
