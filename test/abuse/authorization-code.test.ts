import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint, userinfoStatus } from '../support/relying-party.ts';
import { codeFor, codeIn, tokensFor } from '../support/sign-in.ts';

const SECRET = 'a-secret-of-another-client-0123456789';
const redirect_uris = ['http://localhost:9/callback'];
const clients = [
  { client_id: 'other', client_secret: SECRET, redirect_uris, first_party: true },
  { client_id: 'certified', client_secret: SECRET, redirect_uris, first_party: true, pkce_required: false },
];

describe('misuse of authorization codes', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let people = 0;

  before(async () => {
    installation = await startInstallation(ending, { clients });
  });

  /** A fresh code, and a way to exchange it as it should be or otherwise. */
  const bought = async (loginName: string) => {
    const { party, request, answer } = await codeFor(installation, loginName);
    const exchange = (changes: Record<string, string> = {}) =>
      party.askToken({
        grant_type: 'authorization_code',
        code: codeIn(answer.location),
        redirect_uri: party.redirectUri,
        code_verifier: request.verifier,
        ...changes,
      });
    return { exchange, request, party };
  };

  const refusedAt = async (changes: Record<string, string | undefined>) => {
    people += 1;
    const { browser, party } = await tokensFor(installation, `verzoeker-${people}`);
    const url = new URL((await party.begin()).url);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    const answer = await browser.open(url.href);
    const back = new URL(answer.location ?? 'about:blank');
    assert.equal(back.searchParams.get('code'), null);
    const inFragment = new URLSearchParams(back.hash.slice(1));
    assert.equal(
      inFragment.get('code') ?? inFragment.get('id_token') ?? inFragment.get('access_token'),
      null,
    );
    return back.searchParams.get('error') ?? inFragment.get('error') ?? answer.step;
  };

  test('a code used twice buys nothing, and ends what it bought the first time', async () => {
    const { exchange, party } = await bought('tweemaal');
    const first = await exchange();
    assert.equal(first.status, 200);
    assert.equal((await exchange()).json.error, 'invalid_grant');
    assert.equal(await userinfoStatus(installation.issuer, first.json.access_token ?? ''), 401);
    const refreshed = await party.askToken({
      grant_type: 'refresh_token',
      refresh_token: first.json.refresh_token ?? '',
    });
    assert.equal(refreshed.json.error, 'invalid_grant');
  });

  test('of 50 parallel exchanges one at most is answered, and afterwards nothing of it works', async () => {
    const { exchange, party } = await bought('stormloop');
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange()));
    const winners = answers.filter(({ status }) => status === 200);
    assert.ok(winners.length <= 1, `${winners.length} winners`);
    for (const { status, json } of answers) if (status !== 200) assert.equal(json.error, 'invalid_grant');
    for (const { json } of winners) {
      assert.equal(await userinfoStatus(installation.issuer, json.access_token ?? ''), 401);
      const refreshed = await party.askToken({
        grant_type: 'refresh_token',
        refresh_token: json.refresh_token ?? '',
      });
      assert.equal(refreshed.json.error, 'invalid_grant');
    }
  });

  test('a code is bound to its verifier, its address and its client', async () => {
    const { exchange, request } = await bought('gebonden');
    const challenge = createHash('sha256').update(request.verifier).digest('base64url');
    for (const changes of [
      { code_verifier: challenge },
      { code_verifier: `${request.verifier.slice(0, -1)}_` },
      { code_verifier: '' },
      { redirect_uri: 'http://localhost:9/other' },
      { redirect_uri: '' },
      { client_id: 'other', client_secret: SECRET },
    ]) {
      const { status, json } = await exchange(changes);
      assert.equal(status, 400, JSON.stringify(changes));
      assert.match(json.error ?? '', /^invalid_(grant|request)$/);
    }
    assert.equal((await exchange()).status, 200, 'and a wrong try of a stranger spends nothing');
  });

  test('a request without PKCE, or with the plain method, gets no code', async () => {
    assert.equal(
      await refusedAt({ code_challenge: undefined, code_challenge_method: undefined }),
      'invalid_request',
    );
    assert.equal(await refusedAt({ code_challenge_method: 'plain' }), 'invalid_request');
    assert.equal(await refusedAt({ code_challenge_method: undefined }), 'invalid_request');
    assert.equal(await refusedAt({ code_challenge: 'short' }), 'invalid_request');
  });

  test('a client exempted by the operator may leave PKCE out, but not half of it', async () => {
    const client = { id: 'certified', secret: SECRET };
    const { browser, party } = await codeFor(installation, 'zonder-pkce', new Browser(), { client });
    const url = new URL((await party.begin()).url);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const plain = await browser.open(url.href);
    const fields = { grant_type: 'authorization_code', redirect_uri: party.redirectUri };
    assert.equal((await party.askToken({ ...fields, code: codeIn(plain.location) })).status, 200);

    const bound = await party.begin();
    const code = codeIn((await browser.open(bound.url)).location);
    assert.equal((await party.askToken({ ...fields, code })).json.error, 'invalid_grant');
  });

  test('a verifier for a code that was asked for without one is refused: nobody downgrades unseen', async () => {
    const client = { id: 'certified', secret: SECRET };
    const { browser, party } = await codeFor(installation, 'neer', new Browser(), { client });
    const request = await party.begin();
    const url = new URL(request.url);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const code = codeIn((await browser.open(url.href)).location);
    const answer = await party.askToken({
      grant_type: 'authorization_code',
      redirect_uri: party.redirectUri,
      code,
      code_verifier: request.verifier,
    });
    assert.equal(answer.json.error, 'invalid_grant');
  });

  test('no other response type is answered: nothing but a code goes through an address', async () => {
    for (const type of ['token', 'id_token', 'code id_token', 'id_token token', 'none', 'code token', '']) {
      const error = await refusedAt({ response_type: type });
      assert.match(error ?? '', /^(unsupported_response_type|invalid_request|error)$/, type);
    }
  });

  test('no other grant type is answered', async () => {
    for (const grant_type of [
      'password',
      'client_credentials',
      'implicit',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]) {
      const answer = await askEndpoint(`${installation.issuer}/token`, {
        client_id: 'other',
        client_secret: SECRET,
        grant_type,
        username: 'arts',
        password: 'x',
      });
      assert.match(answer.json.error ?? '', /^(unsupported_grant_type|unauthorized_client|invalid_request)$/);
      assert.equal(answer.status, 400);
    }
  });

  test('request objects and their addresses are not read', async () => {
    assert.equal(await refusedAt({ request: 'eyJhbGciOiJub25lIn0.e30.' }), 'request_not_supported');
    assert.equal(
      await refusedAt({ request_uri: 'https://evil.example/request' }),
      'request_uri_not_supported',
    );
  });
});
