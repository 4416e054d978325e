import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from './browser.ts';
import { CLAIMS, openStage } from './stage.ts';

test('a sign-in ends at home with the claims of the provider, and no token in the browser', async () => {
  await using stage = await openStage({ accountPage: 'https://login.example/account' });
  const browser = openBrowser();
  const home = await browser.ask(`${stage.origin}/login`);

  assert.equal(home.url, `${stage.origin}/`);
  assert.equal(home.status, 200);
  for (const text of [CLAIMS.name, CLAIMS.preferred_username, CLAIMS.email, CLAIMS.tenant]) {
    assert.ok(home.text.includes(text), text);
  }
  assert.match(home.text, /wachtwoord \+ code uit een app/);
  assert.match(home.text, /Wachtwoord en tweede stap/);
  assert.match(home.text, /href="https:\/\/login\.example\/account"/);
  assert.doesNotMatch(home.text, /eyJ[\w-]+\./, 'no JWT in the page');
  assert.deepEqual(
    [...browser.cookies.keys()].filter((name) => name.startsWith('verzuimloket.')),
    ['verzuimloket.session'],
  );
});

test('claims are shown as text, never as markup', async () => {
  await using stage = await openStage();
  const home = await openBrowser().ask(`${stage.origin}/login`);
  assert.ok(home.text.includes('&lt;b&gt;hr&lt;/b&gt;'));
  assert.ok(!home.text.includes('<b>hr</b>'));
});

test('the question carries PKCE, state, nonce, language and the scopes, and nothing asks for offline access', async () => {
  await using stage = await openStage();
  await openBrowser('en').ask(`${stage.origin}/login?login_hint=medewerker-014`);
  const [asked] = stage.provider.asked;
  assert.equal(asked?.get('code_challenge_method'), 'S256');
  assert.equal(asked?.get('code_challenge')?.length, 43);
  assert.ok((asked?.get('state')?.length ?? 0) >= 43);
  assert.ok((asked?.get('nonce')?.length ?? 0) >= 43);
  assert.equal(asked?.get('scope'), 'openid profile email phone roles');
  assert.equal(asked?.get('ui_locales'), 'en');
  assert.equal(asked?.get('login_hint'), 'medewerker-014');
  assert.equal(asked?.get('redirect_uri'), `${stage.origin}/callback`);
});

test('two tabs that sign in at once both arrive', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const back = `${stage.origin}/callback`;
  const first = await browser.ask(`${stage.origin}/login`, { stopAt: back });
  const second = await browser.ask(`${stage.origin}/login?target_link_uri=/tasks`, { stopAt: back });
  const secondArrived = await browser.ask(second.headers.get('Location') ?? '');
  const firstArrived = await browser.ask(first.headers.get('Location') ?? '');
  assert.equal(secondArrived.url, `${stage.origin}/tasks`);
  assert.equal(firstArrived.url, `${stage.origin}/`);
  assert.equal(firstArrived.status, 200);
});

test('a page behind the sign-in is where the sign-in ends', async () => {
  await using stage = await openStage();
  const arrived = await openBrowser().ask(`${stage.origin}/employees`);
  assert.equal(arrived.url, `${stage.origin}/employees`);
  assert.match(arrived.text, /<h1>Medewerkers<\/h1>/);
});

test('a person without roles is told that they are signed in, and sees no data', async () => {
  await using stage = await openStage({ claims: { ...CLAIMS, roles: [] } });
  for (const path of ['/login', '/employees']) {
    const home = await openBrowser().ask(`${stage.origin}${path}`);
    assert.equal(home.status, 200);
    assert.match(home.text, /U bent ingelogd, maar u ziet nog niets\. Uw beheerder moet u toegang geven\./);
    assert.match(home.text, /Geen rollen/);
    assert.doesNotMatch(home.text, /Magazijn/);
  }
});

test('an issuer under *.localhost is reached on this machine', async () => {
  await using stage = await openStage({ host: 'inlog.localhost' });
  const browser = openBrowser();
  const begun = await browser.ask(`${stage.origin}/login`, { stopAt: stage.provider.issuer });
  assert.equal(begun.status, 303);
  assert.ok(begun.headers.get('Location')?.startsWith(`${stage.provider.issuer}/auth?`));
});

test('settings are the page that the provider names, for people without a role too', async () => {
  for (const roles of [CLAIMS.roles, []]) {
    await using stage = await openStage({
      accountPage: 'https://login.example/account',
      claims: { ...CLAIMS, roles },
    });
    const browser = openBrowser();
    const stranger = await browser.ask(`${stage.origin}/settings`, { stopAt: `${stage.provider.issuer}/` });
    assert.ok(stranger.headers.get('Location')?.startsWith(stage.provider.issuer), 'sign in first');
    await browser.ask(`${stage.origin}/login`);
    const led = await browser.ask(`${stage.origin}/settings`, { stopAt: 'https://login.example/' });
    assert.deepEqual([led.status, led.headers.get('Location')], [303, 'https://login.example/account']);
  }
});

test('a page of our own stands in for the settings while the provider can not be asked', async () => {
  await using stage = await openStage({ accountPage: 'https://login.example/account' });
  const browser = openBrowser();
  await browser.ask(`${stage.origin}/login`);
  await stage.provider.stop();
  stage.clock.advance(60_000);
  const page = await browser.ask(`${stage.origin}/settings`);
  assert.equal(page.status, 200);
  assert.match(page.text, /data-step="settings"/);
});
