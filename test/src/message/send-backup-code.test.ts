import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { phoneData, phoneIdentity } from '#src/message/phone-factor.ts';
import { createSendBackupCode } from '#src/message/send-backup-code.ts';
import { createSendToPhone } from '#src/message/send-to-phone.ts';
import { createMessageBench, LANDLINE, MOBILE } from './message-bench.ts';

const CODE = '0123 4567';

function createBench() {
  const bench = createMessageBench();
  const { courier, factors, digester } = bench;
  const context = bench.context();
  const addPhone = (phone: string, accountId = context.accountId) => {
    const { id: tenantId } = context.tenant;
    const identity = phoneIdentity(digester, tenantId, phone);
    const times = { lastCounter: undefined, createdAt: 0, lastUsedAt: undefined };
    const factor = { id: randomUUID(), tenantId, accountId, kind: 'sms', label: '' };
    factors.all.push({ ...factor, data: phoneData(phone), identity, ...times });
  };
  const sender = createSendBackupCode({
    courier,
    sendToPhone: createSendToPhone(bench),
    factors,
    digester,
    write: ({ loginName }, code) => `${loginName} ${code}`,
  });
  return {
    ...bench,
    addPhone,
    send: () => sender.send(context, CODE),
    canSend: () => sender.canSend(context),
  };
}

describe('sending a backup code by text message', () => {
  test('is offered only to who has a number that shows them', async () => {
    const { addPhone, canSend } = createBench();
    assert.equal(await canSend(), false);
    addPhone(LANDLINE);
    assert.equal(await canSend(), false);
    addPhone(MOBILE);
    assert.equal(await canSend(), true);
  });

  test('goes to the first proved number that shows text messages', async () => {
    const { addPhone, send, courier } = createBench();
    addPhone(LANDLINE);
    addPhone(MOBILE);
    addPhone('+31687654321');
    assert.equal((await send()).kind, 'sent');
    assert.deepEqual(
      courier.sent.map(({ channel, to, text }) => ({ channel, to, text })),
      [{ channel: 'sms', to: MOBILE, text: `j.devries ${CODE}` }],
    );
  });

  test('is refused to who has no such number', async () => {
    const { addPhone, send } = createBench();
    assert.deepEqual(await send(), { kind: 'refused', reason: 'undeliverable' });
    addPhone(LANDLINE);
    addPhone('+32470123456');
    assert.deepEqual(await send(), { kind: 'refused', reason: 'undeliverable' });
  });

  test('keeps to the limits of all sends, and has the waits of codes', async () => {
    const { addPhone, send, courier, clock } = createBench();
    addPhone(MOBILE);
    for (let i = 0; i < 20; i += 1) {
      await send();
      clock.advance(60_000);
    }
    assert.equal(courier.sent.length, 5);
    assert.equal((await send()).kind, 'wait');
  });
});
