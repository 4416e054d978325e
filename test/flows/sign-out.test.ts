import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { codeIn, tokensFor } from '../support/sign-in.ts';

const SIGNED_OUT = CLIENT.post_logout_redirect_uris[0];

/** The hidden field that binds the answer to this browser's session. */
const xsrfOn = (page: Answer) => /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';

describe('signing out', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  const confirm = (browser: Browser, page: Answer, fields: Record<string, string>) =>
    browser.post(`${installation.issuer}/session/end/confirm`, { xsrf: xsrfOn(page), ...fields });

  const isSignedIn = async (browser: Browser, { begin }: Awaited<ReturnType<typeof tokensFor>>['party']) => {
    const answer = await browser.open((await begin({ prompt: 'none' })).url);
    return new URL(answer.location ?? '').searchParams.has('code');
  };

  test('the application’s own proof signs out without a question, and everything of the session is dead', async () => {
    const { browser, party, request, tokens } = await tokensFor(installation, 'klaar');
    const pending = await party.begin();
    const unused = codeIn((await browser.open(pending.url)).location);
    const thief = browser.thief();
    const url = party.endSessionUrl({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: SIGNED_OUT,
      state: request.state,
    });
    const page = await browser.open(url);
    assert.equal(page.step, 'logout');
    assert.match(page.body, /data-auto-submit/);
    const done = await confirm(browser, page, { logout: 'yes' });
    assert.equal(done.status, 303);
    assert.equal(done.location, `${SIGNED_OUT}?state=${request.state}`);

    assert.equal(await isSignedIn(browser, party), false);
    assert.equal(await isSignedIn(thief, party), false, 'a stolen cookie is dead as well');
    assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 401);
    for (const fields of [
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      {
        grant_type: 'authorization_code',
        code: unused,
        redirect_uri: party.redirectUri,
        code_verifier: pending.verifier,
      },
    ]) {
      assert.equal((await party.askToken(fields)).json.error, 'invalid_grant', fields.grant_type);
    }
  });

  test('without that proof, or with somebody else’s, the person is asked first', async () => {
    const stranger = await tokensFor(installation, 'vreemde');
    const { browser, party } = await tokensFor(installation, 'gevraagd');
    for (const parameters of [
      {},
      { client_id: 'app', post_logout_redirect_uri: SIGNED_OUT },
      { id_token_hint: stranger.tokens.id_token ?? '' },
    ]) {
      const url = new URL('/session/end', installation.issuer);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      const page = await browser.open(url.href);
      assert.equal(page.step, 'logout');
      assert.doesNotMatch(page.body, /data-auto-submit/);
      assert.equal(await isSignedIn(browser, party), true, 'opening the page signs nobody out');
    }
  });

  test('who answers "stay signed in" stays signed in', async () => {
    const { browser, party } = await tokensFor(installation, 'blijver');
    const page = await browser.open(`${installation.issuer}/session/end`);
    const stayed = await browser.follow(await confirm(browser, page, {}));
    assert.ok(stayed.status < 400);
    assert.equal(await isSignedIn(browser, party), true);
  });

  test('a sign-out without a way back ends on a page that says so', async () => {
    const { browser } = await tokensFor(installation, 'uit');
    const page = await browser.open(`${installation.issuer}/session/end`);
    const done = await browser.follow(await confirm(browser, page, { logout: 'yes' }));
    assert.equal(done.step, 'signed-out');
    assert.equal(done.headers.get('cache-control'), 'no-store');
  });

  test('nobody else’s page can sign a person out', async () => {
    const { browser, party } = await tokensFor(installation, 'slachtoffer');
    const page = await browser.open(`${installation.issuer}/session/end`);
    for (const xsrf of [
      '',
      'x'.repeat(48),
      xsrfOn(await new Browser().open(`${installation.issuer}/session/end`)),
    ]) {
      const answer = await confirm(browser, page, { xsrf, logout: 'yes' });
      assert.equal(answer.status, 400);
      assert.equal(answer.step, 'error');
    }
    assert.equal(await isSignedIn(browser, party), true);
  });

  test('a forged or foreign proof is a page, not a sign-out', async () => {
    const { browser, party, tokens } = await tokensFor(installation, 'vervalst');
    const [head = '', body = '', signature = ''] = (tokens.id_token ?? '').split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const broken = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    for (const hint of [`${head}.${body}.${broken}`, `${none}.${body}.`, 'x', tokens.access_token]) {
      const url = new URL('/session/end', installation.issuer);
      url.searchParams.set('id_token_hint', hint);
      const page = await browser.open(url.href);
      assert.equal(page.status, 400);
      assert.equal(page.step, 'error');
    }
    assert.equal(await isSignedIn(browser, party), true);
  });
});
