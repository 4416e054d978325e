import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { SMTPServerOptions } from 'smtp-server';
import { createMailer } from '#adapters/messaging/smtp.ts';
import { composeManagement } from '#src/compose/management.ts';
import { composeQueue } from '#src/compose/queue.ts';
import { createLog } from '#src/log.ts';
import { createCourier } from '#src/message/courier.ts';
import { queuedMessage } from '#src/message/queued-message.ts';
import { createSystemEvents } from '#src/system-events.ts';
import { headersOf, startMailServer } from '../adapters/messaging/mail-server.ts';
import { createSetting } from '../adapters/postgres/store-contracts.ts';
import { makeAuthority } from '../support/certificates.ts';
import { createTestClock } from '../support/clock.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { untilSent } from '../support/second-steps.ts';

const TO = 'h.werkgever@voorbeeld.example';
const refusal = (responseCode: number) =>
  Object.assign(new Error(`${TO} is not wanted now`), { responseCode });

/** A queue on a database of its own, before a mail server that is not there until it is started. */
async function openPlace(t: TestContext) {
  const [{ application }, authority, port] = [
    await createTestDatabase(t),
    await makeAuthority(t),
    await freePort(),
  ];
  const { queue: store, tenantId } = await createSetting(application);
  const clock = createTestClock();
  const lines: string[] = [];
  const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) });
  const { cert, key } = await authority.issue('IP:127.0.0.1');
  const accountId = randomUUID();
  const message = { channel: 'email', to: TO, subject: 'Nieuws', text: 'De tekst', locale: 'nl' } as const;
  const item = queuedMessage({
    ...{ id: randomUUID(), tenantId, issuer: 'https://login.example', accountId, createdAt: clock.now() },
    message: { ...message, html: '<p>De tekst</p>' },
  });
  return {
    ...{ clock, lines, store, item },
    record: async () => (await store.ofAccount(tenantId, accountId, 1))[0],
    startServer: (options: SMTPServerOptions = {}) => startMailServer(t, { cert, key, ...options }, port),
    /** A process of the product, as far as it sends mail. */
    openProcess: (ca: string | undefined = authority.cert) => {
      const mailer = createMailer({
        server: { implicitTls: false, host: '127.0.0.1', port, login: undefined },
        ...{
          requireTls: true,
          from: { address: 'no-reply@login.example', name: 'Example' },
          dkim: undefined,
        },
        ...{ ca, log },
      });
      t.after(() => mailer[Symbol.dispose]());
      const courier = createCourier({ suppliers: { email: [mailer] }, clock, log });
      const runner = composeQueue({
        durable: { queue: store },
        courier,
        events: createSystemEvents(undefined),
        clock,
        log,
      });
      t.after(() => runner[Symbol.asyncDispose]());
      runner.start();
      return runner;
    },
  };
}

type Place = Awaited<ReturnType<typeof openPlace>>;

/** Resolves once the queue knows this of the item. */
async function until({ record }: Place, met: (record: Awaited<ReturnType<Place['record']>>) => boolean) {
  let last = await record();
  const look = () => {
    record().then(
      (next) => {
        last = next;
      },
      () => {},
    );
    return met(last);
  };
  await untilSent(look);
  return last;
}

