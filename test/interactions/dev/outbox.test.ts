import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import { createOutboxRoutes } from '#interactions/dev/outbox.ts';
import { createTexts } from '#interactions/i18n.ts';
import { phoneCodeText } from '#interactions/messages/phone-code.ts';
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
  return { ...installation, outbox };
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

test('an address in a message can be clicked, and nothing around it is taken for markup', async (t) => {
  const { issuer, outbox } = await startWithOutbox(t);
  const link = `${issuer}/recover/link?token=a&b`;
  await outbox.send({ ...newer, at: 3_000, text: `Klik:\n${link}\nof niet: https://x.example/"><b>` });
  const { body } = await new Browser().open(`${issuer}/dev/outbox`);
  assert.ok(body.includes(`<a href="${link.replace('&', '&amp;')}">`), body);
  assert.doesNotMatch(body, /"><b>/);
});

/** What the page's buttons copy, newest message first. */
const copied = (body: string) => Array.from(body.matchAll(/data-copy="([^"]*)"/g), ([, text]) => text);

test('the code of a message can be copied as it is typed, also one that is spoken digit by digit', async (t) => {
  const { issuer, outbox } = await startWithOutbox(t);
  const texts = createTexts();
  const call = { loginName: undefined, issuer: 'https://login.example', channel: 'voice' } as const;
  const spoken = (at: number, text: string): Message => ({ at, channel: 'voice', to: '+31200000012', text });
  await outbox.send(spoken(3_000, phoneCodeText(texts.for('nl'), { ...call, code: '001234' })));
  await outbox.send(
    spoken(4_000, phoneCodeText(texts.for('en'), { ...call, code: '987650', loginName: 'user12' })),
  );
  await outbox.send({ ...older, at: 5_000, text: 'Uw back-upcode is 1234 5678.' });
  await outbox.send(spoken(6_000, 'Keuze 1, 2, 3, 4, 5, 6, 7.'));
  await outbox.send({ ...newer, at: 7_000, text: 'Vul deze code in:\n\n3FJ8-MSCZ\n' });
  const page = await new Browser().open(`${issuer}/dev/outbox`);
  assert.deepEqual(copied(page.body), ['3FJ8-MSCZ', '1234 5678', '987650', '001234', '123456']);
});
