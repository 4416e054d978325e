import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, codeFor, codeIn, signInWithApp, tokensFor, typePassword } from '../support/sign-in.ts';

describe('visits that begin in the middle', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let restart: string;

  before(async () => {
    installation = await startInstallation(ending);
    restart = `http://localhost:9/login?iss=${encodeURIComponent(installation.issuer)}`;
  });

  test('a direct visit begins at the application, which is told whose sign-in it is', async () => {
    const answer = await new Browser().get(`${installation.issuer}/`);
    assert.equal(answer.status, 303);
    assert.equal(answer.location, restart);
  });

  test('a bookmarked sign-in that is over restarts quietly', async () => {
    for (const uid of ['AAAAAAAAAAAAAAAAAAAAA', 'x', '%00', '%ff', '..%2f..', '%E0%A4%A']) {
      const answer = await new Browser().get(`${installation.issuer}/interaction/${uid}`);
      assert.equal(answer.status, 303, uid);
      assert.equal(answer.location, restart, uid);
    }
  });

  test('what was typed on a page that is over gets a page that explains, with the way on', async () => {
    for (const path of ['password', 'second-step', 'enrol', 'start-over', 'consent', 'deny']) {
      const url = `${installation.issuer}/interaction/AAAAAAAAAAAAAAAAAAAAA/${path}`;
      const answer = await new Browser().post(url, { login_name: 'a', password: 'b', code: '1' });
      assert.equal(answer.status, 410, path);
      assert.equal(answer.step, 'stale');
      assert.ok(answer.body.includes(`href="${restart.replace('&', '&amp;')}"`), answer.body);
    }
  });

  test('a browser that sends no cookies is told so, instead of going round for ever', async () => {
    const { page } = await beginSignIn(installation);
    const answer = await new Browser().get(page.url);
    assert.equal(answer.status, 400);
    assert.equal(answer.step, 'cookies');
    assert.ok(answer.body.includes(restart));
  });

  test('the back button after a sign-in leads on, from every page of it', async () => {
    const { appData } = await installation.createAccount({ loginName: 'terug', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const done = await signInWithApp(browser, page, { loginName: 'terug', appData });
    assert.ok(codeIn(done.location));
    assert.equal((await browser.get(page.url)).location, restart);
    const again = await browser.post(`${page.url}/second-step`, { code: '123456' });
    assert.equal(again.step, 'stale');
  });

  test('the back button between the steps shows where the sign-in is, and the person can start over', async () => {
    const { appData } = await installation.createAccount({ loginName: 'tussen', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    await typePassword(browser, page, 'tussen');
    const shown = await browser.get(page.url);
    assert.equal(shown.step, 'second-step');
    const typedAgain = await typePassword(browser, page, 'tussen');
    assert.equal(typedAgain.step, 'second-step');
    const over = await browser.follow(await browser.post(`${page.url}/start-over`, {}));
    assert.equal(over.step, 'password');
    const done = await signInWithApp(browser, over, { loginName: 'tussen', appData });
    assert.ok(codeIn(done.location));
  });

  test('a sign-in answered but not yet followed is followed when its page is opened again', async () => {
    const { appData } = await installation.createAccount({ loginName: 'onderbroken', withApp: true });
    const { browser, page, party, request } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'onderbroken');
    const cut = await browser.post(`${second.url}/second-step`, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(cut.status, 303);
    const resumed = await browser.open(page.url);
    assert.ok(await party.finish(request, resumed.location));
  });

  test('an old tab of somebody who signed out meanwhile restarts instead of failing', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const { browser, party } = await tokensFor(installation, 'oude-tab');
    const tab = await browser.open((await party.begin({ prompt: 'login' })).url);
    assert.equal(tab.step, 'password');
    const page = await browser.open(`${installation.issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    await browser.post(`${installation.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    const shown = await browser.get(tab.url);
    assert.equal(shown.location, restart);
    const posted = await typePassword(browser, tab, 'oude-tab');
    assert.equal(posted.status, 410);
    assert.equal(posted.step, 'stale');
  });

  test('a resumed request whose cookies are gone is a page with a way on', async () => {
    const { page, answer } = await codeFor(installation, 'verlopen');
    assert.ok(codeIn(answer.location));
    const shown = await new Browser().get(page.url.replace('/interaction/', '/auth/'));
    assert.equal(shown.step, 'stale');
    assert.ok(shown.body.includes(restart));
  });
});
