import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import type { Message } from '#src/message/ports.ts';

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
