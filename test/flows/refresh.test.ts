import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { type RelyingParty, tokensFor } from '../support/sign-in.ts';

const publicClient = {
  client_id: 'app-public',
  redirect_uris: ['http://localhost:9/callback'],
  token_endpoint_auth_method: 'none' as const,
  first_party: true,
};

const refreshWith = (party: RelyingParty, token: string | undefined) =>
  party.askToken({ grant_type: 'refresh_token', refresh_token: token ?? '' });

describe('refresh tokens', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clients: [publicClient] });
  });

  const works = async (access: string | undefined) =>
    (await userinfoStatus(installation.issuer, access ?? '')) === 200;

  for (const client of [{}, { id: 'app-public', secret: undefined }]) {
    const kind = 'id' in client ? 'public' : 'confidential';

    test(`each use gives a ${kind} client a new one`, async () => {
      const visit = { client };
      const { tokens, party } = await tokensFor(installation, `draai-${kind}`, new Browser(), visit);
      const seen = new Set([tokens.refresh_token]);
      let token = tokens.refresh_token;
      for (let use = 0; use < 4; use += 1) {
        const answer = await refreshWith(party, token);
        assert.equal(answer.status, 200);
        token = answer.json.refresh_token;
        seen.add(token);
      }
      assert.equal(seen.size, 5);
    });

    test(`a lost answer may be asked for once more, a third use ends everything of a ${kind} client`, async () => {
      const visit = { client };
      const { tokens, party } = await tokensFor(installation, `derde-${kind}`, new Browser(), visit);
      const first = await refreshWith(party, tokens.refresh_token);
      const sibling = await refreshWith(party, tokens.refresh_token);
      assert.deepEqual([first.status, sibling.status], [200, 200]);
      assert.notEqual(first.json.refresh_token, sibling.json.refresh_token);
      for (const { json } of [first, sibling]) assert.equal(await works(json.access_token), true);

      assert.equal((await refreshWith(party, tokens.refresh_token)).json.error, 'invalid_grant');
      for (const { json } of [first, sibling]) {
        assert.equal(await works(json.access_token), false);
        assert.equal((await refreshWith(party, json.refresh_token)).json.error, 'invalid_grant');
      }
      assert.equal(await works(tokens.access_token), false);
    });
  }

  test('the token of one client is worth nothing to another', async () => {
    const { tokens } = await tokensFor(installation, 'ander');
    const visit = { client: { id: 'app-public', secret: undefined } };
    const { party } = await tokensFor(installation, 'ander-twee', new Browser(), visit);
    assert.equal((await refreshWith(party, tokens.refresh_token)).json.error, 'invalid_grant');
    assert.equal(await works(tokens.access_token), true, 'and a stranger’s try ends nothing');
  });

  test('a client without its secret gets nothing for a stolen token', async () => {
    const { tokens, party } = await tokensFor(installation, 'gestolen');
    for (const client_secret of ['', 'a-wrong-secret-of-at-least-32-characters']) {
      const answer = await party.askToken({
        client_secret,
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token ?? '',
      });
      assert.equal(answer.json.error, 'invalid_client');
    }
    assert.equal((await refreshWith(party, tokens.refresh_token)).status, 200);
  });

  test('a refresh never widens the scope', async () => {
    const visit = { parameters: { scope: 'openid roles' } };
    const { tokens, party } = await tokensFor(installation, 'breder', new Browser(), visit);
    const answer = await party.askToken({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      scope: 'openid roles email',
    });
    assert.equal(answer.json.error, 'invalid_scope');
  });

  test('a refreshed ID token is about the same sign-in', async () => {
    const { tokens, party } = await tokensFor(installation, 'zelfde');
    const renewed = await party.refresh(tokens.refresh_token ?? '');
    const [before, after] = [tokens.claims(), renewed.claims()];
    for (const claim of ['sub', 'auth_time', 'acr', 'amr', 'tenant']) {
      assert.deepEqual(after?.[claim], before?.[claim], claim);
    }
  });

  test('a revoked refresh token is dead, and what it gave with it', async () => {
    const { tokens, party } = await tokensFor(installation, 'ingetrokken');
    await party.revoke(tokens.refresh_token ?? '');
    assert.equal((await refreshWith(party, tokens.refresh_token)).json.error, 'invalid_grant');
    assert.equal(await works(tokens.access_token), false);
  });

  test('a revoked access token is dead', async () => {
    const { tokens, party } = await tokensFor(installation, 'toegang-weg');
    await party.revoke(tokens.access_token);
    assert.equal(await works(tokens.access_token), false);
  });

  test('nobody revokes the token of another client', async () => {
    const { tokens } = await tokensFor(installation, 'mijn');
    const visit = { client: { id: 'app-public', secret: undefined } };
    const { party } = await tokensFor(installation, 'jouw', new Browser(), visit);
    await party.revoke(tokens.access_token).catch(() => undefined);
    await party.revoke(tokens.refresh_token ?? '').catch(() => undefined);
    assert.equal(await works(tokens.access_token), true);
  });

  test('a client may ask about its own tokens only, and a public client about none', async () => {
    const { tokens, party } = await tokensFor(installation, 'vraag');
    const known = await party.introspect(tokens.access_token);
    assert.equal(known.active, true);
    assert.equal(known.client_id, 'app');
    const visit = { client: { id: 'app-public', secret: undefined } };
    const other = await tokensFor(installation, 'vraag-twee', new Browser(), visit);
    assert.equal((await party.introspect(other.tokens.access_token)).active, false);
    for (const token of [tokens.access_token, other.tokens.access_token]) {
      const answer = await other.party.introspect(token).catch(() => undefined);
      assert.notEqual(answer?.active, true);
    }
  });
});
