import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { beginSignIn, codeFor, codeIn, signInWithApp, tokensFor } from '../support/sign-in.ts';

const SECRET = 'a-secret-of-another-client-0123456789';
const clients = [
  {
    client_id: 'guest',
    client_secret: SECRET,
    client_name: 'Rapportage & Analyse',
    redirect_uris: ['https://guest.example/callback'],
  },
];
const guest = { id: 'guest', secret: SECRET, redirectUri: 'https://guest.example/callback' };

describe('consent', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clients });
  });

  /** Signed in already, and sent here by an application of somebody else. */
  const asked = async (loginName: string, parameters: Record<string, string> = {}) => {
    const { browser } = await codeFor(installation, loginName);
    const party = await createRelyingParty(installation.issuer, guest);
    const request = await party.begin(parameters);
    return { browser, party, request, page: await browser.open(request.url) };
  };

  test('an application of somebody else asks first, names itself and what it wants', async () => {
    const { page } = await asked('lezer');
    assert.equal(page.step, 'consent');
    assert.match(page.body, /<strong>Rapportage &amp; Analyse<\/strong>/);
    assert.equal(page.body.match(/<li>/g)?.length, 5);
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /form-action 'self' https:\/\/guest\.example;/,
    );
  });

  test('yes leads to the application with a code for what was asked', async () => {
    const { browser, party, request, page } = await asked('gever');
    const answer = await browser.submit(page, {});
    const tokens = await party.finish(request, answer.location);
    assert.equal(tokens.scope, 'openid profile email phone roles');
  });

  test('no leads to the application with access_denied and no code, and it may ask again', async () => {
    const { browser, party, request, page } = await asked('weigeraar');
    const answer = await browser.follow(await browser.post(`${page.url}/deny`, {}));
    const back = new URL(answer.location ?? '');
    assert.equal(back.origin, 'https://guest.example');
    assert.equal(back.searchParams.get('error'), 'access_denied');
    assert.equal(back.searchParams.get('state'), request.state);
    assert.equal(back.searchParams.get('code'), null);
    assert.equal((await browser.open((await party.begin()).url)).step, 'consent');
  });

  test('a yes is remembered for this session, and asked again for more than was allowed', async () => {
    const { browser, party, page } = await asked('trouw', { scope: 'openid profile' });
    await browser.submit(page, {});
    const again = await browser.open((await party.begin({ scope: 'openid profile' })).url);
    assert.ok(codeIn(again.location));
    const more = await browser.open((await party.begin({ scope: 'openid profile roles' })).url);
    assert.equal(more.step, 'consent');
    assert.equal(more.body.match(/<li>/g)?.length, 1);
    assert.ok(codeIn((await browser.submit(more, {})).location));
  });

  test('without a page there is no yes', async () => {
    const { browser, party } = await asked('stil');
    const answer = await browser.open((await party.begin({ prompt: 'none' })).url);
    assert.equal(new URL(answer.location ?? '').searchParams.get('error'), 'consent_required');
  });

  test('one person’s yes is not another’s, also on the same browser', async () => {
    const { browser, party, page } = await asked('eerste');
    await browser.submit(page, {});
    browser.cookies = [];
    const { appData } = await installation.createAccount({ loginName: 'tweede', withApp: true });
    const login = await browser.open((await party.begin()).url);
    const answer = await signInWithApp(browser, login, { loginName: 'tweede', appData });
    assert.equal(answer.step, 'consent');
  });

  test('a first sign-in through such an application ends at its consent page, then at the application', async () => {
    const { appData } = await installation.createAccount({ loginName: 'nieuw', withApp: true });
    const { browser, page, party, request } = await beginSignIn(installation, new Browser(), {
      client: guest,
    });
    const second = await browser.submit(page, {
      login_name: 'nieuw',
      password: 'tulp-fiets-Gracht-71',
    });
    const consent = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(consent.step, 'consent');
    const tokens = await party.finish(request, (await browser.submit(consent, {})).location);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'otp', 'mfa']);
  });

  test('one’s own application asks nothing', async () => {
    const { tokens } = await tokensFor(installation, 'eigen');
    assert.ok(tokens.access_token);
  });

  test('an answer given twice is one answer', async () => {
    const { browser, party, request, page } = await asked('dubbel');
    const [one, two] = await Promise.all([
      browser.post(`${page.url}/consent`, {}),
      browser.post(`${page.url}/consent`, {}),
    ]);
    assert.deepEqual([one.status, two.status], [303, 303]);
    const answer = await browser.follow(one);
    assert.ok(await party.finish(request, answer.location));
  });
});
