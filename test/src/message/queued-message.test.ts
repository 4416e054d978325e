import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { createCourier } from '#src/message/courier.ts';
import { derivedId } from '#src/message/derived-id.ts';
import type { Courier, DeliveryFault, Dispatch, SendResult } from '#src/message/ports.ts';
import { createMessageHandler, queuedMessage } from '#src/message/queued-message.ts';
import { createMessageBench, MOBILE } from './message-bench.ts';

const of = { id: randomUUID(), tenantId: randomUUID(), accountId: randomUUID(), createdAt: 1_000 };
const sms = { channel: 'sms', to: MOBILE, text: 'De tekst', locale: 'nl' } as const;
const claimed = (changes: { payload?: string } = {}) => ({
  ...queuedMessage({ ...of, issuer: 'https://login.example', message: sms }),
  ...{ attempts: 1, unreadable: false },
  ...changes,
});

describe('a message for the queue', () => {
  test('shows the channel and the end of a number, and of an e-mail address nothing', () => {
    const { payload, ...shown } = claimed();
    assert.deepEqual([shown.kind, shown.channel, shown.ending], ['message', 'sms', '78']);
    assert.equal(JSON.stringify(shown).includes(MOBILE.slice(3)), false);
    assert.ok(payload.includes(MOBILE));
    const mail = queuedMessage({
      ...{ ...of, issuer: 'https://login.example', expiresAt: 5_000 },
      message: {
        channel: 'email',
        to: 'a@b.example',
        subject: 'S',
        text: 'T',
        html: '<p>T</p>',
        locale: 'en',
      },
    });
    assert.deepEqual([mail.channel, mail.ending, mail.expiresAt], ['email', undefined, 5_000]);
  });

  test('is of use for a day, where nothing else is said', () => {
    assert.equal(claimed().expiresAt, of.createdAt + 24 * 3_600_000);
  });
});

describe('sending what is in the queue', () => {
  const handle = (result: SendResult, orders: unknown[] = []) => {
    const courier: Courier = {
      channels: ['sms'],
      send: async (order) => {
        orders.push(order);
        return result;
      },
    };
    return createMessageHandler({ courier });
  };

  test('hands over what was put in, under the item’s own id', async () => {
    const orders: unknown[] = [];
    const handled = await handle({ ok: true, supplier: 'http', delivery: 'd' }, orders)(claimed());
    assert.deepEqual(handled, { kind: 'done', supplier: 'http', delivery: 'd' });
    const { id: delivery, tenantId } = of;
    assert.deepEqual(orders, [{ ...sms, tenantId, issuer: 'https://login.example', delivery }]);
  });

  for (const [fault, kind] of [
    ['number', 'dead'],
    ['rejected', 'retry'],
    ['balance', 'retry'],
    ['unreachable', 'retry'],
  ] satisfies [DeliveryFault, string][]) {
    test(`is ${kind === 'dead' ? 'over' : 'tried again'} after ${fault}`, async () => {
      assert.deepEqual(await handle({ ok: false, fault })(claimed()), { kind, fault });
    });
  }

  test('is over for what can’t be read', async () => {
    for (const payload of ['', '{}', '{"channel":"fax"}', 'null']) {
      const handled = await handle({ ok: true, supplier: 'http' })(claimed({ payload }));
      assert.deepEqual(handled, { kind: 'dead', fault: 'malformed' });
    }
  });

  test('has one id for every supplier and every try, where others have a new one each', async () => {
    const { clock, log } = createMessageBench();
    const seen: string[] = [];
    const supplier = {
      ...{ name: 'test', channels: ['sms'] as const },
      send: async ({ delivery }: Dispatch): Promise<SendResult> => {
        seen.push(delivery);
        return { ok: false, fault: 'unreachable' };
      },
    };
    const courier = createCourier({ suppliers: { sms: [supplier, { ...supplier }] }, clock, log });
    const order = { ...sms, tenantId: of.tenantId, issuer: 'https://login.example' };
    await courier.send({ ...order, delivery: of.id });
    await courier.send({ ...order, delivery: of.id });
    assert.deepEqual(new Set(seen.splice(0)), new Set([of.id]));
    await courier.send(order);
    assert.equal(new Set(seen).size, 2);
  });
});

describe('a derived id', () => {
  test('is a UUID that follows from its parts, and from no others', () => {
    const ids = [['a'], ['b'], ['a', ''], ['', 'a'], ['a', 'b'], ['ab'], ['a","b'], []].map((parts) =>
      derivedId(...parts),
    );
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.ok(z.uuid().safeParse(id).success, id);
    assert.equal(derivedId('a', 'b'), ids[4]);
  });
});
