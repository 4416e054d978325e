import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PHONE_CODE_LIFE } from '#src/message/one-time-codes.ts';
import { type CodeToSend, createSendCode } from '#src/message/send-code.ts';
import { createMessageBench, MOBILE } from './message-bench.ts';

function createBench() {
  const bench = createMessageBench();
  const context = bench.context();
  const sendCode = createSendCode(bench);
  const wanted: CodeToSend = {
    number: MOBILE,
    channel: 'sms',
    purpose: 'sign-in',
    accounts: 1,
    named: false,
    slot: 'sign-in:account-1',
    binding: 'binding-1',
    write: (code, loginName) => `code ${code} for ${loginName ?? 'you'}`,
  };
  const lastCode = () => /code (\d{6})/.exec(bench.courier.sent.at(-1)?.text ?? '')?.[1] ?? '';
  const redeem = (code: string) => bench.codes.redeem(context.tenant.id, wanted.slot, wanted.binding, code);
  return {
    ...bench,
    context,
    wanted,
    redeem,
    lastCode,
    send: (changes: Partial<CodeToSend> = {}) => sendCode(context, { ...wanted, ...changes }),
  };
}

describe('sending a code', () => {
  test('hands the text with the code over, and says how it went and when the next may be asked for', async () => {
    const { send, courier, clock, context, lastCode, redeem } = createBench();
    const at = clock.now();
    assert.deepEqual(await send(), {
      kind: 'sent',
      sent: { channel: 'sms', ending: '78', at, againAt: at + 30_000, delivery: 'delivery-1' },
    });
    const { tenant } = context;
    assert.deepEqual(courier.sent, [
      {
        tenantId: tenant.id,
        issuer: tenant.issuer,
        channel: 'sms',
        to: MOBILE,
        text: `code ${lastCode()} for you`,
        locale: 'nl',
      },
    ]);
    assert.equal(await redeem(lastCode()), 'right');
  });

  test('names whose sign-in it is only when that must be said', async () => {
    const { send, courier, clock } = createBench();
    await send({ named: true, channel: 'voice' });
    assert.match(courier.sent[0]?.text ?? '', /for j\.devries$/);
    clock.advance(60_000);
    await send();
    assert.match(courier.sent[1]?.text ?? '', /for you$/);
  });

  test('ends the code before it', async () => {
    const { send, clock, lastCode, redeem } = createBench();
    await send();
    const old = lastCode();
    clock.advance(30_000);
    await send();
    if (lastCode() !== old) assert.equal(await redeem(old), 'wrong');
    assert.equal(await redeem(lastCode()), 'right');
  });

  test('that is refused by a limit sends nothing and leaves the code before it good', async () => {
    const { send, clock, courier, lastCode, redeem } = createBench();
    await send();
    const until = clock.now() + 30_000;
    assert.deepEqual(await send(), { kind: 'wait', until });
    assert.equal(courier.sent.length, 1);
    assert.equal(await redeem(lastCode()), 'right');
  });

  test('that nobody takes is told as what it means for the person, and counts against no limit', async () => {
    const { send, courier } = createBench();
    for (const [fault, reason] of [
      ['number', 'undeliverable'],
      ['balance', 'unavailable'],
      ['rejected', 'unavailable'],
    ] as const) {
      courier.fault = fault;
      for (let i = 0; i < 5; i += 1) assert.deepEqual(await send(), { kind: 'refused', reason });
    }
    courier.fault = undefined;
    assert.equal((await send()).kind, 'sent');
  });

  test('that may have left all the same, for nobody answered, counts like one that did', async () => {
    const { send, courier, clock } = createBench();
    courier.fault = 'unreachable';
    assert.deepEqual(await send(), { kind: 'refused', reason: 'unavailable' });
    assert.deepEqual(await send(), { kind: 'wait', until: clock.now() + 30_000 });
  });

  test('by a channel that no supplier serves is refused before anything is counted or ended', async () => {
    const { send, courier, lastCode, redeem, clock } = createBench();
    await send();
    clock.advance(60_000);
    courier.channels = ['sms'];
    assert.deepEqual(await send({ channel: 'voice' }), { kind: 'refused', reason: 'unavailable' });
    assert.equal(await redeem(lastCode()), 'right');
  });

  test('over the daily budget is told as an outage: no waiting helps', async () => {
    const { courier, context, wanted, codes, limiter, clock } = createBench();
    const { settings } = context.tenant;
    const tenant = {
      ...context.tenant,
      settings: { ...settings, phone: { ...settings.phone, dailyBudget: 1 } },
    };
    const sendCode = createSendCode({ courier, codes, limiter, clock });
    await sendCode({ ...context, tenant, accountId: 'account-1' }, wanted);
    const outcome = await sendCode({ ...context, tenant, accountId: 'account-2' }, wanted);
    assert.deepEqual(outcome, { kind: 'refused', reason: 'unavailable' });
  });

  test('lives as long as the policy says', async () => {
    const { send, clock, lastCode, redeem } = createBench();
    await send();
    clock.advance(PHONE_CODE_LIFE.ttl * 1000);
    assert.equal(await redeem(lastCode()), 'gone');
  });
});
