import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, codeFor, signInWithApp } from '../support/sign-in.ts';

const texts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onfocus='alert(1)' autofocus='",
  '</textarea></title></style><svg onload=alert(1)>',
  '{{constructor.constructor("alert(1)")()}}',
  'javascript:alert(1)',
  '<!--',
  '\u2028\u2029<b>',
];

/** What of these texts would be markup if it stood in a page as it is. */
const dangerous = /<script>alert|<img src=x|<svg onload|onerror=alert\(1\)>|' onfocus='|<b>|<!--(?!.*-->)/;

const clients = texts.slice(0, 3).map((client_name, n) => ({
  client_id: `guest-${n}`,
  client_secret: 'a-secret-of-another-client-0123456789',
  client_name,
  redirect_uris: ['https://guest.example/callback'],
}));

describe('hostile texts', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clients });
  });

  const assertHarmless = ({ body, headers }: Answer, text: string) => {
    assert.doesNotMatch(body, dangerous, text);
    // The only script that is not a file is oidc-provider's own, on a page without any such text in it.
    assert.doesNotMatch(body, /<script(?![^>]*\ssrc="\/assets\/)/, text);
    assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/);
    for (const [name, value] of headers) assert.doesNotMatch(value, /[\r\n<]/, name);
  };

  test('a login name is shown as text, as typed, and never as markup', async () => {
    for (const text of texts) {
      const { browser, page } = await beginSignIn(installation);
      const answer = await browser.submit(page, { login_name: text, password: 'x' });
      assert.equal(answer.step, 'password');
      assertHarmless(answer, text);
      const shown = /name="login_name"[^>]*value="([^"]*)"/.exec(answer.body)?.[1] ?? '';
      const asTyped = shown
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&');
      assert.equal(asTyped, text);
    }
  });

  test('what an application sends along is shown as text or not at all', async () => {
    for (const text of texts) {
      for (const name of [
        'login_hint',
        'ui_locales',
        'state',
        'nonce',
        'acr_values',
        'claims_locales',
        'display',
      ]) {
        const browser = new Browser();
        const parameters = { [name]: text };
        const { party } = await beginSignIn(installation, browser);
        assertHarmless(await browser.open((await party.begin(parameters)).url), `${name}: ${text}`);
      }
    }
  });

  test('an error page repeats nothing of the request', async () => {
    for (const text of texts) {
      for (const name of ['client_id', 'redirect_uri', 'response_type', 'scope', 'request_uri', 'state']) {
        const url = new URL('/auth', installation.issuer);
        url.searchParams.set(name, text);
        const answer = await new Browser().get(url.href);
        assert.equal(answer.step, 'error');
        assertHarmless(answer, `${name}: ${text}`);
        assert.equal(answer.body.includes('alert(1)'), false);
      }
      const lost = await new Browser().get(`${installation.issuer}/${encodeURIComponent(text)}`);
      assert.equal(lost.status, 404);
      assertHarmless(lost, text);
    }
  });

  test('the name of an application is shown as text on the page that asks for consent', async () => {
    for (const { client_id, client_name } of clients) {
      const { browser } = await codeFor(installation, client_id);
      const url = new URL('/auth', installation.issuer);
      url.search = new URLSearchParams({
        client_id,
        redirect_uri: 'https://guest.example/callback',
        response_type: 'code',
        scope: 'openid',
        state: '"><script>alert(1)</script>',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      }).toString();
      const page = await browser.open(url.href);
      assert.equal(page.step, 'consent');
      assertHarmless(page, client_name);
    }
  });

  test('a state comes back to the application byte for byte, also in a form', async () => {
    for (const [n, text] of texts.entries()) {
      const loginName = `state-${n}`;
      const { appData } = await installation.createAccount({ loginName, withApp: true });
      const parameters = { state: text, response_mode: n % 2 === 0 ? 'form_post' : 'query' };
      const { browser, page } = await beginSignIn(installation, new Browser(), { parameters });
      const answer = await signInWithApp(browser, page, { loginName, appData });
      if (answer.location === undefined) assert.doesNotMatch(answer.body, dangerous, text);
      else assert.equal(new URL(answer.location).searchParams.get('state'), text);
    }
  });

  test('a User-Agent, a language and a referrer are in no page and break no line of the log', async () => {
    const before = installation.logged.length;
    for (const text of texts.slice(0, 6)) {
      const headers = {
        'user-agent': text,
        'accept-language': text,
        referer: text,
        'x-forwarded-host': text,
        'x-request-id': text,
      };
      for (const path of ['/auth', '/interaction/x', '/nowhere']) {
        assertHarmless(await new Browser().get(installation.issuer + path, headers), text);
      }
    }
    for (const line of installation.logged.slice(before)) assert.doesNotThrow(() => JSON.parse(line));
  });
});
