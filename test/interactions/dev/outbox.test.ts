import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import { createOutboxRoutes } from '#interactions/dev/outbox.ts';
import type { Message } from '#src/message/ports.ts';
import { Browser } from '../../support/browser.ts';
import { startInstallation } from '../../support/installation.ts';

const older: Message = { at: 1_000, channel: 'sms', to: '+31600000012', text: '123456 is uw inlogcode.' };
const newer: Message = {
  at: 2_000,
  channel: 'email',
  to: 'hr@test.example',
  subject: '<b>Welkom</b>',
  text: 'Uw inlognaam staat hieronder.',
};

async function startWithOutbox(t: TestContext) {
  const outbox = createOutbox();
  const installation = await startInstallation(t, {
    extend: (app, frames) => app.use(createOutboxRoutes({ outbox, frames })),
  });
  await outbox.send(older);
  await outbox.send(newer);
  return installation;
}

test('programs read the messages as JSON, newest first, with moments in UTC', async (t) => {
  const { issuer } = await startWithOutbox(t);
  const messages = await (await fetch(`${issuer}/dev/outbox.json`)).json();
  assert.deepEqual(messages, [
    { ...newer, at: '1970-01-01T00:00:02.000Z' },
    { ...older, at: '1970-01-01T00:00:01.000Z' },
  ]);
});

test('people read them as a page, and nothing in a message is taken for markup', async (t) => {
  const { issuer } = await startWithOutbox(t);
  const page = await new Browser().open(`${issuer}/dev/outbox`);
  assert.equal(page.step, 'outbox');
  assert.ok(page.body.indexOf('hr@test.example') < page.body.indexOf('+31600000012'));
  assert.match(page.body, /123456/);
  assert.doesNotMatch(page.body, /<b>Welkom/);
});
