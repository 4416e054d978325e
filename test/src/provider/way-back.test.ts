import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { type Answer, Browser, formAction } from '../../support/browser.ts';
import { CLIENT, type Installation, startInstallation } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { beginSignIn, codeIn, signInWithApp, tokensFor, typePassword } from '../../support/sign-in.ts';

/** Sources that forms of this page may post and be redirected to. */
function formActionOf(page: Answer): string[] {
  const policy = page.headers.get('content-security-policy') ?? '';
  return (/form-action ([^;]*)/.exec(policy)?.[1] ?? '').split(' ');
}

/** The page that oidc-provider posts by script: its one form, and the hash that lets its script run. */
function hiddenFields(page: Answer): Record<string, string> {
  const inputs = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
}

describe('pages that lead back to the application by a form', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  test('the form that carries the code may go to the application and nowhere else, and its script may run', async () => {
    const { appData } = await installation.createAccount({ loginName: 'form-post', withApp: true });
    const parameters = { response_mode: 'form_post' };
    const { browser, page, request } = await beginSignIn(installation, new Browser(), { parameters });
    const answer = await signInWithApp(browser, page, { loginName: 'form-post', appData });
    assert.equal(answer.status, 200);
    assert.deepEqual(formActionOf(answer), ["'self'", 'http://localhost:9']);
    assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self' 'sha256-[^']+'/);
    const { code, state, iss } = hiddenFields(answer);
    assert.ok(code);
    assert.deepEqual({ state, iss }, { state: request.state, iss: installation.issuer });
    assert.match(answer.body, /<form method="post" action="http:\/\/localhost:9\/callback">/);
  });

  test('somebody else who signs in on the same browser is led back to the application too', async () => {
    const { browser, party } = await tokensFor(installation, 'collega-een');
    const { account, appData } = await installation.createAccount({
      loginName: 'collega-twee',
      withApp: true,
    });
    const request = await party.begin({ prompt: 'login' });
    const asked = await typePassword(browser, await browser.open(request.url), 'collega-twee');
    const change = await browser.submit(asked, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(change.status, 200);
    assert.deepEqual(formActionOf(change), ["'self'", 'http://localhost:9']);
    const action = /<form[^>]*action="([^"]+)"/.exec(change.body)?.[1] ?? '';
    const back = await browser.follow(await browser.post(action, hiddenFields(change)));
    const tokens = await party.finish(request, back.location);
    assert.equal(tokens.claims()?.sub, account.id);
  });

  test('signing out when the session is gone already leads back to the application', async () => {
    const end = new URL('/session/end', installation.issuer);
    end.searchParams.set('client_id', CLIENT.client_id);
    end.searchParams.set('post_logout_redirect_uri', CLIENT.post_logout_redirect_uris[0]);
    const browser = new Browser();
    const page = await browser.get(end.href);
    assert.equal(page.status, 200);
    assert.deepEqual(formActionOf(page), ["'self'", 'http://localhost:9']);
    const action = /<form[^>]*action="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const back = await browser.post(action, hiddenFields(page));
    assert.equal(back.location, CLIENT.post_logout_redirect_uris[0]);
  });

  test('an address that is not the application’s own never gets into the policy', async () => {
    for (const [name, address] of [
      ['post_logout_redirect_uri', 'https://evil.example/'],
      ['redirect_uri', 'https://evil.example/'],
    ] as const) {
      for (const path of ['/session/end', '/auth']) {
        const url = new URL(path, installation.issuer);
        url.searchParams.set(name, address);
        for (const client of [undefined, CLIENT.client_id]) {
          if (client !== undefined) url.searchParams.set('client_id', client);
          const page = await new Browser().get(url.href);
          assert.deepEqual(formActionOf(page), ["'self'"], url.href);
        }
      }
    }
  });

  test('the sign-in’s own pages may lead to the application, for the redirect after their form', async () => {
    const { appData } = await installation.createAccount({ loginName: 'eigen-paginas', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    assert.deepEqual(formActionOf(page), ["'self'", 'http://localhost:9']);
    assert.ok(formAction(page).startsWith(installation.issuer));
    const second = await typePassword(browser, page, 'eigen-paginas');
    assert.deepEqual(formActionOf(second), ["'self'", 'http://localhost:9']);
    const done = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
    assert.ok(codeIn(done.location));
  });
});
