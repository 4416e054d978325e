import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox, outboxSupplier } from '#adapters/messaging/outbox.ts';
import type { Message } from '#src/message/ports.ts';
import { describeSupplierContract } from '../../contracts/supplier.ts';

const message = (at: number): Message => ({ at, channel: 'sms', to: '+31600000000', text: `message ${at}` });

test('messages are kept newest first, as they were sent', async () => {
  const outbox = createOutbox();
  for (const at of [1, 2, 3]) await outbox.send(message(at));
  assert.deepEqual(outbox.messages(), [message(3), message(2), message(1)]);
});

test('what the sender changes afterwards does not show', async () => {
  const outbox = createOutbox();
  const sent = message(1);
  await outbox.send(sent);
  sent.text = 'changed';
  assert.deepEqual(outbox.messages(), [message(1)]);
});

test('the outbox is bounded: the oldest messages make room', async () => {
  const outbox = createOutbox();
  for (let at = 0; at < 500; at += 1) await outbox.send(message(at));
  assert.ok(outbox.messages().length <= 200);
  assert.equal(outbox.messages()[0]?.at, 499);
});

for (const channel of ['sms', 'voice', 'email'] as const) {
  const to = channel === 'email' ? 'hr@employer.example' : '+31612345678';
  describeSupplierContract('The outbox', {
    ...{ channel, to, behaviours: [] },
    open: () => {
      const outbox = createOutbox();
      return {
        supplier: outboxSupplier(outbox),
        reached: Promise.resolve(),
        get arrived() {
          return outbox.messages().map((kept) => ({ to: kept.to, text: kept.text }));
        },
      };
    },
  });
}

test('the outbox keeps of a message what a person would read, and nothing of how it was sent', async () => {
  const outbox = createOutbox();
  const sent = { ...message(1), html: '<p>message 1</p>', locale: 'nl' } as const;
  const route = { tenantId: 't', issuer: 'https://login.example', delivery: 'd' };
  await outboxSupplier(outbox).send({ ...sent, ...route }, AbortSignal.timeout(1000));
  assert.deepEqual(outbox.messages(), [message(1)]);
});
