import assert from 'node:assert/strict';
import { lookup } from 'node:dns';
import { createServer } from 'node:https';
import { type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { listen } from '#src/listen.ts';
import { postForm } from '#src/provider/post-form.ts';
import { canBeApplication, postToPrivateNetwork } from '#src/provider/private-network.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { freePort } from '../../support/private-server.ts';

const form = { body: new URLSearchParams({ logout_token: 'token' }) };

test('an application can be on the internet and in a private network', () => {
  for (const address of [
    '10.1.2.3',
    '172.16.0.9',
    '192.168.1.1',
    '100.64.0.1',
    '8.8.8.8',
    'fd00::1',
    '2a00::1',
  ]) {
    assert.equal(canBeApplication(address), true, address);
  }
});

test('it is never at loopback, a wire of its own, a group, nor what is no address', () => {
  const here = [
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ];
  const elsewhere = [
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fe80::1',
    'ff02::1',
    '224.0.0.1',
    '255.255.255.255',
  ];
  const clouds = ['100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254', '64:ff9b::a9fe:a9fe'];
  for (const address of [...here, ...elsewhere, ...clouds, 'inner', '10.1', '']) {
    assert.equal(canBeApplication(address), false, address);
  }
});

test('nothing is posted to loopback, by whatever name', async () => {
  for (const host of [
    'localhost',
    '127.0.0.1',
    '2130706433',
    '[::1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
  ]) {
    const refused = await postToPrivateNetwork(new URL(`https://${host}/told`), form).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    assert.ok(refused instanceof TypeError && refused.cause instanceof Error, host);
    assert.match(refused.cause.message, /special-use/, host);
  }
});

/** An application with a certificate that an authority of its own signed. */
async function application(t: TestContext) {
  const authority = await makeAuthority(t);
  const { cert, key } = await authority.issue('DNS:localhost');
  const asked: string[] = [];
  const server = createServer({ cert, key }, (req, res) => {
    asked.push(`${req.method} ${req.url}`);
    res.writeHead(307, { Location: '/elsewhere' }).end();
  });
  const port = await freePort();
  const { close } = await listen(server, { port, address: 'localhost', setting: 'none' });
  t.after(close);
  return { address: new URL(`https://localhost:${port}/told`), asked, authority };
}

test('its certificate is checked, against authorities that were added too, and no redirect is followed', async (t) => {
  const { address, asked, authority } = await application(t);

  const usual = getCACertificates('default');
  t.after(() => setDefaultCACertificates(usual));
  await assert.rejects(postForm(address, form, lookup), { name: 'TypeError', message: 'fetch failed' });
  assert.deepEqual(asked, []);
  setDefaultCACertificates([...usual, authority.cert]);
  assert.equal((await postForm(address, form, lookup)).status, 307);
  assert.deepEqual(asked, ['POST /told']);
});
