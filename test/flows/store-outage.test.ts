import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { z } from 'zod';
import { breakStore, type StoreCall } from '../support/broken-store.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint, userinfoStatus } from '../support/relying-party.ts';
import { beginSignIn, signInWithApp, tokensFor, typePassword } from '../support/sign-in.ts';

const everything = () => true;
const savingSession = ({ model, method }: StoreCall) => model === 'Session' && method === 'upsert';

const failureAnswer = z.looseObject({
  error: z.string(),
  error_description: z.string().optional(),
  reference: z.string(),
});
const answerOf = (text: string) => failureAnswer.parse(JSON.parse(text));

/** Everything written to standard error or by way of the console while a test runs. */
function listenToErrors(t: TestContext): () => string {
  const heard: string[] = [];
  const hear = (...parts: unknown[]) => {
    heard.push(parts.map(String).join(' '));
    return true;
  };
  t.mock.method(console, 'error', hear);
  t.mock.method(console, 'warn', hear);
  t.mock.method(process.stderr, 'write', hear);
  return () => heard.join('\n');
}

describe('while the store of sessions and tokens does not answer', () => {
  const ending = endOfSuite();
  let installation: Installation;
  const tell: string[] = [];

  before(async () => {
    installation = await startInstallation({ after: ending.after, diagnostic: (line) => tell.push(line) });
  });

  /** The lines of the log that carry this number, without the one that every request has. */
  const linesAbout = (reference: string) =>
    installation.logged.filter((line) => line.includes(reference) && !line.includes('"msg":"request"'));

  const assertErrorPage = (page: Answer, status: number) => {
    assert.equal(page.status, status);
    assert.equal(page.step, 'error', page.body);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('cache-control') ?? '', /no-store/);
    assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'/);
    assert.equal(page.headers.get('location'), null);
    assert.deepEqual(page.headers.getSetCookie(), []);
    const reference = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(page.body)?.[0] ?? '';
    assert.notEqual(reference, '');
    const failures = linesAbout(reference).filter((line) => line.includes('"level":50'));
    assert.match(failures.at(-1) ?? '', /"stack"/);
  };

  test('a session that can not be saved is a 503 page with a number that the log has too', async (t) => {
    const heard = listenToErrors(t);
    using _broken = breakStore(installation, savingSession);
    const page = await new Browser().get(`${installation.issuer}/session/end`);
    assertErrorPage(page, 503);
    assert.match(page.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal(heard(), '');
  });

  test('a program gets the same as JSON', async () => {
    using _broken = breakStore(installation, savingSession);
    const answer = await new Browser().get(`${installation.issuer}/session/end`, {
      accept: 'application/json',
    });
    assert.equal(answer.status, 503);
    const { error, error_description, reference } = answerOf(answer.body);
    assert.equal(error, 'temporarily_unavailable');
    assert.match(error_description ?? '', /reference/);
    assert.ok(linesAbout(reference).length > 0);
  });

  test('no code leaves with a session that was not saved, and the sign-in can be tried again', async () => {
    const { appData } = await installation.createAccount({ loginName: 'bewaar', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    {
      using _broken = breakStore(installation, savingSession);
      assertErrorPage(await signInWithApp(browser, page, { loginName: 'bewaar', appData }), 503);
    }
    assert.equal((await beginSignIn(installation, browser)).page.step, 'password');
  });

  test('an interaction that can not be saved is a 503 page that says when to come back', async () => {
    const { party } = await beginSignIn(installation);
    using _broken = breakStore(installation, everything);
    const page = await new Browser().get((await party.begin()).url);
    assertErrorPage(page, 503);
    assert.match(page.headers.get('retry-after') ?? '', /^\d+$/);
  });

  test('our own pages say the same', async () => {
    const { browser, page } = await beginSignIn(installation);
    using _broken = breakStore(installation, everything);
    for (const answer of [await browser.get(page.url), await typePassword(browser, page, 'wie')]) {
      assertErrorPage(answer, 503);
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
    }
  });

  test('the endpoints for programs answer 503 in OAuth’s JSON and say when to come back', async () => {
    const { party, tokens } = await tokensFor(installation, 'programma');
    using _broken = breakStore(installation, everything);
    const me = await fetch(`${installation.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const secret = { client_id: party.id, client_secret: party.secret ?? '', token: tokens.access_token };
    const answers = [
      { status: me.status, headers: me.headers, json: answerOf(await me.text()) },
      await party.askToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }),
      await askEndpoint(`${installation.issuer}/token/introspection`, secret),
      await askEndpoint(`${installation.issuer}/token/revocation`, secret),
    ];
    for (const { status, headers, json } of answers) {
      assert.equal(status, 503);
      assert.equal(json.error, 'temporarily_unavailable');
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
      assert.match(headers.get('cache-control') ?? '', /no-store/);
      assert.equal(linesAbout(String(json.reference)).length, 1);
    }
  });

  test('a bug is a 500 that tells nothing of itself', async (t) => {
    const heard = listenToErrors(t);
    const bug = () => new TypeError('planted at /srv/inside');
    using _broken = breakStore(installation, everything, bug);
    const page = await new Browser().get(`${installation.issuer}/session/end`);
    assertErrorPage(page, 500);
    const { status, json } = await askEndpoint(`${installation.issuer}/token`, {
      grant_type: 'authorization_code',
      client_id: 'app',
      client_secret: 'a-test-secret-of-at-least-32-characters',
      redirect_uri: 'http://localhost:9/callback',
      code: 'x',
    });
    assert.deepEqual([status, json.error], [500, 'server_error']);
    for (const text of [page.body, JSON.stringify(json)]) assert.doesNotMatch(text, /planted|srv|TypeError/);
    assert.equal(heard(), '');
  });

  test('a refresh succeeds when the session’s idle end can not be moved', async (t) => {
    const { party, tokens } = await tokensFor(installation, 'rust');
    const heard = listenToErrors(t);
    const from = installation.logged.length;
    const moving = breakStore(
      installation,
      ({ method, model }) => method === 'extend' && model === 'Session',
    );
    const { status, json } = await party.askToken({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    moving[Symbol.dispose]();
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(await userinfoStatus(installation.issuer, json.access_token ?? ''), 200);
    const again = await party.askToken({
      grant_type: 'refresh_token',
      refresh_token: json.refresh_token ?? '',
    });
    assert.equal(again.status, 200, 'and the new token is worth one more');
    const warning = installation.logged.slice(from).find((line) => line.includes('"level":40')) ?? '';
    assert.match(warning, /"reference":"[0-9A-Z-]{9}".*idle end/);
    assert.equal(heard(), '');
  });
});
