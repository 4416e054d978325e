import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMessageBird } from '#adapters/messaging/messagebird.ts';
import { createMessageBirdVoice, spokenText } from '#adapters/messaging/messagebird-voice.ts';
import { createLog } from '#src/log.ts';
import type { Dispatch } from '#src/message/ports.ts';
import { describeSupplierContract } from '../../contracts/supplier.ts';
import { standInForMessageBird, standInThat, taken } from './messagebird-stand-in.ts';

const to = '+31612345678';
const behaviours = ['silent', 'cut', 'garbage', 'busy', 'number', 'balance', 'rejected'] as const;
const silentLog = createLog({ level: 'silent', format: 'json' });

const sms = { accessKey: 'live_key', originator: 'Example', reports: true };
const voice = { accessKey: 'live_key', originator: '+31201234567', reports: true };

const dispatch: Dispatch = {
  ...{ at: 1, channel: 'sms', to, text: '123456 is uw inlogcode.', locale: 'en' },
  ...{ tenantId: 't', issuer: 'https://login.example', delivery: 'd-1' },
};

describeSupplierContract('MessageBird', {
  ...{ channel: 'sms', to, behaviours },
  open: (t, how, log) => ({
    ...standInThat(t, '/messages', how),
    supplier: createMessageBird({ ...sms, log }),
  }),
});

describeSupplierContract('MessageBird', {
  ...{ channel: 'voice', to, behaviours, shown: spokenText },
  open: (t, how, log) => ({
    ...standInThat(t, '/voicemessages', how),
    supplier: createMessageBirdVoice({ ...voice, log }),
  }),
});

describe('a text message at MessageBird', () => {
  test('names sender and delivery, and asks for a report at the tenant’s own address', async (t) => {
    const { requests } = standInForMessageBird(t, '/messages', taken());
    const result = await createMessageBird({ ...sms, log: silentLog }).send(
      dispatch,
      AbortSignal.timeout(5000),
    );
    assert.deepEqual(result, { ok: true, supplier: 'messagebird', delivery: 'd-1' });
    assert.deepEqual(requests[0]?.body, {
      originator: 'Example',
      recipients: '31612345678',
      body: '123456 is uw inlogcode.',
      type: 'sms',
      datacoding: 'auto',
      reference: 'd-1',
      reportUrl: 'https://login.example/webhooks/messagebird/d-1',
    });
    assert.equal(requests[0]?.authorization, 'AccessKey live_key');
  });

  test('asks for no report that nobody could check, and promises no news', async (t) => {
    const { requests } = standInForMessageBird(t, '/messages', taken());
    const supplier = createMessageBird({ ...sms, reports: false, log: silentLog });
    assert.deepEqual(await supplier.send(dispatch, AbortSignal.timeout(5000)), {
      ok: true,
      supplier: 'messagebird',
    });
    assert.doesNotMatch(JSON.stringify(requests[0]?.body), /reportUrl/);
  });

  for (const [status, body, fault] of [
    [422, { errors: [{ code: 10, parameter: 'recipients' }] }, 'number'],
    [422, { errors: [{ code: 21, parameter: 'recipient' }] }, 'number'],
    [422, { errors: [{ code: 10, parameter: 'originator' }] }, 'rejected'],
    [
      422,
      {
        errors: [
          { code: 9, parameter: 'recipients' },
          { code: 10, parameter: 'originator' },
        ],
      },
      'rejected',
    ],
    [422, { errors: [{ code: 25, parameter: null }] }, 'balance'],
    [405, { errors: [{ code: 98 }] }, 'rejected'],
    [500, { errors: [{ code: 99 }] }, 'unreachable'],
    [200, { errors: [{ code: 99 }] }, 'unreachable'],
    [503, { errors: [{ code: 2, parameter: 'access_key' }] }, 'unreachable'],
    [429, { errors: [{ code: 101 }] }, 'unreachable'],
    [500, { id: 'no errors told' }, 'unreachable'],
    [200, {}, 'unreachable'],
    [200, [], 'unreachable'],
    [200, 'null', 'unreachable'],
    [200, '', 'unreachable'],
    [204, '', 'unreachable'],
    [200, { errors: 'x' }, 'unreachable'],
    [200, { errors: [null] }, 'unreachable'],
    [200, { errors: [] }, 'unreachable'],
    [201, { id: 'a', recipients: { items: [{ status: 'delivery_failed' }] } }, 'number'],
    [201, { id: 'a', recipients: { items: [] } }, 'unreachable'],
  ] as const) {
    test(`answered with ${status} ${JSON.stringify(body)} is ${fault}`, async (t) => {
      standInForMessageBird(t, '/messages', [status, body]);
      const supplier = createMessageBird({ ...sms, log: silentLog });
      assert.deepEqual(await supplier.send(dispatch, AbortSignal.timeout(5000)), { ok: false, fault });
    });
  }
});

describe('a connection to MessageBird that fails', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'DEPTH_ZERO_SELF_SIGNED_CERT']) {
    test(`with ${code} is unreachable, and logged by that alone`, async (t) => {
      standInForMessageBird(t, '/messages', { code });
      const lines: string[] = [];
      const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) });
      const result = await createMessageBird({ ...sms, log }).send(dispatch, AbortSignal.timeout(5000));
      assert.deepEqual(result, { ok: false, fault: 'unreachable' });
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', new RegExp(`"cause":"${code}"`));
      assert.doesNotMatch(lines[0] ?? '', /123456|31612345678|live_key/);
    });
  }
});

describe('a spoken code at MessageBird', () => {
  test('is read twice in the person’s language, and never to an answering machine', async (t) => {
    const { requests } = standInForMessageBird(t, '/voicemessages', taken('calling'));
    const supplier = createMessageBirdVoice({ ...voice, log: silentLog });
    const result = await supplier.send({ ...dispatch, channel: 'voice' }, AbortSignal.timeout(5000));
    assert.deepEqual(result, { ok: true, supplier: 'messagebird', delivery: 'd-1' });
    assert.deepEqual(requests[0]?.body, {
      originator: '31201234567',
      recipients: '31612345678',
      body: '1, 2, 3, 4, 5, 6 is uw inlogcode.',
      language: 'en-gb',
      repeat: 2,
      ifMachine: 'hangup',
      reference: 'd-1',
      reportUrl: 'https://login.example/webhooks/messagebird/d-1',
    });
  });

  test('has its digits apart, however they were written, and other numbers whole', () => {
    assert.equal(spokenText('Uw code is 1234 5678.'), 'Uw code is 1, 2, 3, 4, 5, 6, 7, 8.');
    assert.equal(spokenText('Code: 1 2 3 4 5 6'), 'Code: 1, 2, 3, 4, 5, 6');
    assert.equal(spokenText('Nog 30 seconden'), 'Nog 30 seconden');
    assert.equal(spokenText('<break/> & 0000'), ' break/    0, 0, 0, 0');
  });
});
