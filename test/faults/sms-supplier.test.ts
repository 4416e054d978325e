import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import nl from '#interactions/locales/nl.json' with { type: 'json' };
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers, tenantWith } from '../support/second-steps.ts';

const newNumber = newNumbers();
const posted = z.object({ to: z.string(), text: z.string() });
const unavailable = nl.factor.sms.problem.unavailable;
const { undeliverable } = nl.problem;

const status = (code: number) => (res: ServerResponse) => res.writeHead(code).end('no: 123456');

const TROUBLES = [
  ['refuses the number', status(422), 'number', undeliverable],
  ['has no balance left', status(402), 'balance', unavailable],
  ['refuses who asks', status(401), 'rejected', unavailable],
  ['is out of order', status(503), 'unreachable', unavailable],
  [
    'answers with what is no HTTP',
    (res: ServerResponse) => res.socket?.end('220 mail.example ESMTP\r\n'),
    'unreachable',
    unavailable,
  ],
  ['cuts the connection', (res: ServerResponse) => res.destroy(), 'unreachable', unavailable],
] as const;

describe('a supplier of text messages in trouble', () => {
  const ending = endOfSuite();
  const texts: string[] = [];
  let answer: (res: ServerResponse) => unknown;
  let installation: Installation;

  before(async () => {
    const server = createServer(async (req, res) => {
      texts.push(posted.parse(await json(req)).text);
      answer(res);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ending.after(async () => {
      server.close();
    });
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const messaging = { sms: ['http' as const], http: { url: `http://127.0.0.1:${port}/send` } };
    const settings = { tenant: tenantWith('sms', 'totp'), messaging };
    // What was logged is read from this process.
    installation = await startInstallation(ending, { settings, realSuppliers: true, replicas: 1 });
  });

  for (const [index, [trouble, how, fault, words]] of TROUBLES.entries()) {
    test(`that ${trouble} keeps nobody out who has an app, and is in the log without number or text`, async () => {
      const number = newNumber();
      const loginName = `storing-${index}`;
      const { appData } = await installation.createAccount({ loginName, withApp: true, withPhone: number });
      const { browser, page } = await behindPassword(installation, loginName);
      const seen = installation.logged.length;
      texts.length = 0;
      answer = how;
      const refused = await browser.press(await browser.get(`${page.url}/stuck`), 'method-sms');
      assert.equal(refused.step, 'second-step');
      const alert = /role="alert"[\s\S]*?<\/div>/.exec(refused.body)?.[0] ?? '';
      assert.ok(alert.includes(words.what), alert);
      assert.ok(refused.body.includes(words.then));

      const lines = installation.logged.slice(seen);
      const told = lines.filter((line) => line.includes('"message not taken"'));
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', new RegExp(`"level":40.*"fault":"${fault}"`));
      assert.equal(texts.length, 1);
      for (const secret of [number, number.slice(1), codeIn(texts[0] ?? '')]) {
        assert.ok(!lines.some((line) => line.includes(secret)), `${secret} was logged`);
      }

      const app = await browser.press(await browser.get(`${page.url}/stuck`), 'method-totp');
      assert.ok(hasCode(await browser.submit(app, { code: codeOf(keyIn(appData ?? '')) })));
    });
  }
});
