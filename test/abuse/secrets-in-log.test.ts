import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { CLIENT, type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { beginSignIn, codeIn, typePassword } from '../support/sign-in.ts';

const MISTYPED = 'my-mistyped-Password-1';
const AS_LOGIN_NAME = 'my-password-in-the-wrong-field';
const EMAIL = 'planted-address@test.example';

/** Goes through everything that handles a secret, and answers all that must never be written down. */
async function useEverything(installation: Installation, tick: (ms: number) => void): Promise<string[]> {
  const { createAccount, issuer } = installation;
  await createAccount({ loginName: 'eerste-keer', email: EMAIL });
  const { appData } = await createAccount({ loginName: 'later', withApp: true });
  await createAccount({ loginName: 'gestopt', disabled: true });
  const seed = keyIn(appData ?? '');

  const first = await beginSignIn(installation, new Browser(), { parameters: { login_hint: AS_LOGIN_NAME } });
  await typePassword(first.browser, first.page, AS_LOGIN_NAME, MISTYPED);
  await typePassword(first.browser, first.page, 'gestopt');
  await first.browser.post(`${first.page.url}/start-over`, {});
  const setUp = await typePassword(first.browser, first.page, 'eerste-keer');
  const newSeed = keyOn(setUp);
  const firstCode = codeOf(newSeed);
  await first.browser.post(`${setUp.url}/enrol`, { code: '12345' });
  const done = await first.browser.submit(setUp, { code: firstCode });
  const tokens = await first.party.finish(first.request, done.location);

  const later = await beginSignIn(installation);
  const second = await typePassword(later.browser, later.page, 'later');
  await later.browser.submit(second, { code: '000000' });
  await later.browser.submit(second, { code: codeOf(seed) });

  const { party } = first;
  const refreshed = await party.askToken({
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
  });
  await party.introspect(tokens.access_token);
  await userinfoStatus(issuer, tokens.access_token);
  await userinfoStatus(issuer, `${tokens.access_token}x`);
  await party.askToken({ grant_type: 'refresh_token', client_secret: `${CLIENT.client_secret}x` });
  tick(10_000);
  await party.askToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
  const signOut = party.endSessionUrl({ id_token_hint: tokens.id_token ?? '' });
  const page: Answer = await first.browser.open(signOut);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const cookies = [...first.browser.cookies, ...later.browser.cookies].map(({ value }) => value);
  await first.browser.post(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' });

  const { access_token = '', refresh_token = '', id_token = '' } = refreshed.json;
  return [
    ...[PASSWORD, MISTYPED, AS_LOGIN_NAME, EMAIL, seed, newSeed, firstCode, CLIENT.client_secret, xsrf],
    ...[
      tokens.access_token,
      tokens.refresh_token ?? '',
      tokens.id_token ?? '',
      access_token,
      refresh_token,
      id_token,
    ],
    ...[codeIn(done.location), first.request.verifier, first.request.state, first.request.nonce],
    ...cookies,
  ];
}

test('no line of the log ever holds a password, code, seed, token, cookie, secret or typed name', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  // Without the test's own output: the failure below is wanted.
  const installation = await startInstallation({ after: (end) => t.after(end) });
  const planted = await useEverything(installation, (ms) => t.mock.timers.tick(ms));
  const { running } = installation;
  // A failure in the middle of a sign-in: what the driver throws is written down with its cause.
  const broken = await beginSignIn(installation);
  const failing = t.mock.method(running.composition.hasher, 'verify', async () => {
    throw new Error('the hasher fell over', { cause: new Error('and here is why') });
  });
  const answer = await typePassword(broken.browser, broken.page, AS_LOGIN_NAME, MISTYPED);
  failing.mock.restore();
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.body, /fell over|here is why/);
  assert.match(installation.logged.join(''), /fell over[\s\S]*here is why/);

  const log = installation.logged.join('');
  assert.ok(installation.logged.length > 40);
  const interactions = new Set([...log.matchAll(/\/interaction\/([\w-]+)/g)].map(([, uid]) => uid));
  for (const secret of [...planted, 'postgres://']) {
    assert.ok(secret.length >= 6);
    // The path of a sign-in names it, and its cookie repeats that name; the cookie's signature is the secret.
    if (interactions.has(secret)) continue;
    assert.equal(
      log.includes(secret),
      false,
      `${secret} is in ${installation.logged.find((line) => line.includes(secret))}`,
    );
  }
});

test('the number of a failure is on its page and on the line that tells what happened', async (t) => {
  const installation = await startInstallation({ after: (end) => t.after(end) });
  const { browser, page } = await beginSignIn(installation);
  t.mock.method(installation.running.composition.hasher, 'verify', async () => {
    throw new Error('the hasher fell over');
  });
  for (const accept of ['text/html', 'application/json']) {
    const fields = new URLSearchParams({ login_name: 'arts', password: PASSWORD }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept };
    const answer = await browser.postRaw(`${page.url}/password`, fields, headers);
    assert.equal(answer.status, 500);
    const reference = /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/.exec(answer.body)?.[0] ?? 'none';
    const lines = installation.logged.filter((line) => line.includes(reference));
    assert.ok(lines.some((line) => line.includes('fell over') && line.includes('"error":"internal"')));
    assert.ok(lines.some((line) => line.includes('"msg":"request"') && line.includes('"status":500')));
  }
});
