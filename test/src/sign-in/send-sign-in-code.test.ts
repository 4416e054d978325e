import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requestResult } from '#src/sign-in/send-sign-in-code.ts';

describe('what the log tells of a code that was asked for', () => {
  test('is the id that its delivery report comes under, where one comes', () => {
    const sent = { kind: 'sent', sent: { delivery: 'a-delivery' } };
    assert.deepEqual(requestResult(sent), { outcome: 'success', reason: 'sent', message: 'a-delivery' });
    assert.deepEqual(requestResult({ kind: 'sent', sent: {} }), { outcome: 'success', reason: 'sent' });
  });

  test('is why none was sent', () => {
    assert.deepEqual(requestResult({ kind: 'wait' }), { outcome: 'failure', reason: 'wait' });
    const refused = { kind: 'refused', reason: 'unavailable' };
    assert.deepEqual(requestResult(refused), { outcome: 'failure', reason: 'unavailable' });
  });
});