describe('a mail in the queue', () => {
  test('outlives a mail server that is down, arrives once when it is back, and operators see it wait', async (t) => {
    const place = await openPlace(t);
    const { clock, item } = place;
    const runner = place.openProcess();
    await runner.put([item]);
    await until(place, (record) => record?.fault === 'unreachable');
    clock.advance(29_000);
    assert.deepEqual(await place.store.depth(), { waiting: 1, dead: 0, oldestAt: item.createdAt });
    const server = await place.startServer();
    clock.advance(1_000);
    await until(place, (record) => record?.state === 'done');
    assert.equal(server.received.length, 1);
    const [mail] = server.received;
    assert.deepEqual([mail?.to, mail?.secure], [[TO], true]);
    assert.deepEqual(await place.store.depth(), { waiting: 0, dead: 0, oldestAt: undefined });
    const { supplier, attempts } = (await place.record()) ?? {};
    assert.deepEqual([supplier, attempts], ['smtp', 2]);
    assert.equal(place.lines.join('').includes(TO), false);
  });

  test('is tried again where the server says “not now”, with the same Message-ID as before', async (t) => {
    const place = await openPlace(t);
    const seen: string[] = [];
    const server = await place.startServer({
      onData(stream, _session, done) {
        stream.setEncoding('utf8');
        let raw = '';
        stream.on('data', (chunk) => {
          raw += chunk;
        });
        stream.on('end', () => {
          seen.push(headersOf(raw).get('message-id')?.join() ?? '');
          done(seen.length === 1 ? refusal(451) : null);
        });
      },
    });
    await place.openProcess().put([place.item]);
    await until(place, (record) => record?.fault === 'unreachable');
    place.clock.advance(30_000);
    await until(place, (record) => record?.state === 'done');
    const own = `<${place.item.id}@login.example>`;
    // The first time may be two: the mailer itself tries a broken conversation once more.
    assert.deepEqual(new Set(seen), new Set([own]));
    assert.ok(seen.length >= 2);
    assert.equal(server.received.length, 0, 'the other handler took them');
  });

  test('to an address that the server does not know is dead at once, and keeps why', async (t) => {
    const place = await openPlace(t);
    const server = await place.startServer({ onRcptTo: (_address, _session, done) => done(refusal(550)) });
    await place.openProcess().put([place.item]);
    const record = await until(place, (one) => one?.state === 'dead');
    assert.deepEqual([record?.fault, record?.attempts], ['number', 1]);
    assert.equal(server.received.length, 0);
    assert.equal((await place.store.depth()).dead, 1);
    assert.ok(place.lines.some((line) => line.includes('"event":"message.dead"')));
  });

  test('refused for what an operator can mend waits until it is mended', async (t) => {
    const place = await openPlace(t);
    let isMended = false;
    const server = await place.startServer({
      onMailFrom: (_address, _session, done) => done(isMended ? null : refusal(550)),
    });
    await place.openProcess().put([place.item]);
    await until(place, (record) => record?.fault === 'rejected');
    isMended = true;
    place.clock.advance(30_000);
    await until(place, (record) => record?.state === 'done');
    assert.equal(server.received.length, 1);
  });

  test('goes to no server whose certificate is not trusted', async (t) => {
    const place = await openPlace(t);
    const server = await place.startServer();
    const stranger = await makeAuthority(t);
    await place.openProcess(stranger.cert).put([place.item]);
    await until(place, (record) => record?.fault === 'unreachable');
    assert.equal(server.received.length, 0);
  });

  test('is sent once by two processes that both look', async (t) => {
    const place = await openPlace(t);
    const server = await place.startServer();
    const [one] = [place.openProcess(), place.openProcess()];
    const items = Array.from({ length: 40 }, () => ({ ...place.item, id: randomUUID() }));
    await one.put(items);
    await untilSent(() => server.received.length === items.length);
    const ids = server.received.map(({ raw }) => headersOf(raw).get('message-id')?.join());
    assert.equal(new Set(ids).size, items.length);
  });
});

describe('the metrics of the queue', () => {
  test('tell what waits, what is dead and how old the oldest is; and no number while nobody can know', async (t) => {
    const { clock, store, item } = await openPlace(t);
    const { server, watch } = composeManagement(createLog({ level: 'silent', format: 'json' }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const gauges = async () => {
      const text = await (await fetch(`http://127.0.0.1:${address.port}/metrics`)).text();
      return [...text.matchAll(/^poortwachter_messages_(\w+) (\S+)$/gm)].map(([, name, value]) => [
        name,
        value,
      ]);
    };
    const isAway = { queue: false };
    const queue = {
      ...store,
      depth: () => (isAway.queue ? Promise.reject(new Error('away')) : store.depth()),
    };
    const told = (waiting: string, dead: string, oldest: string) => [
      ['waiting', waiting],
      ['dead', dead],
      ['oldest_seconds', oldest],
    ];
    assert.deepEqual(await gauges(), told('0', '0', '0'));
    watch({
      durable: { kind: 'postgres', queue, ping: async () => {} },
      volatile: { ping: async () => {} },
      hasher: { waiting: () => 0 },
      providers: { stats: () => ({ kept: 0, made: 0 }) },
      sprayAlarm: { count: () => 0 },
      clock,
    });
    const other = { ...item, id: randomUUID() };
    await store.put([item, other]);
    const [first] = await store.claim({ at: clock.now(), leaseUntil: clock.now(), most: 1 });
    assert.ok(first !== undefined);
    await store.dead(first, { at: clock.now(), fault: 'number' });
    clock.advance(90_500);
    assert.deepEqual(await gauges(), told('1', '1', '90.5'));
    isAway.queue = true;
    assert.deepEqual(await gauges(), told('Nan', 'Nan', 'Nan'));
  });
});
