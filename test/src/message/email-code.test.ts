import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { createEmailCode } from '#src/message/email-code.ts';
import { createMessageBench, otherThan } from './message-bench.ts';

const EMAIL = 'J.deVries@Voorbeeld.example';
const MINUTE = 60_000;

function createBench() {
  const bench = createMessageBench();
  const emailCode = createEmailCode({
    ...bench,
    render: ({ loginName }, code) => ({
      subject: 'subject',
      text: `${loginName}: ${code}`,
      html: `<p>${code}</p>`,
    }),
  });
  const lastCode = () => /\d{6}/.exec(bench.courier.sent.at(-1)?.text ?? '')?.[0] ?? '';
  return { ...bench, emailCode, lastCode, me: bench.context() };
}

describe('a code that proves an e-mail address', () => {
  test('goes to the address as it was typed, and is right once', async () => {
    const { emailCode, courier, clock, me, lastCode } = createBench();
    const outcome = await emailCode.send(me, EMAIL);
    assert.deepEqual(outcome, { kind: 'sent', againAt: clock.now() + 30_000 });
    const code = lastCode();
    assert.deepEqual(courier.sent, [
      {
        tenantId: me.tenant.id,
        issuer: me.tenant.issuer,
        channel: 'email',
        to: EMAIL,
        subject: 'subject',
        text: `j.devries: ${code}`,
        html: `<p>${code}</p>`,
        locale: 'nl',
      },
    ]);
    assert.equal(await emailCode.redeem(me, EMAIL.toLowerCase(), ` ${code} `), 'right');
    assert.equal(await emailCode.redeem(me, EMAIL, code), 'gone');
  });

  test('has a wait after it, and none once it is redeemed', async () => {
    const { emailCode, me, lastCode, clock } = createBench();
    await emailCode.send(me, EMAIL);
    assert.deepEqual(await emailCode.send(me, EMAIL), { kind: 'wait', until: clock.now() + 30_000 });
    assert.equal(await emailCode.redeem(me, EMAIL, lastCode()), 'right');
    assert.equal((await emailCode.send(me, EMAIL)).kind, 'sent');
  });

  test('need not wait for one that went to a wrong address, and ends that one', async () => {
    const { emailCode, me, lastCode } = createBench();
    await emailCode.send(me, EMAIL);
    const first = lastCode();
    assert.equal((await emailCode.send(me, 'corrected@voorbeeld.example')).kind, 'sent');
    assert.equal(await emailCode.redeem(me, EMAIL, first), 'gone');
  });

  test('is nothing for another address, person, interaction or tenant, and a try there costs it none', async () => {
    const { emailCode, me, context, lastCode } = createBench();
    await emailCode.send(me, EMAIL);
    for (let i = 0; i < 6; i += 1) {
      assert.equal(await emailCode.redeem(me, 'other@voorbeeld.example', lastCode()), 'gone');
      assert.equal(await emailCode.redeem({ ...me, accountId: randomUUID() }, EMAIL, lastCode()), 'gone');
      assert.equal(await emailCode.redeem({ ...me, interaction: randomUUID() }, EMAIL, lastCode()), 'gone');
      assert.equal(await emailCode.redeem({ ...me, tenant: context().tenant }, EMAIL, lastCode()), 'gone');
    }
    assert.equal(await emailCode.redeem(me, EMAIL, lastCode()), 'right');
  });

  test('takes five tries and lives ten minutes', async () => {
    const { emailCode, me, lastCode, clock } = createBench();
    await emailCode.send(me, EMAIL);
    assert.equal(await emailCode.redeem(me, EMAIL, 'nothing'), 'malformed');
    for (let i = 0; i < 5; i += 1) {
      assert.equal(await emailCode.redeem(me, EMAIL, otherThan(lastCode())), 'wrong');
    }
    assert.equal(await emailCode.redeem(me, EMAIL, lastCode()), 'gone');
    clock.advance(MINUTE);
    await emailCode.send(me, EMAIL);
    clock.advance(10 * MINUTE);
    assert.equal(await emailCode.redeem(me, EMAIL, lastCode()), 'gone');
  });

  test('ends the one before it, also one for another address', async () => {
    const { emailCode, me, lastCode, clock } = createBench();
    await emailCode.send(me, EMAIL);
    const old = lastCode();
    clock.advance(MINUTE);
    await emailCode.send(me, 'other@voorbeeld.example');
    assert.equal(await emailCode.redeem(me, EMAIL, old), 'gone');
  });

  test('is sent to one account 3 times in 10 minutes and 10 times a day, whatever the addresses', async () => {
    const { emailCode, me, courier, clock } = createBench();
    const start = clock.now();
    const sendAll = async (times: number) => {
      for (let i = 0; i < times; i += 1) {
        await emailCode.send(me, `mailbox-${courier.sent.length}@voorbeeld.example`);
        clock.advance(2 * MINUTE);
      }
    };
    await sendAll(4);
    assert.equal(courier.sent.length, 3);
    const next = await emailCode.send(me, EMAIL);
    assert.deepEqual(next, { kind: 'wait', until: start + 10 * MINUTE });
    await sendAll(60);
    assert.equal(courier.sent.length, 10);
  });

  test('is sent to one address as often, whatever the accounts and however it is written', async () => {
    const { emailCode, context, me, courier, clock } = createBench();
    for (let i = 0; i < 8; i += 1) {
      const written = i % 2 === 0 ? EMAIL : EMAIL.toUpperCase();
      await emailCode.send(context({ tenant: me.tenant }), written);
    }
    assert.equal(courier.sent.length, 3);
    clock.advance(60 * MINUTE);
    for (let i = 0; i < 40; i += 1) {
      await emailCode.send(context({ tenant: me.tenant }), EMAIL);
      clock.advance(10 * MINUTE);
    }
    assert.equal(courier.sent.length, 10);
  });

  test('that nobody takes is told as what it means for the person, and counts against no limit', async () => {
    const { emailCode, me, courier } = createBench();
    for (const [fault, reason] of [
      ['number', 'undeliverable'],
      ['unreachable', 'unavailable'],
      ['rejected', 'unavailable'],
      ['balance', 'unavailable'],
    ] as const) {
      courier.fault = fault;
      for (let i = 0; i < 4; i += 1) {
        assert.deepEqual(await emailCode.send(me, EMAIL), { kind: 'refused', reason });
      }
    }
    courier.fault = undefined;
    assert.equal((await emailCode.send(me, EMAIL)).kind, 'sent');
  });

  test('can not be sent where no supplier takes mail', async () => {
    const { emailCode, me, courier } = createBench();
    courier.channels = ['sms'];
    assert.deepEqual(await emailCode.send(me, EMAIL), { kind: 'refused', reason: 'unavailable' });
  });
});
