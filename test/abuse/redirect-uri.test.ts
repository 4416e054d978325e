import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty } from '../support/relying-party.ts';

const REGISTERED = 'http://localhost:9/callback';
const OTHERS = 'https://other.example/callback';
const clients = [
  {
    client_id: 'other',
    client_secret: 'a-secret-of-another-client-0123456789',
    redirect_uris: [OTHERS],
    post_logout_redirect_uris: ['https://other.example/bye'],
  },
];

const variants = [
  'http://localhost:9/Callback',
  'http://LOCALHOST:9/callback',
  'HTTP://localhost:9/callback',
  'https://localhost:9/callback',
  'http://localhost/callback',
  'http://localhost:10/callback',
  'http://localhost:9/callback/',
  'http://localhost:9//callback',
  'http://localhost:9/callback?x=1',
  'http://localhost:9/callback?',
  'http://localhost:9/callback#',
  'http://localhost:9/callback#x',
  'http://localhost:9/callback/../callback',
  'http://localhost:9/./callback',
  'http://localhost:9/callback%2e',
  'http://localhost:9/%2e/callback',
  'http://localhost:9/callbac%6b',
  'http://localhost:9/callback%00',
  'http://localhost:9/callback%0d%0aX-Injected:1',
  'http://user@localhost:9/callback',
  'http://localhost:9@evil.example/callback',
  'http://localhost:9.evil.example/callback',
  'http://localhost:9\\@evil.example/callback',
  'http://127.0.0.1:9/callback',
  'http://[::1]:9/callback',
  'http://localhost.:9/callback',
  'http://locálhost:9/callback',
  '//localhost:9/callback',
  '/callback',
  'javascript:alert(1)',
  'data:text/html,x',
  ' http://localhost:9/callback',
  'http://localhost:9/callback ',
  'https://evil.example/',
  OTHERS,
];

describe('redirect addresses', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clients });
  });

  test('one letter beside the registered address is a page with a number, and the browser goes nowhere', async () => {
    const party = await createRelyingParty(installation.issuer);
    for (const variant of variants) {
      const { url } = await party.begin({ redirect_uri: variant });
      const answer = await new Browser().get(url);
      assert.equal(answer.status, 400, variant);
      assert.equal(answer.location, undefined, variant);
      assert.equal(answer.step, 'error', variant);
      assert.match(answer.body, /[0-9A-Z]{4}-[0-9A-Z]{4}/);
      assert.match(answer.body, /invalid_redirect_uri/);
    }
    const right = await new Browser().get((await party.begin({ redirect_uri: REGISTERED })).url);
    assert.match(right.location ?? '', /\/interaction\//);
  });

  test('a request that names the address twice, or not at all, is a page', async () => {
    const party = await createRelyingParty(installation.issuer);
    const { url } = await party.begin();
    const twice = await new Browser().get(`${url}&redirect_uri=https%3A%2F%2Fevil.example%2F`);
    const none = new URL(url);
    none.searchParams.delete('redirect_uri');
    for (const answer of [twice, await new Browser().get(none.href)]) {
      assert.equal(answer.step, 'error');
      assert.equal(answer.location, undefined);
    }
  });

  test('an unknown client is a page, and its address is not followed', async () => {
    const party = await createRelyingParty(installation.issuer);
    const answer = await new Browser().get((await party.begin({ client_id: 'nobody' })).url);
    assert.equal(answer.step, 'error');
    assert.equal(answer.location, undefined);
  });

  test('after signing out the browser goes to registered addresses of that client only', async () => {
    for (const [client_id, post_logout_redirect_uri] of [
      ['app', 'https://other.example/bye'],
      ['app', 'http://localhost:9/signed-out/'],
      ['app', 'http://localhost:9/signed-out?next=https://evil.example'],
      ['app', 'https://evil.example/'],
      ['other', 'http://localhost:9/signed-out'],
    ] as const) {
      const url = new URL('/session/end', installation.issuer);
      url.search = new URLSearchParams({ client_id, post_logout_redirect_uri }).toString();
      const answer = await new Browser().get(url.href);
      assert.equal(answer.status, 400, post_logout_redirect_uri);
      assert.equal(answer.step, 'error');
    }
  });

  test('choosing a language leads to a path of ours and nowhere else', async () => {
    const browser = new Browser();
    for (const back of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '\\/evil.example',
      '/%0d%0aSet-Cookie:x=1\r\nX: 1',
      'javascript:alert(1)',
      '/ok\n//evil.example',
      '',
    ]) {
      const answer = await browser.post(`${installation.issuer}/language`, { locale: 'en', back });
      assert.equal(answer.status, 303);
      assert.equal(answer.location, `${installation.issuer}/`, JSON.stringify(back));
    }
    const kept = await browser.post(`${installation.issuer}/language`, {
      locale: 'en',
      back: '/interaction/x?y=1',
    });
    assert.equal(kept.location, `${installation.issuer}/interaction/x?y=1`);
  });
});
