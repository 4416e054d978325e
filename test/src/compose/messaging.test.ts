import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import nock from 'nock';
import { z } from 'zod';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { composeMessaging } from '#src/compose/messaging.ts';
import { createLog } from '#src/log.ts';
import type { Channel, MessageOutlet } from '#src/message/ports.ts';
import { standInForMessageBird, taken } from '../../adapters/messaging/messagebird-stand-in.ts';
import { validSettings } from '../../config/valid-settings.ts';
import { createTestClock } from '../../support/clock.ts';

const order = {
  ...{ channel: 'sms' as const, to: '+31612345678', text: '123456 is uw inlogcode.' },
  ...{ tenantId: 't', issuer: 'https://login.example' },
};

function compose(messaging: RawSettings['messaging'], outbox?: MessageOutlet) {
  const result = parseSettings({ ...validSettings, messaging, unsafe: { plainHttp: true } });
  assert.ok(result.ok, JSON.stringify(result));
  const log = createLog({ level: 'silent', format: 'json' });
  return composeMessaging({ config: result.config, clock: createTestClock(), log, outbox });
}

test('only the channels that somebody is named for are served', () => {
  const messagebird = { accessKey: 'k', originator: 'Example' };
  const http = { url: 'https://sms.example/' };
  const mail = { url: 'smtp://mail.example', fromAddress: 'no-reply@login.example' };
  const cases: [RawSettings['messaging'], Channel[]][] = [
    [{}, []],
    [{ messagebird, http }, []],
    [{ sms: ['messagebird', 'http'], messagebird, http }, ['sms']],
    [{ voice: ['messagebird'], messagebird }, ['voice']],
    [{ sms: ['http'], voice: ['http'], http, mail }, ['sms', 'voice', 'email']],
  ];
  for (const [messaging, channels] of cases) {
    using composed = compose(messaging);
    assert.deepEqual(composed.courier.channels, channels);
  }
});

test('reports are checked where there is a key to check them with', () => {
  using unsigned = compose({});
  using signed = compose({ messagebird: { accessKey: 'k', signingKey: 's' } });
  assert.equal(unsigned.reports, undefined);
  assert.notEqual(signed.reports, undefined);
});

test('an outbox stands in for every supplier of every channel', async () => {
  const outbox = createOutbox();
  const messagebird = { accessKey: 'k', originator: 'Example', signingKey: 's' };
  using composed = compose({ sms: ['messagebird'], messagebird }, outbox);
  assert.deepEqual(composed.courier.channels, ['sms', 'voice', 'email']);
  assert.deepEqual(await composed.courier.send(order), { ok: true, supplier: 'outbox' });
  assert.equal(outbox.messages()[0]?.text, order.text);
  assert.equal(composed.reports, undefined);
});

test('a gateway of the configuration is given its header and its template, on this machine too in a trial', async (t) => {
  const got: unknown[] = [];
  const server = createServer(async (req, res) => {
    got.push(req.headers.authorization, await json(req));
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const body = '{"number":"{to}","message":"{text}","sender":"{from}"}';
  const http = { url: `http://127.0.0.1:${port}/`, authorization: 'Bearer k', body, from: 'Example' };
  using composed = compose({ sms: ['http'], http });
  assert.deepEqual(await composed.courier.send(order), { ok: true, supplier: 'http' });
  assert.deepEqual(got, ['Bearer k', { number: order.to, message: order.text, sender: 'Example' }]);
});

for (const sms of [
  ['messagebird', 'http'],
  ['http', 'messagebird'],
] as const) {
  test(`suppliers are asked in the order of the configuration, until one takes the message: ${sms}`, async (t) => {
    const [first, last] = sms;
    const { requests } = standInForMessageBird(t, '/messages', last === 'messagebird' ? taken() : [503, '']);
    nock.enableNetConnect(/^127\.0\.0\.1(:|$)/);
    /** For each message at the gateway: how many MessageBird had been asked for before it. */
    const before: number[] = [];
    const server = createServer((req, res) => {
      before.push(requests.length);
      req.resume();
      res.writeHead(last === 'http' ? 202 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const http = { url: `http://127.0.0.1:${port}/` };
    const messagebird = { accessKey: 'k', originator: 'Example' };
    using composed = compose({ sms: [...sms], messagebird, http });
    assert.deepEqual(await composed.courier.send(order), { ok: true, supplier: last });
    assert.deepEqual(before, [first === 'messagebird' ? 1 : 0]);
    assert.equal(requests.length, 1);
  });
}
