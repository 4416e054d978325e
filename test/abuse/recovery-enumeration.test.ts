import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import pg from 'pg';
import { z } from 'zod';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { recordCommands, testRedis } from '../support/redis.ts';

/** What every answer has of its own: numbers to mention, the browser's secret, moments. */
function comparable({ status, headers, body, location }: Answer, typed: string) {
  const plain = (text: string) =>
    text.replaceAll(typed, '(typed)').replace(/[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/g, '(reference)');
  const cookies = headers
    .getSetCookie()
    .map((line) => line.replace(/=[^;]*/, '=…').replace(/expires=[^;]*/i, ''));
  const shown = [...headers].filter(([name]) => !['date', 'set-cookie', 'content-length'].includes(name));
  const length = Buffer.byteLength(plain(body));
  return { status, location, cookies, headers: shown, body: plain(body), length };
}

/** The SQL of a call of the driver's `query`, without its values. */
function textOf([asked]: readonly unknown[]): string {
  const parsed = z.object({ text: z.string() }).safeParse(asked);
  return parsed.success ? parsed.data.text : String(asked);
}

/** How long what a statement puts into the queue is; 0 for any other statement. */
function queuedLength(asked: readonly unknown[]): number {
  return /into message/.test(textOf(asked)) ? JSON.stringify(asked[1]).length : 0;
}

describe('what a recovery tells about who exists', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { background: false });
    const { createAccount } = installation;
    await createAccount({ loginName: 'bekend-proved', email: 'proved@test.example', withApp: true });
    await createAccount({
      loginName: 'bekend-unproved',
      email: 'unproved@test.example',
      emailVerified: false,
    });
    await createAccount({ loginName: 'bekend-mailloos' });
    await createAccount({ loginName: 'bekend-vaak', email: 'often@test.example' });
    await createAccount({ loginName: 'bekend-gestopt', email: 'stopped@test.example', disabled: true });
    await createAccount({ loginName: 'samen-1', email: 'shared@test.example' });
    await createAccount({ loginName: 'samen-2', email: 'shared@test.example' });
    // A Redis that never met a script is sent it once.
    const browser = new Browser();
    const page = await browser.open(`${installation.issuer}/recover/password`);
    const sent = await browser.submit(page, { login_name: 'eerste' });
    await browser.submit(sent, { code: 'ABCD-EFGH' });
  });

  /** Posts a form in a browser of its own: both answers, and what the request cost. */
  const ask = async (t: TestContext, path: string, field: string, typed: string, more = {}) => {
    const browser = new Browser();
    const page = await browser.open(`${installation.issuer}${path}`);
    const { redis } = await testRedis(t);
    const { composition } = installation.running;
    const query = t.mock.method(pg.Client.prototype, 'query');
    const verify = t.mock.method(composition.hasher, 'verify');
    const hash = t.mock.method(composition.hasher, 'hash');
    const answers: Answer[] = [];
    const commands = await recordCommands(redis, async () => {
      answers.push(await browser.post(page.url, { [field]: typed, ...more }));
    });
    // Which tenant a connection was last set to, and what the process looks for by itself, is no matter of the request.
    const calls = query.mock.calls.filter((call) => !/"revision"|set_config/.test(textOf(call.arguments)));
    const cost = {
      hashes: verify.mock.callCount() + hash.mock.callCount(),
      statements: calls.map((call) => textOf(call.arguments)),
      queued: calls.map((call) => queuedLength(call.arguments)).filter((length) => length > 0),
      commands: commands
        .filter((command) => command.some((part) => part.includes(composition.tenant.id)))
        .map(([name]) => name),
    };
    for (const mock of [query, verify, hash]) mock.mock.restore();
    answers.push(await browser.follow(answers.at(-1) ?? assert.fail()));
    return { answers: answers.map((answer) => comparable(answer, typed)), cost };
  };

  const names = [
    'proved@test.example',
    'unproved@test.example',
    'stopped@test.example',
    'shared@test.example',
    'nobody@test.example',
    'bekend-proved',
    'bekend-mailloos',
    'bekend-gestopt',
    'niemand-van-ons',
    'geen naam \u202e x',
  ];

  test('asking for a new password answers and costs the same, whoever is named', async (t) => {
    const first = await ask(t, '/recover/password', 'login_name', names[0] ?? '');
    assert.deepEqual(
      first.answers.map(({ status }) => status),
      [303, 200],
    );
    assert.equal(first.cost.hashes, 0);
    assert.equal(first.cost.queued.length, 1, 'one thing is put into the queue');
    for (const typed of names.slice(1)) {
      assert.deepEqual(await ask(t, '/recover/password', 'login_name', typed), first, typed);
    }
  });

  test('asking for a login name answers and costs the same, whoever’s address it is', async (t) => {
    const addresses = names.filter((typed) => typed.includes('@'));
    const first = await ask(t, '/recover/login-name', 'email', addresses[0] ?? '');
    assert.equal(first.cost.queued.length, 1);
    for (const typed of addresses.slice(1)) {
      assert.deepEqual(await ask(t, '/recover/login-name', 'email', typed), first, typed);
    }
  });

  test('a wrong code answers and costs the same, whoever is named', async (t) => {
    const code = { code: 'ABCD-EFGH' };
    const first = await ask(t, '/recover/code', 'login_name', names[0] ?? '', code);
    for (const typed of names.slice(1)) {
      assert.deepEqual(await ask(t, '/recover/code', 'login_name', typed, code), first, typed);
    }
  });

  test('asking too often waits alike, whoever is named', async (t) => {
    const outcomes: boolean[][] = [];
    for (const typed of ['often@test.example', 'nobody-often@test.example']) {
      const waited: boolean[] = [];
      for (let tries = 0; tries < 5; tries += 1) {
        const { answers } = await ask(t, '/recover/login-name', 'email', typed);
        waited.push(answers.some(({ body }) => body.includes('class="alert waiting"')));
      }
      outcomes.push(waited);
    }
    const three = [false, false, false, true, true];
    assert.deepEqual(outcomes, [three, three]);
  });
});
