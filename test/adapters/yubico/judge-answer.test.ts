import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgeAnswer, readAnswer } from '#adapters/yubico/judge-answer.ts';
import { signatureOf } from '#adapters/yubico/signature.ts';
import { createYubiKey } from '../../support/yubikey.ts';

const otp = createYubiKey().touch();
const question = { otp, nonce: 'n'.repeat(32), key: Buffer.alloc(20, 7) };
const counters = { sessioncounter: '7', sessionuse: '3' };
const echo = { otp, nonce: question.nonce };

function answerOf(fields: Record<string, string>, key = question.key): string {
  const entries = Object.entries({ t: '2026-01-15T09:00:00Z0123', ...fields });
  const lines = [['h', signatureOf(new Map(entries), key)], ...entries];
  return lines.map(([name, value]) => `${name}=${value}\r\n`).join('');
}
const kindOf = (fields: Record<string, string>) => judgeAnswer(answerOf(fields), question).kind;

describe('an answer of a validation server', () => {
  test('that is signed and about this very request says what the key counted', () => {
    assert.deepEqual(judgeAnswer(answerOf({ ...echo, ...counters, status: 'OK' }), question), {
      kind: 'valid',
      publicId: otp.slice(0, 12),
      sessionCounter: 7,
      useCounter: 3,
    });
  });

  test('is final when it is a signed refusal', () => {
    const judged = (fields: Record<string, string>) => judgeAnswer(answerOf(fields), question);
    assert.deepEqual(judged({ ...echo, status: 'REPLAYED_OTP' }), { kind: 'refused', reason: 'replayed' });
    assert.deepEqual(judged({ ...echo, status: 'BAD_OTP' }), { kind: 'refused', reason: 'bad' });
    assert.deepEqual(judged({ status: 'BAD_OTP' }), { kind: 'refused', reason: 'bad' });
  });

  test('settles nothing when it is about another code or request, whatever it says', () => {
    for (const status of ['OK', 'REPLAYED_OTP', 'BAD_OTP']) {
      for (const other of [{ otp: createYubiKey().touch() }, { nonce: 'm'.repeat(32) }, { nonce: '' }]) {
        assert.equal(
          kindOf({ ...echo, ...counters, status, ...other }),
          'fault',
          JSON.stringify({ status, other }),
        );
      }
    }
    for (const status of ['OK', 'REPLAYED_OTP']) assert.equal(kindOf({ ...counters, status }), 'fault');
  });

  test('settles nothing without the right signature, also as a refusal', () => {
    for (const status of ['OK', 'REPLAYED_OTP', 'BAD_OTP']) {
      const forged = answerOf({ ...echo, ...counters, status }, Buffer.alloc(0));
      assert.equal(judgeAnswer(forged, question).kind, 'fault', status);
    }
  });

  test('settles nothing when it judged nothing', () => {
    for (const status of [
      'BAD_SIGNATURE',
      'MISSING_PARAMETER',
      'NO_SUCH_CLIENT',
      'OPERATION_NOT_ALLOWED',
      'BACKEND_ERROR',
      'NOT_ENOUGH_ANSWERS',
      'REPLAYED_REQUEST',
      'ok',
      'OK ',
      '',
      'toString',
      '__proto__',
    ]) {
      const verdict = judgeAnswer(answerOf({ ...echo, ...counters, status }), question);
      assert.equal(verdict.kind, 'fault', status);
    }
  });

  test('tells operators which setting a complaint is about, also when it is signed with no key', () => {
    for (const [status, setting] of [
      ['BAD_SIGNATURE', /yubico\.secretKey/],
      ['NO_SUCH_CLIENT', /yubico\.clientId/],
    ] as const) {
      const verdict = judgeAnswer(answerOf({ status }, Buffer.alloc(0)), question);
      assert.ok(verdict.kind === 'fault');
      assert.match(verdict.reason, setting);
    }
  });

  test('says OK for nothing without two counters that a YubiKey can have', () => {
    for (const [sessioncounter, sessionuse] of [
      ['65536', '0'],
      ['0', '256'],
      ['-1', '0'],
      ['1e2', '0'],
      ['', '0'],
      ['0', ' 1'],
      ['0x1', '0'],
      ['１', '0'],
    ] as const) {
      assert.equal(
        kindOf({ ...echo, sessioncounter, sessionuse, status: 'OK' }),
        'fault',
        `${sessioncounter} ${sessionuse}`,
      );
    }
    assert.equal(kindOf({ ...echo, sessioncounter: '1', status: 'OK' }), 'fault');
    assert.equal(kindOf({ ...echo, sessioncounter: '65535', sessionuse: '255', status: 'OK' }), 'valid');
  });

  test('that says something twice is no answer', () => {
    const once = answerOf({ ...echo, ...counters, status: 'OK' });
    for (const more of ['status=OK\n', 'status=REPLAYED_OTP\n', `otp=${otp}\n`, 'h=AAAA\n']) {
      assert.equal(readAnswer(once + more), undefined);
      assert.equal(judgeAnswer(more + once, question).kind, 'fault');
    }
  });

  test('is never OK unless whoever holds the key said so, and its reason repeats nothing of it', () => {
    const line = fc
      .tuple(fc.constantFrom('status', 'h', 'otp', 'nonce', 'x'), fc.string())
      .map((pair) => pair.join('='));
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(line, fc.constantFrom('status=OK', `otp=${otp}`))).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, (answer) => {
        const verdict = judgeAnswer(answer, question);
        assert.ok(verdict.kind === 'fault');
        assert.doesNotMatch(verdict.reason, new RegExp(otp));
        assert.match(verdict.reason, /^(answers|says [A-Z_]+:) /);
      }),
    );
  });
});
