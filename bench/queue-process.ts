import { randomBytes, randomUUID } from 'node:crypto';
import process from 'node:process';
import { SMTPServer } from 'smtp-server';
import { z } from 'zod';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMailer } from '#adapters/messaging/smtp.ts';
import { openPostgres } from '#adapters/postgres/connect.ts';
import { createQueueStore } from '#adapters/postgres/queue-store.ts';
import { systemClock } from '#src/clock.ts';
import { composeQueue } from '#src/compose/queue.ts';
import { createLog } from '#src/log.ts';
import { createCourier } from '#src/message/courier.ts';
import { queuedMessage } from '#src/message/queued-message.ts';
import { createSystemEvents } from '#src/system-events.ts';

/** As long as a recovery mail in both its forms. */
const TEXT = 'Een regel van een bericht in gewone woorden, met een link.\n'.repeat(12);
const HTML = `<p>${TEXT}</p>`.repeat(5);

/** A mail server of this process that takes everything, and tells when it took as many as that. */
async function startMailServer(expected: number) {
  const { promise: full, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => {
        taken += 1;
        if (taken === expected) resolve();
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = z.object({ port: z.number() }).parse(server.server.address());
  return { port, full, close: () => new Promise<void>((closed) => server.close(closed)) };
}

const [url = '', tenantId = '', count = ''] = process.argv.slice(2);
const messages = Number(count);
const server = await startMailServer(messages);
{
  const log = createLog({ level: 'silent', format: 'json' });
  await using database = openPostgres({ url, poolSize: 10 });
  const sealer = createSealer({
    current: masterKeyFrom(randomBytes(32).toString('base64')),
    previous: [],
  });
  using mailer = createMailer({
    server: { implicitTls: false, host: '127.0.0.1', port: server.port, login: undefined },
    from: { address: 'no-reply@login.bench.example', name: 'Bench' },
    ...{ requireTls: false, dkim: undefined, ca: undefined, log },
  });
  const clock = systemClock;
  const courier = createCourier({ suppliers: { email: [mailer] }, clock, log });
  const store = createQueueStore({ database, sealer });
  await using queue = composeQueue({
    durable: { queue: store },
    courier,
    events: createSystemEvents(undefined),
    clock,
    log,
  });
  const issuer = 'https://login.bench.example';
  const items = Array.from({ length: messages }, (_, n) =>
    queuedMessage({
      ...{ id: randomUUID(), tenantId, issuer, accountId: undefined, createdAt: clock.now() },
      message: {
        ...{ channel: 'email', to: `bench.${n}@people.bench.example`, locale: 'nl' },
        ...{ subject: 'Bench', text: TEXT, html: HTML },
      },
    }),
  );
  const begun = performance.now();
  await queue.put(items);
  queue.start();
  await server.full;
  const seconds = (performance.now() - begun) / 1000;
  process.stdout.write(JSON.stringify({ messages, seconds, perSecond: messages / seconds }));
}
await server.close();
