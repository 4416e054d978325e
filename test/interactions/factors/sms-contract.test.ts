import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { MethodContext, Typed } from '#src/sign-in/factor.ts';
import { describeFactorMethod } from '../../contracts/factor-method.ts';
import { createMessageBench, MOBILE, otherThan } from '../../src/message/message-bench.ts';
import { smsMethodOver } from '../../support/sms-method.ts';

const HOUR = 60 * 60_000;

describeFactorMethod('text message', () => {
  const bench = createMessageBench();
  const { clock, courier } = bench;
  const { method, request, send } = smsMethodOver(bench);
  const me = bench.context();

  /** The code that was just sent, and another one. */
  const answers = (context: MethodContext) => {
    const code = /^\d{6}/.exec(courier.sent.at(-1)?.text ?? '')?.[0] ?? '';
    return { context, right: { code }, wrong: { code: otherThan(code) } satisfies Typed };
  };
  /** Long after whatever was sent before: no wait and no limit stands in the way. */
  const later = (context: MethodContext) => {
    clock.advance(HOUR);
    return { ...context, now: clock.now() };
  };

  return {
    method,
    people: [me, bench.context({ tenant: me.tenant, accountId: randomUUID() })],
    async prepareSetUp(person) {
      const context = later(person);
      const asked = await request(context, { phone: MOBILE, channel: 'sms' }, undefined);
      assert.ok(asked.kind === 'sent', asked.kind);
      return { ...answers(context), pending: asked.pending };
    },
    async prepareSignIn(person, owned) {
      const context = later(person);
      const outcome = await send(context, owned, 'sms');
      // Who has no number is sent nothing; no code is right then.
      if (outcome.kind !== 'sent') return { context, right: { code: '123456' }, wrong: { code: '654321' } };
      return answers(context);
    },
    malformed: [{ code: '12345' }, { code: '1234567' }, { code: 'abcdef' }, { phone: '123456' }],
  };
});
