import assert from 'node:assert/strict';
import { createSmsMethod } from '#interactions/factors/sms.ts';
import { createTexts } from '#interactions/i18n.ts';
import { createSendCode } from '#src/message/send-code.ts';
import type { MessageBench } from '../src/message/message-bench.ts';

/** The method of codes by phone over a bench, with the parts of it that a test calls by themselves. */
export function smsMethodOver(bench: MessageBench) {
  const { courier, codes, limiter, factors, digester } = bench;
  const sendCode = createSendCode(bench);
  const method = createSmsMethod({
    ...{ courier, sendCode, codes, limiter, factors, digester },
    texts: createTexts(),
  });
  const { setUp, signIn } = method;
  assert.ok(setUp?.request !== undefined && signIn.send !== undefined);
  return { method, setUp, signIn, request: setUp.request, send: signIn.send };
}
