import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import {
  CLIENT,
  type Installation,
  PASSWORD,
  PLAIN_REQUEST,
  startInstallation,
} from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint } from '../support/relying-party.ts';
import { beginSignIn, codeFor, typePassword } from '../support/sign-in.ts';

const FORM = 'application/x-www-form-urlencoded';
const MEGABYTE = 'x'.repeat(1024 * 1024);

interface Body {
  what: string;
  body: string | Uint8Array<ArrayBuffer>;
  type?: string;
  headers?: Record<string, string>;
}

const raw = (...bytes: number[]) =>
  new Uint8Array([...Buffer.from('login_name=a&password=b&code=1'), ...bytes]);

/** Posts that no page of ours sends, whatever the form's fields are. */
const bodies: Body[] = [
  { what: 'a null byte', body: 'login_name=a%00b&password=x&code=1%002' },
  { what: 'bytes that are no UTF-8', body: 'login_name=%ff&password=%fe&code=%ff' },
  { what: 'a lone surrogate', body: 'login_name=%ED%A0%80&password=%ED%BF%BF&code=%ED%A0%80' },
  { what: 'an overlong encoding', body: 'login_name=%C0%AF&password=%C0%80&code=%C0%80' },
  { what: 'raw bytes that are no UTF-8', body: raw(0xff, 0xfe, 0x80) },
  { what: 'a field of a megabyte', body: `login_name=${MEGABYTE}&password=x&code=${MEGABYTE}` },
  { what: 'a list instead of a text', body: 'login_name[]=a&login_name[]=b&password[x]=c&code[]=1&code[]=1' },
  { what: 'a field twice', body: 'login_name=a&login_name=b&password=x&password=y&code=1&code=2' },
  { what: 'JSON', body: '{"login_name":"a","password":"b","code":"1"}', type: 'application/json' },
  { what: 'JSON that says it is a form', body: '{"login_name":"a"}' },
  { what: 'multipart', body: '--x\r\n\r\na\r\n--x--\r\n', type: 'multipart/form-data; boundary=x' },
  { what: 'plain text', body: 'login_name=a&password=b&code=1', type: 'text/plain' },
  { what: 'no fields', body: '' },
  { what: 'names with a prototype in it', body: '__proto__=a&constructor=b&__proto__[admin]=1' },
  { what: 'a body that is not what it says', body: 'login_name=a', headers: { 'content-encoding': 'gzip' } },
  { what: 'an unknown encoding', body: 'login_name=a', headers: { 'content-encoding': 'x-unknown' } },
  { what: 'control characters', body: 'login_name=%1b[31m&password=%07&code=%08' },
  { what: 'ten thousand fields', body: Array.from({ length: 10_000 }, (_, n) => `f${n}=`).join('&') },
];

/** A button without fields of its own posts nothing at all. */
const forFieldless = bodies.filter(({ what }) => what !== 'no fields');

