import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint } from '../support/relying-party.ts';
import { codeFor, codeIn, type RelyingParty, tokensFor } from '../support/sign-in.ts';

/** Names that mean something to an object and nothing to the protocol. */
const PROTOTYPE = [
  '__proto__=x',
  '__proto__[first_party]=true',
  'constructor=x',
  'constructor[prototype][first_party]=true',
  'hasOwnProperty=x',
  'toString=x',
  '__proto__.client_id=other',
];

const TWICE = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'response_mode',
  'acr_values',
  'max_age',
];

describe('parameters of the protocol', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let browser: Browser;
  let party: RelyingParty;

  before(async () => {
    installation = await startInstallation(ending);
    ({ browser, party } = await tokensFor(installation, 'binnen'));
  });

  /** What somebody who is signed in is sent on with. */
  const answered = async (change: (url: URL) => string | URL, from = browser) => {
    const answer = await from.open(String(change(new URL((await party.begin()).url))));
    assert.ok(answer.status < 500, `${answer.status}`);
    const back = answer.location === undefined ? undefined : new URL(answer.location);
    if (back !== undefined) assert.equal(`${back.origin}${back.pathname}`, CLIENT.redirect_uris[0]);
    return { answer, back, error: back?.searchParams.get('error'), code: back?.searchParams.get('code') };
  };

  test('the request itself is right', async () => {
    assert.ok((await answered((url) => url)).code);
  });

  test('twice is never: no request with a parameter in two values gets a code', async () => {
    for (const name of TWICE) {
      for (const value of ['x', '']) {
        const { code } = await answered((url) => {
          url.searchParams.append(name, url.searchParams.get(name) ?? '1');
          url.searchParams.append(name, value);
          return url;
        });
        assert.equal(code ?? undefined, undefined, `${name}=${value}`);
      }
    }
  });

  test('twice is never at the token endpoint either', async () => {
    const { request, answer, party: own } = await codeFor(installation, 'dubbel');
    const fields: [string, string][] = [
      ['client_id', CLIENT.client_id],
      ['client_secret', CLIENT.client_secret],
      ['grant_type', 'authorization_code'],
      ['code', codeIn(answer.location)],
      ['redirect_uri', own.redirectUri],
      ['code_verifier', request.verifier],
    ];
    for (const [name, value] of fields) {
      const { status, json } = await askEndpoint(
        `${installation.issuer}/token`,
        new URLSearchParams([...fields, [name, value]]),
      );
      assert.equal(status, 400, name);
      assert.equal(json.access_token, undefined);
    }
    const { status } = await askEndpoint(`${installation.issuer}/token`, new URLSearchParams(fields));
    assert.equal(status, 200, 'and the code is still its own');
  });

  test('have one spelling: capitals, brackets and blanks make another name', async () => {
    for (const name of ['redirect_uri', 'code_challenge', 'client_id', 'response_type']) {
      for (const spelling of [name.toUpperCase(), `${name}[]`, ` ${name}`, `${name} `, `${name}\0`]) {
        const { code } = await answered((url) => {
          const value = url.searchParams.get(name) ?? '';
          url.searchParams.delete(name);
          url.searchParams.set(spelling, value);
          return url;
        });
        assert.equal(code ?? undefined, undefined, JSON.stringify(spelling));
      }
    }
    const { code } = await answered((url) => `${url}&REDIRECT_URI=https%3A%2F%2Fevil.example%2F&Scope=admin`);
    assert.ok(code, 'and next to the right one it changes nothing');
  });

  test('named like parts of an object change nothing, in addresses and in forms', async () => {
    for (const pair of PROTOTYPE) {
      assert.ok((await answered((url) => `${url}&${pair}`)).code, pair);
      for (const path of ['/token', '/request', '/token/introspection', '/token/revocation']) {
        const body = new URLSearchParams(`${pair}&client_id=app&grant_type=__proto__&token=constructor`);
        const { status, json } = await askEndpoint(installation.issuer + path, body);
        assert.ok(status === 400 || status === 401, `${path} ${pair} gave ${status}`);
        assert.ok(json.error);
      }
    }
    for (const client_id of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const url = new URL((await party.begin()).url);
      url.searchParams.set('client_id', client_id);
      assert.equal((await new Browser().get(url.href)).step, 'error', client_id);
      const { json } = await askEndpoint(`${installation.issuer}/token`, {
        client_id,
        grant_type: 'refresh_token',
      });
      assert.match(json.error ?? '', /^invalid_(client|request)$/);
    }
    assert.equal(Reflect.get({}, 'first_party'), undefined);
  });

  test('no way of answering puts a code where others read it', async () => {
    for (const [mode, allowed] of [
      ['fragment', true],
      ['form_post', true],
      ['web_message', false],
      ['jwt', false],
      ['query.jwt', false],
      ['form_post.jwt', false],
      ['none', false],
      ['__proto__', false],
      ['constructor', false],
    ] as const) {
      const { answer, error, code } = await answered((url) => {
        url.searchParams.set('response_mode', mode);
        return url;
      });
      assert.equal(code ?? undefined, undefined, `${mode} is not in the query`);
      if (!allowed)
        assert.ok(error === 'unsupported_response_mode' || answer.step === 'error', `${mode}: ${error}`);
    }
  });

  test('asked for without a page, nobody who is not signed in gets more than an error', async () => {
    const stranger = new Browser();
    for (const prompt of [
      'none',
      'none login',
      'login none',
      'NONE',
      'consent none',
      '__proto__',
      'select_account',
    ]) {
      const { code, error, answer } = await answered((url) => {
        url.searchParams.set('prompt', prompt);
        return url;
      }, stranger);
      assert.equal(code ?? undefined, undefined, prompt);
      assert.match(error ?? answer.step ?? '', /^(login_required|invalid_request|password|error)$/, prompt);
    }
  });

  test('an age of nothing asks for both steps again, and no age is read out of nonsense', async () => {
    const wait = (max_age: string) =>
      answered((url) => {
        url.searchParams.set('max_age', max_age);
        return url;
      });
    const zero = await wait('0');
    assert.equal(zero.answer.step, 'password');
    for (const nonsense of ['-1', '+1', '1e9', '0x10', '0b1', 'NaN', '1.5', '1.0', '1 ', 'Infinity']) {
      const { code, error, answer } = await wait(nonsense);
      assert.equal(code ?? undefined, undefined, nonsense);
      assert.match(error ?? answer.step ?? '', /^(invalid_request|password|error)$/, nonsense);
    }
  });

  test('no wish for strength, claims or language makes a token say what was not so', async () => {
    for (const [name, value] of [
      ['acr_values', 'urn:evil:gold'],
      ['acr_values', 'urn:poortwachter:acr:hardware urn:evil:gold'],
      [
        'claims',
        JSON.stringify({ id_token: { acr: { value: 'urn:evil:gold' }, roles: { value: 'admin' } } }),
      ],
      ['claims', JSON.stringify({ id_token: { sub: { value: 'somebody-else' } } })],
      ['claims', '{"id_token":{"__proto__":{"essential":true}}}'],
      ['ui_locales', '../../../etc/passwd'],
      ['claims_locales', '__proto__'],
      ['login_hint', 'somebody-else'],
      ['roles', 'admin'],
      ['sub', 'somebody-else'],
    ] as const) {
      const request = await party.begin({ [name]: value });
      const answer = await browser.open(request.url);
      const location = new URL(answer.location ?? installation.issuer);
      if (!location.searchParams.has('code')) continue;
      const claims = (await party.finish(request, answer.location)).claims();
      assert.match(String(claims?.acr), /^urn:poortwachter:acr:mfa$/, `${name}=${value}`);
      assert.doesNotMatch(JSON.stringify(claims), /evil|admin|somebody-else/);
    }
  });

  test('a request in 100 kB is refused before anything reads it', async () => {
    for (const name of ['nonce', 'state', 'scope', 'x']) {
      const { status } = await fetch(`${installation.issuer}/auth?${name}=${'x'.repeat(100_000)}`);
      assert.equal(status, 431, name);
    }
  });

  test('no address that begins like another host leads there', async () => {
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      '//evil.example/auth',
      '/%2f/evil.example',
      '/@evil.example',
    ]) {
      const answer = await new Browser().get(installation.issuer + path);
      assert.equal(answer.location, undefined, path);
      assert.equal(answer.status, 404, path);
      assert.doesNotMatch(answer.body, /(?:href|src|action)="[^"]*evil\.example/, path);
    }
    const resumed = await browser.get(
      `${installation.issuer}/auth/x?redirect_uri=https://evil.example/&next=//evil.example`,
    );
    assert.equal(resumed.location, undefined);
  });

  test('none of it was a failure of ours', () => {
    assert.deepEqual(
      installation.logged.filter((line) => /"level":[56]0/.test(line)),
      [],
    );
  });
});
