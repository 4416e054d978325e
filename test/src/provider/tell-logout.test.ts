import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueItem } from '#src/message/queue-ports.ts';
import { createTellLogout, readNotice } from '#src/provider/tell-logout.ts';
import { createTestClock } from '../../support/clock.ts';

const uri = { backchannel_logout_uri: 'https://app.example/told' };
const ended = {
  ...{ tenantId: 'one', issuer: 'https://one.example', accountId: 'anna' },
  ...{ clientId: 'app', sid: 'session', grantId: 'grant' },
};

function bench() {
  const clock = createTestClock();
  const put: QueueItem[][] = [];
  const asked: string[] = [];
  const tell = createTellLogout({
    queue: { put: async (items) => void put.push([...items]) },
    configured: (tenantId) => new Map(tenantId === 'one' ? [['app', uri]] : []),
    clients: {
      find: async (tenantId, clientId) => {
        asked.push(`${tenantId} ${clientId}`);
        return clientId === 'registered' ? uri : undefined;
      },
    },
    clock,
  });
  return { clock, put, asked, tell };
}

test('an application is told of a session for a day, and the item says who is told of whom', async () => {
  const { clock, put, tell } = bench();
  await tell([ended]);
  const [[item] = []] = put;
  assert.ok(item);
  assert.equal(item.expiresAt - item.createdAt, 24 * 3_600_000);
  assert.equal(item.createdAt, clock.now());
  assert.deepEqual([item.kind, item.tenantId, item.accountId], ['back-channel-logout', 'one', 'anna']);
  const { clientId, issuer, accountId, sid } = ended;
  assert.deepEqual(readNotice(item.payload), { clientId, issuer, accountId, sid });
});

test('the same end is one item however often it is told; what was held anew since, or elsewhere, is another', async () => {
  const { clock, put, tell } = bench();
  await tell([ended]);
  clock.advance(1);
  await tell([ended]);
  assert.equal(new Set(put.flat().map(({ id }) => id)).size, 1);
  await tell([
    { ...ended, grantId: 'another' },
    { ...ended, sid: 'another' },
    { ...ended, sid: undefined },
    { ...ended, accountId: 'bram' },
    { ...ended, clientId: 'registered' },
    { ...ended, tenantId: 'two', clientId: 'registered' },
  ]);
  assert.equal(new Set(put.flat().map(({ id }) => id)).size, 7);
});

test('who registered no address is passed over; each is looked up once, and nothing is put in for nobody', async () => {
  const { put, asked, tell } = bench();
  await tell([]);
  await tell([
    { ...ended, tenantId: 'two' },
    { ...ended, clientId: 'deaf' },
    { ...ended, clientId: 'deaf', sid: 'other' },
  ]);
  assert.deepEqual(put, [], 'a client of the configuration is its own organisation’s');
  assert.deepEqual(asked, ['two app', 'one deaf']);
});

test('what another version put in is no notice', () => {
  for (const payload of ['', 'null', '{}', '[]', '{"issuer":1}'])
    assert.equal(readNotice(payload), undefined);
});