describe('bad input', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const guest = {
      client_id: 'guest',
      client_secret: 'a-secret-of-another-client-0123456789',
      redirect_uris: ['https://guest.example/callback'],
    };
    installation = await startInstallation(ending, { clients: [guest] });
  });

  const send = (browser: Browser, url: string, { body, type = FORM, headers = {} }: Body) =>
    browser.postRaw(url, body, { 'content-type': type, ...headers });

  const assertFormAgain = (answer: Answer, step: string, what: string) => {
    assert.equal(answer.status, 400, what);
    assert.equal(answer.step, step, what);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.match(answer.body, /class="alert"/, what);
    assert.doesNotMatch(answer.body, /SyntaxError|at .*\.ts:|node_modules/);
  };

  test('the password form comes back with 400, and nothing is counted or kept of it', async () => {
    await installation.createAccount({ loginName: 'invoer', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    for (const bad of bodies)
      assertFormAgain(await send(browser, `${page.url}/password`, bad), 'password', bad.what);
    const again = await browser.get(page.url);
    assert.doesNotMatch(again.body, /class="alert"/);
    assert.equal((await typePassword(browser, again, 'invoer')).step, 'second-step');
  });

  test('the code form comes back with 400, and the sign-in goes on from there', async () => {
    await installation.createAccount({ loginName: 'codes', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'codes');
    for (const bad of bodies) {
      assertFormAgain(await send(browser, `${second.url}/second-step`, bad), 'second-step', bad.what);
    }
  });

  test('the set-up form comes back with 400 and the same key', async () => {
    await installation.createAccount({ loginName: 'opzetten' });
    const { browser, page } = await beginSignIn(installation);
    const setUp = await typePassword(browser, page, 'opzetten');
    const shown = (answer: Answer) => /id="setup-key"[^>]*>(.*?)<\/p>/s.exec(answer.body)?.[1];
    for (const bad of bodies) {
      const answer = await send(browser, `${setUp.url}/enrol`, bad);
      assertFormAgain(answer, 'enrol-app', bad.what);
      assert.equal(shown(answer), shown(setUp));
    }
  });

  test('a button without fields takes nothing but its own form', async () => {
    await installation.createAccount({ loginName: 'knop', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    await typePassword(browser, page, 'knop');
    for (const bad of forFieldless) {
      assertFormAgain(await send(browser, `${page.url}/start-over`, bad), 'second-step', bad.what);
    }
  });

  test('the consent page comes back with 400 and nothing is agreed to', async () => {
    const { browser } = await codeFor(installation, 'akkoord');
    const url = new URL('/auth', installation.issuer);
    url.search = new URLSearchParams({
      client_id: 'guest',
      redirect_uri: 'https://guest.example/callback',
      response_type: 'code',
      scope: 'openid profile',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }).toString();
    const page = await browser.open(url.href);
    assert.equal(page.step, 'consent');
    for (const bad of forFieldless) {
      for (const path of ['consent', 'deny']) {
        const answer = await send(browser, `${page.url}/${path}`, bad);
        assert.equal(answer.status, 400, `${path}: ${bad.what}`);
        assert.equal(answer.step, 'consent');
      }
    }
    assert.equal((await browser.get(page.url)).step, 'consent');
  });

  test('a malformed choice of language is a page with a number', async () => {
    for (const bad of bodies) {
      const answer = await send(new Browser(), `${installation.issuer}/language`, bad);
      assert.equal(answer.status, 400, bad.what);
      assert.equal(answer.step, 'error');
      assert.match(answer.body, /[0-9A-Z]{4}-[0-9A-Z]{4}/);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
  });

  test('what is longer than any name or password is refused before it costs a hash', async (t) => {
    const verify = t.mock.method(installation.running.composition.hasher, 'verify');
    const { browser, page } = await beginSignIn(installation);
    for (const fields of [
      { login_name: 'x'.repeat(321), password: PASSWORD },
      { login_name: 'arts', password: 'x'.repeat(1001) },
    ]) {
      assert.equal((await browser.post(`${page.url}/password`, fields)).status, 400);
    }
    assert.equal(verify.mock.callCount(), 0);
  });

  test('an application’s endpoints answer bad bodies with OAuth’s errors or a page, never with a failure', async () => {
    for (const bad of bodies) {
      for (const path of ['/token', '/auth', '/me', '/session/end', '/session/end/confirm', '/request']) {
        const headers = { accept: 'application/json' };
        const answer = await send(new Browser(), installation.issuer + path, {
          ...bad,
          headers: { ...bad.headers, ...headers },
        });
        assert.ok(answer.status < 500, `${path}: ${bad.what} gave ${answer.status}`);
      }
      for (const path of ['/token/introspection', '/token/revocation']) {
        const answer = await send(new Browser(), installation.issuer + path, bad);
        assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${bad.what} gave ${answer.status}`);
      }
    }
  });

  test('no parameter of a protocol request makes the server fail', async () => {
    const values = [
      '%00',
      '%ff',
      '%ED%A0%80',
      'x'.repeat(7_000),
      '',
      '%5B%5D',
      '%7B%7D',
      '-1',
      '__proto__',
      '9'.repeat(400),
    ];
    const names = [
      'client_id',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
      'nonce',
      'prompt',
      'max_age',
    ];
    const more = [
      'ui_locales',
      'login_hint',
      'acr_values',
      'id_token_hint',
      'response_mode',
      'code_challenge',
      'claims',
    ];
    for (const name of [
      ...names,
      ...more,
      'request_uri',
      'dpop_jkt',
      'display',
      'claims_locales',
      'registration',
    ]) {
      for (const value of values) {
        const others = new URLSearchParams(PLAIN_REQUEST);
        others.delete(name);
        const query = `${others}&${name}=${value}`;
        for (const url of [
          `${installation.issuer}/auth?${query}`,
          `${installation.issuer}/session/end?${name}=${value}`,
        ]) {
          const browser = new Browser();
          const answer = await browser.follow(await browser.get(url));
          assert.ok(answer.status < 500, `${name}=${value.slice(0, 20)} gave ${answer.status}`);
        }
      }
    }
    for (const name of [
      'code',
      'refresh_token',
      'client_id',
      'client_secret',
      'grant_type',
      'redirect_uri',
      'code_verifier',
      'scope',
    ]) {
      for (const value of ['\0', '\ufffd', 'x'.repeat(50_000), '[]', '__proto__']) {
        for (const grant_type of ['authorization_code', 'refresh_token']) {
          const { client_id, client_secret } = CLIENT;
          const fields = {
            client_id,
            client_secret,
            grant_type,
            code: 'x',
            refresh_token: 'x',
            [name]: value,
          };
          const answer = await askEndpoint(`${installation.issuer}/token`, fields);
          assert.ok(answer.status >= 400 && answer.status < 500, `${name} gave ${answer.status}`);
          assert.ok(answer.json.error);
        }
      }
    }
  });

  test('broken credentials of an application are invalid_client or a plain refusal', async () => {
    for (const authorization of [
      'Basic',
      'Basic !!!',
      'Basic JQ==',
      'Basic OjpgJQ==',
      'Basic Zjo=',
      'Bearer x',
      'Basic JWZmOiVmZg==',
    ]) {
      const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
      const answer = await askEndpoint(`${installation.issuer}/token`, fields, { authorization });
      assert.ok(answer.status === 400 || answer.status === 401, `${authorization} gave ${answer.status}`);
      assert.match(answer.json.error ?? '', /^invalid_(client|request)$/);
    }
  });

  test('none of it was a failure of ours: the log has no error', () => {
    assert.deepEqual(
      installation.logged.filter((line) => line.includes('"level":50')),
      [],
    );
  });
});
