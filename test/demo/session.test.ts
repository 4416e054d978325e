import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { locationOf, openBrowser } from './browser.ts';
import { openStage, type Stage } from './stage.ts';

const MINUTE = 60_000;
const RENEWED = /Vernieuwd om .* \((\d+)×\)/;

async function signedIn(stage: Stage) {
  const browser = openBrowser();
  await browser.ask(`${stage.origin}/login`);
  return browser;
}

describe('renewal', () => {
  test('buys new tokens and shows their times', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    stage.clock.advance(5 * MINUTE);
    const renewed = await browser.post(`${stage.origin}/refresh`);
    assert.equal(new URL(renewed.url).pathname, '/');
    assert.equal(RENEWED.exec(renewed.text)?.[1], '1');
  });

  test('a double click buys once and ends nothing', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    const both = await Promise.all([
      browser.post(`${stage.origin}/refresh`),
      browser.post(`${stage.origin}/refresh`),
    ]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
    );
    assert.equal(RENEWED.exec((await browser.ask(`${stage.origin}/`)).text)?.[1], '1');
  });

  test('a session that the provider ended ends here too', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    await stage.provider.endGrants();
    const refused = await browser.post(`${stage.origin}/refresh`);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /Uw inlog is verlopen/);
    assert.match((await browser.ask(`${stage.origin}/`)).text, /href="\/login"/);
  });

  test('a provider that is down ends nothing', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    await stage.provider.stop();
    const refused = await browser.post(`${stage.origin}/refresh`);
    assert.equal(refused.status, 503);
    assert.match(refused.text, /U bent nog ingelogd/);
    assert.match((await browser.ask(`${stage.origin}/`)).text, /Wie ben ik\?/);
  });
});

describe('signing out', () => {
  test('here only: the provider still knows the person', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    const left = await browser.post(`${stage.origin}/logout`);
    assert.equal(left.url, `${stage.origin}/signed-out`);
    assert.match(left.text, /U bent uitgelogd/);
    assert.match((await browser.ask(`${stage.origin}/`)).text, /href="\/login"/);
  });

  test('at the provider: comes back to the signed-out page, and the next sign-in is a new one', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    const asking = await browser.post(`${stage.origin}/logout/provider`);
    assert.ok(asking.url.startsWith(`${stage.provider.issuer}/session/end?`));
    const question = new URL(asking.url).searchParams;
    assert.equal(question.get('post_logout_redirect_uri'), `${stage.origin}/signed-out`);
    assert.match(question.get('id_token_hint') ?? '', /^eyJ/);

    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asking.text)?.[1] ?? '';
    const left = await browser.post(`${stage.provider.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    assert.equal(left.url.split('?')[0], `${stage.origin}/signed-out`);
    const again = await browser.ask(`${stage.origin}/login`, { stopAt: `${stage.provider.issuer}/sign-in/` });
    assert.match(locationOf(again).pathname, /^\/sign-in\//, 'the provider asks who it is');
  });

  test('with the provider down: the session here has ended and the page says what is left', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    await stage.provider.stop();
    stage.clock.advance(MINUTE);
    const left = await browser.post(`${stage.origin}/logout/provider`);
    assert.equal(left.status, 503);
    assert.match(left.text, /U bent hier uitgelogd/);
    assert.match((await browser.ask(`${stage.origin}/`)).text, /href="\/login"/);
  });
});

describe('the session', () => {
  test('gets a new name at every sign-in, and the old name is worth nothing', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    const old = browser.cookies.get('verzuimloket.session') ?? '';
    await browser.ask(`${stage.origin}/login`);
    assert.notEqual(browser.cookies.get('verzuimloket.session'), old);
    const thief = await fetch(`${stage.origin}/`, { headers: { Cookie: `verzuimloket.session=${old}` } });
    assert.match(await thief.text(), /href="\/login"/);
  });

  test('ends after half an hour without activity, and after ten hours whatever happens', async () => {
    await using stage = await openStage();
    const browser = await signedIn(stage);
    const home = async () => (await browser.ask(`${stage.origin}/`)).text.includes('id="who"');
    for (let passed = 0; passed < 595; passed += 25) {
      assert.ok(await home(), `after ${passed} minutes`);
      stage.clock.advance(25 * MINUTE);
    }
    assert.ok(!(await home()), 'after ten hours');

    const idle = await signedIn(stage);
    stage.clock.advance(30 * MINUTE);
    assert.ok(!(await idle.ask(`${stage.origin}/`)).text.includes('id="who"'));
  });
});
