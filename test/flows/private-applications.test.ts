import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
import { CLIENT, startInstallation } from '../support/installation.ts';
import { freePort } from '../support/private-server.ts';
import { eventually } from '../support/product-process.ts';

/* Without the setting a connection is made and cut; with it, this machine is told apart before there is any. */
test('with unsafe.privateApplications applications of a private network are told by a way of their own, and never this machine', async (t) => {
  const connected: string[] = [];
  const port = await freePort();
  const server = createServer((socket) => {
    connected.push(`${socket.remoteAddress}`);
    socket.destroy();
  }).listen(port, 'localhost');
  t.after(() => server.close());
  await once(server, 'listening');
  const { running, issuer, createAccount } = await startInstallation(t, {
    replicas: 1,
    settings: { unsafe: { plainHttp: true, privateApplications: true } },
    clients: [
      {
        ...{ client_id: 'inner', client_secret: 'a-secret-of-another-client-0123456789' },
        redirect_uris: [CLIENT.redirect_uris[0]],
        backchannel_logout_uri: `https://localhost:${port}/told`,
      },
    ],
  });
  const { durable, tenant } = running.composition;
  const { account } = await createAccount({ loginName: 'binnen' });
  const payload = JSON.stringify({ issuer, accountId: account.id, clientId: 'inner' });
  const item = { id: randomUUID(), tenantId: tenant.id, accountId: account.id, kind: LOGOUT_KIND, payload };
  await durable.queue.put([{ ...item, createdAt: Date.now(), expiresAt: Date.now() + 3_600_000 }]);
  const [told] = await eventually(
    async () => {
      const all = await durable.audit.events.page(tenant.id, { after: 0, limit: 1_000 });
      return all.filter(({ event }) => event === 'logout.told');
    },
    ({ length }) => length > 0,
  );
  assert.equal(told?.reason, 'private-address');
  assert.deepEqual(connected, []);
});
