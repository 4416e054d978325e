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
import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
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
    assert.deepEqual(await place.store.depth(), [
      { kind: 'message', waiting: 1, dead: 0, oldestAt: item.createdAt },
    ]);
    const server = await place.startServer();
    clock.advance(1_000);
    await until(place, (record) => record?.state === 'done');
    assert.equal(server.received.length, 1);
    const [mail] = server.received;
    assert.deepEqual([mail?.to, mail?.secure], [[TO], true]);
    assert.deepEqual(await place.store.depth(), []);
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
    assert.equal((await place.store.depth())[0]?.dead, 1);
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

/** The metrics of the queue as a collector reads them, by kind, over a store that can be taken away. */
async function watchQueue(t: TestContext, { clock, store }: Pick<Place, 'clock' | 'store'>) {
  const { server, watch } = composeManagement(createLog({ level: 'silent', format: 'json' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const looks = { count: 0, away: false };
  const depth = () => {
    looks.count += 1;
    return looks.away ? Promise.reject(new Error('away')) : store.depth();
  };
  return {
    looks,
    start: () =>
      watch({
        durable: { kind: 'postgres', queue: { depth }, ping: async () => {} },
        volatile: { ping: async () => {} },
        hasher: { waiting: () => 0 },
        providers: { stats: () => ({ kept: 0, made: 0 }) },
        sprayAlarm: { count: () => 0 },
        clock,
      }),
    /** Of each kind: what waits, what is dead, and how old the oldest is. */
    async gauges(): Promise<Record<string, (string | undefined)[]>> {
      const text = await (await fetch(`http://127.0.0.1:${address.port}/metrics`)).text();
      const lines = [...text.matchAll(/^poortwachter_messages_(\w+)(?:\{kind="([^"]*)"\})? (\S+)$/gm)];
      const kinds = [...new Set(lines.map(([, , kind]) => kind ?? ''))];
      const told = (of: string, kind: string) =>
        lines.find(([, name, its]) => name === of && (its ?? '') === kind)?.[3];
      return Object.fromEntries(
        kinds.map((kind) => [kind, ['waiting', 'dead', 'oldest_seconds'].map((name) => told(name, kind))]),
      );
    },
  };
}

const NONE = ['0', '0', '0'];
const IDLE = { message: NONE, recovery: NONE, 'back-channel-logout': NONE };

describe('the metrics of the queue', () => {
  test('tell of each kind what waits, what is dead and how old the oldest is, by one look', async (t) => {
    const place = await openPlace(t);
    const { clock, store, item } = place;
    const { looks, start, gauges } = await watchQueue(t, place);
    assert.deepEqual(await gauges(), IDLE, 'before the start');
    start();
    assert.deepEqual(await gauges(), IDLE, 'with an empty queue');
    await store.put([item, { ...item, id: randomUUID() }]);
    const [first] = await store.claim({ at: clock.now(), leaseUntil: clock.now(), most: 1 });
    assert.ok(first !== undefined);
    await store.dead(first, { at: clock.now(), fault: 'number' });
    clock.advance(90_500);
    looks.count = 0;
    assert.deepEqual(await gauges(), { ...IDLE, message: ['1', '1', '90.5'] });
    assert.equal(looks.count, 1);
  });

  test('show no late message where an application is down, and show one beside it', async (t) => {
    const place = await openPlace(t);
    const { clock, store, item } = place;
    const { start, gauges } = await watchQueue(t, place);
    start();
    const logout = { ...item, id: randomUUID(), kind: LOGOUT_KIND };
    await store.put([logout]);
    clock.advance(6 * 3_600_000);
    assert.deepEqual(await gauges(), { ...IDLE, 'back-channel-logout': ['1', '0', '21600'] });
    await store.put([{ ...item, createdAt: clock.now() }]);
    clock.advance(60_000);
    assert.deepEqual(await gauges(), {
      ...{ recovery: NONE, message: ['1', '0', '60'] },
      'back-channel-logout': ['1', '0', '21660'],
    });
  });

  test('tell of a kind that only a newer version knows while it has items, and no longer', async (t) => {
    const place = await openPlace(t);
    const { clock, store, item } = place;
    const { start, gauges } = await watchQueue(t, place);
    start();
    await store.put([{ ...item, kind: 'from-tomorrow' }]);
    assert.deepEqual(await gauges(), { ...IDLE, 'from-tomorrow': ['1', '0', '0'] });
    const [taken] = await store.claim({ at: clock.now(), leaseUntil: clock.now(), most: 1 });
    assert.ok(taken !== undefined);
    await store.done(taken, { at: clock.now() });
    assert.deepEqual(await gauges(), IDLE);
  });

  test('are no number, for every kind, while nobody can know', async (t) => {
    const place = await openPlace(t);
    const { looks, start, gauges } = await watchQueue(t, place);
    start();
    looks.away = true;
    const unknown = ['Nan', 'Nan', 'Nan'];
    assert.deepEqual(await gauges(), {
      ...{ message: unknown, recovery: unknown },
      'back-channel-logout': unknown,
    });
    looks.away = false;
    assert.deepEqual(await gauges(), IDLE);
  });
});
