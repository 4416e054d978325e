import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { eventually } from '../support/product-process.ts';
import { beginSignIn, signInWithApp } from '../support/sign-in.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const header = z.object({ kid: z.string() });
const kidOf = (token: string | undefined) =>
  header.parse(JSON.parse(Buffer.from((token ?? '').split('.')[0] ?? '', 'base64url').toString())).kid;
const jwks = z.object({
  keys: z.array(z.strictObject({ kid: z.string(), kty: z.string(), use: z.string() }).loose()),
});

/** Times in order: each test goes on where the one before it ended. */
describe('keys that roll by themselves', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;
  let firstKid = '';
  let firstToken = '';

  const publishedKids = async () => {
    const answer = await fetch(`${installation.issuer}/jwks`);
    return jwks.parse(await answer.json()).keys.map(({ kid }) => kid);
  };

  const signIn = async (loginName: string, browser = new Browser()) => {
    const { appData } = await installation.createAccount({ loginName, withApp: true });
    const { page, party, request } = await beginSignIn(installation, browser);
    const answer = await signInWithApp(browser, page, { loginName, appData, at: clock.now() });
    const tokens = await party.finish(request, answer.location);
    return { browser, party, tokens };
  };

  /** Whether oidc-provider takes an ID token as a hint at who is meant. */
  const hintStatus = async (browser: Browser, token: string) => {
    const { party } = await beginSignIn(installation);
    return (await browser.open(party.endSessionUrl({ id_token_hint: token }))).status;
  };

  before(async () => {
    installation = await startInstallation(ending, { clock, replicas: 1 });
  });

  test('the keys of the first start sign, and nothing is due for 89 days', async () => {
    const { tokens } = await signIn('eerste');
    firstToken = tokens.id_token ?? '';
    firstKid = kidOf(firstToken);
    clock.advance(89 * DAY - MINUTE);
    assert.equal((await publishedKids()).length, 3);
  });

  test('a day before they are due their successors are published, and sign nothing yet', async () => {
    clock.advance(2 * MINUTE);
    const kids = await eventually(publishedKids, ({ length }) => length === 6);
    const { tokens } = await signIn('tweede');
    assert.equal(kidOf(tokens.id_token), firstKid);
    assert.equal(kids[0], firstKid);
  });

  test('from their moment on they sign, while earlier tokens and sessions go on', async () => {
    const kids = await publishedKids();
    clock.advance(DAY - 2 * MINUTE);
    const { browser, party, tokens } = await signIn('derde');
    assert.equal(kidOf(tokens.id_token), firstKid);
    clock.advance(2 * MINUTE);
    const request = await party.begin({ prompt: 'none' });
    const renewed = await party.finish(request, (await browser.open(request.url)).location);
    const kid = kidOf(renewed.id_token);
    assert.notEqual(kid, firstKid);
    assert.ok(kids.includes(kid), 'it was published a day before');
    assert.ok((await publishedKids()).includes(firstKid));
    assert.equal(await hintStatus(new Browser(), firstToken), 200);
  });

  test('a day later the old keys are gone from the published ones, and what they signed is refused', async () => {
    clock.advance(DAY);
    const kids = await publishedKids();
    assert.equal(kids.length, 3);
    assert.ok(!kids.includes(firstKid));
    assert.equal(await hintStatus(new Browser(), firstToken), 400);
    const { tokens } = await signIn('vierde');
    assert.equal(kidOf(tokens.id_token), kids[0]);
  });

  test('a key looks the same in the published set whatever its role: no key_ops beside use', async () => {
    const text = await (await fetch(`${installation.issuer}/jwks`)).text();
    assert.doesNotMatch(text, /key_ops|"d":/);
    const answer = await fetch(`${installation.issuer}/jwks`);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/jwk-set\+json/);
  });
});
