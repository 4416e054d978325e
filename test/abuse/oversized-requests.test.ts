import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { breakStore } from '../support/broken-store.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, PLAIN_REQUEST, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint } from '../support/relying-party.ts';
import { codeFor, tokensFor } from '../support/sign-in.ts';

/** Longest value of each parameter that a stranger may have kept for an hour. */
const longest: Record<string, number> = {
  state: 2000,
  nonce: 1000,
  login_hint: 500,
  acr_values: 500,
  ui_locales: 200,
  claims_locales: 200,
};

/** Numbers, words and digests that oidc-provider reads, padded so that it still takes them. */
const padded: Record<string, string> = {
  max_age: `${'0'.repeat(5_000)}9`,
  display: 'x'.repeat(5_000),
  dpop_jkt: 'x'.repeat(5_000),
  prompt: `login${' login'.repeat(1_000)}`,
};

describe('what an authorization request makes us keep', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const open = { client_id: 'open', redirect_uris: ['http://localhost:9/callback'] };
    installation = await startInstallation(ending, {
      clients: [{ ...open, token_endpoint_auth_method: 'none' }],
    });
  });

  /** Puts the names of what is written to the store into a list, until it is disposed of. */
  const watchWrites = (written: string[]) =>
    breakStore(installation, ({ method, model }) => {
      if (method === 'upsert') written.push(model);
      return false;
    });
  const ask = (parameters: Record<string, string>) => {
    const url = new URL('/auth', installation.issuer);
    url.search = new URLSearchParams({ ...PLAIN_REQUEST, ...parameters }).toString();
    return new Browser().get(url.href);
  };

  test('a parameter at its bound is taken', async () => {
    for (const [name, length] of Object.entries(longest)) {
      const answer = await ask({ [name]: 'x'.repeat(length) });
      assert.equal(answer.status, 303, name);
      assert.match(answer.location ?? '', /\/interaction\//, name);
    }
  });

  test('a longer one is an error page, and nothing is kept or sent on', async () => {
    const written: string[] = [];
    using _watched = watchWrites(written);
    const long = Object.entries(longest).map(([name, length]) => [name, 'x'.repeat(length + 1)] as const);
    for (const [name, value] of [...long, ...Object.entries(padded)]) {
      const answer = await ask({ [name]: value });
      assert.equal(answer.status, 400, name);
      assert.equal(answer.step, 'error', name);
      assert.equal(answer.location, undefined);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assert.deepEqual(written, []);
    const refusals = installation.logged.filter((line) => line.includes('authorization refused'));
    assert.ok(refusals.some((line) => line.includes('nonce is longer than 1000 characters')));
    assert.equal(refusals.join('').includes('xxxx'), false);
  });

  test('of scopes only those that there are are kept', async () => {
    const { tenant, volatile } = installation.running.composition;
    const answer = await ask({ scope: `openid ${'x'.repeat(5_000)}` });
    const uid = answer.location?.split('/').at(-1) ?? '';
    const stored = await volatile.artifacts.find(tenant.id, 'Interaction', uid);
    assert.deepEqual(stored?.payload.params, { ...PLAIN_REQUEST, scope: 'openid' });
  });

  test('a pushed request is held to the same bounds, also that of a client without a secret', async () => {
    const written: string[] = [];
    using _watched = watchWrites(written);
    for (const [name, length] of Object.entries(longest)) {
      const fields = { ...PLAIN_REQUEST, client_id: 'open', [name]: 'x'.repeat(length + 1) };
      const { status, json } = await askEndpoint(`${installation.issuer}/request`, fields);
      assert.deepEqual([status, json.error], [400, 'invalid_request'], name);
    }
    assert.deepEqual(written, []);
  });

  test('an ID token as a hint is taken, long as it is, and anything else in its place is not', async () => {
    const { tokens, browser, party } = await tokensFor(installation, 'hint');
    const hint = tokens.id_token ?? '';
    const known = await browser.get((await party.begin({ id_token_hint: hint })).url);
    assert.match(known.location ?? '', /\/callback\?code=/);
    const written: string[] = [];
    using _watched = watchWrites(written);
    const answer = await ask({ id_token_hint: `${hint.slice(0, -4)}${'A'.repeat(6_000)}` });
    assert.match(answer.location ?? '', /error=invalid_request/);
    assert.deepEqual(written, []);
  });

  test('the longest state comes back whole, also when an address writes six characters for each of its own', async () => {
    const state = 'é'.repeat(2000);
    const { answer } = await codeFor(installation, 'terug', new Browser(), { parameters: { state } });
    assert.equal(new URL(answer.location ?? '').searchParams.get('state'), state);
  });

  test('an authorization request by POST is nobody’s address', async () => {
    const answer = await new Browser().post(`${installation.issuer}/auth`, PLAIN_REQUEST);
    assert.equal(answer.status, 404);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  });
});
