import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, codeFor, codeIn, signInWithApp, typePassword } from '../support/sign-in.ts';

const hasCode = ({ location }: Answer) => new URL(location ?? 'about:blank').searchParams.has('code');

describe('skipping a step', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  test('nothing but the password is taken before the password', async () => {
    const { appData } = await installation.createAccount({ loginName: 'voor', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    for (const path of ['second-step', 'enrol', 'consent', 'deny']) {
      const fields = { method: 'totp', code: codeOf(keyIn(appData ?? '')) };
      const answer = await browser.post(`${page.url}/${path}`, fields);
      assert.equal(answer.status, 303);
      assert.equal(answer.location, page.url, path);
      assert.equal((await browser.get(page.url)).step, 'password');
    }
    const resume = await browser.open(page.url.replace('/interaction/', '/auth/'));
    assert.equal(hasCode(resume), false);
    assert.notEqual(resume.step, 'second-step');
  });

  test('after the password neither a set-up nor a consent nor the way back replaces the second step', async () => {
    await installation.createAccount({ loginName: 'halverwege', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'halverwege');
    for (const path of ['enrol', 'consent', 'deny', 'password']) {
      const fields = { method: 'totp', code: '123456', login_name: 'halverwege', password: 'x' };
      const answer = await browser.post(`${page.url}/${path}`, fields);
      assert.equal(answer.location, second.url, path);
      assert.equal((await browser.get(page.url)).step, 'second-step', path);
    }
    const resumed = await browser.open(page.url.replace('/interaction/', '/auth/'));
    assert.equal(hasCode(resumed), false);
  });

  test('a sign-in half done is no session: no application gets a code for it', async () => {
    await installation.createAccount({ loginName: 'half', withApp: true });
    const { browser, page, party } = await beginSignIn(installation);
    await typePassword(browser, page, 'half');
    const silent = await browser.open((await party.begin({ prompt: 'none' })).url);
    assert.equal(new URL(silent.location ?? '').searchParams.get('error'), 'login_required');
  });

  test('starting over forgets the password', async () => {
    const { appData } = await installation.createAccount({ loginName: 'overnieuw', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    await typePassword(browser, page, 'overnieuw');
    await browser.post(`${page.url}/start-over`, {});
    const code = codeOf(keyIn(appData ?? ''));
    await browser.post(`${page.url}/second-step`, { code });
    assert.equal((await browser.get(page.url)).step, 'password');
  });

  test('another person’s code does not finish a sign-in', async () => {
    await installation.createAccount({ loginName: 'anna', withApp: true });
    const { appData } = await installation.createAccount({ loginName: 'bert', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'anna');
    const answer = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
    assert.equal(answer.step, 'second-step');
  });

  test('a sign-in belongs to the browser that began it', async () => {
    const { appData } = await installation.createAccount({ loginName: 'eigenaar', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'eigenaar');
    const code = codeOf(keyIn(appData ?? ''));
    const own = await beginSignIn(installation);
    for (const stranger of [new Browser(), own.browser]) {
      const shown = await stranger.get(second.url);
      assert.equal(shown.step, 'cookies');
      const posted = await stranger.post(`${second.url}/second-step`, { code });
      assert.equal(posted.status, 400);
      assert.equal(posted.step, 'cookies');
    }
    assert.ok(codeIn((await browser.submit(second, { code })).location));
  });

  test('the cookie of one sign-in opens no other one', async () => {
    await installation.createAccount({ loginName: 'twee-tabs', withApp: true });
    const attacker = await beginSignIn(installation);
    const victim = await beginSignIn(installation);
    const forged = new Browser();
    const path = new URL(victim.page.url).pathname;
    forged.cookies = attacker.browser.cookies.map((cookie) => ({ ...cookie, path }));
    const answer = await forged.get(victim.page.url);
    assert.notEqual(answer.step, 'password');
    assert.equal(answer.location?.startsWith('http://localhost:9/login'), true);
  });

  test('who sees the end of a sign-in without its browser gets nothing', async () => {
    const { page, answer, browser } = await codeFor(installation, 'klaar');
    assert.ok(codeIn(answer.location));
    const thief = new Browser();
    for (const url of [page.url, page.url.replace('/interaction/', '/auth/')]) {
      assert.equal(hasCode(await thief.open(url)), false);
    }
    const replayed = browser.thief();
    assert.equal(hasCode(await replayed.get(page.url.replace('/interaction/', '/auth/'))), false);
  });

  test('of two browsers in one first sign-in one sets up the app, the other is asked for its code', async () => {
    await installation.createAccount({ loginName: 'eerste-keer' });
    const visits = [await beginSignIn(installation), await beginSignIn(installation)] as const;
    const setUps = await Promise.all(
      visits.map(({ browser, page }) => typePassword(browser, page, 'eerste-keer')),
    );
    assert.deepEqual(
      setUps.map(({ step }) => step),
      ['enrol-app', 'enrol-app'],
    );
    const answers = await Promise.all(
      setUps.map((page, n) => visits[n === 0 ? 0 : 1].browser.submit(page, { code: codeOf(keyOn(page)) })),
    );
    assert.equal(answers.filter(hasCode).length, 1);
    assert.equal(answers.filter(({ step }) => step === 'second-step').length, 1);
    const loser = answers.findIndex(({ step }) => step === 'second-step');
    const page = answers[loser];
    assert.ok(page);
    const own = keyOn(setUps[loser] ?? page);
    const refused = await visits[loser === 0 ? 0 : 1].browser.submit(page, { code: codeOf(own) });
    assert.equal(refused.step, 'second-step', 'the app that lost signs nobody in');
  });

  test('the key of an app is shown to nobody without the password, and not again once it is proved', async () => {
    await installation.createAccount({ loginName: 'sleutel' });
    const { browser, page } = await beginSignIn(installation);
    const setUp = await typePassword(browser, page, 'sleutel');
    const key = keyOn(setUp);
    assert.equal((await browser.get(page.url)).body.includes(key.slice(0, 4)), true);
    const stranger = await new Browser().get(page.url);
    assert.equal(stranger.body.includes(key.slice(0, 4)), false);
    const done = await browser.submit(setUp, { code: codeOf(key) });
    assert.ok(codeIn(done.location));
    assert.equal((await browser.get(page.url)).body.includes(key.slice(0, 4)), false);
  });

  test('a double click on the last button is one sign-in', async () => {
    const { appData } = await installation.createAccount({ loginName: 'dubbelklik', withApp: true });
    const { browser, page, party, request } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'dubbelklik');
    const code = codeOf(keyIn(appData ?? ''));
    const posts = await Promise.all(
      Array.from({ length: 4 }, () => browser.post(`${second.url}/second-step`, { code })),
    );
    for (const { status } of posts) assert.equal(status, 303);
    const [first] = posts;
    assert.ok(first);
    const answer = await browser.follow(first);
    assert.ok(await party.finish(request, answer.location));
  });

  test('a code of the app is good for one of two sign-ins', async () => {
    const { appData } = await installation.createAccount({ loginName: 'eenmaal', withApp: true });
    const first = await beginSignIn(installation);
    const second = await beginSignIn(installation);
    const at = Date.now();
    assert.ok(hasCode(await signInWithApp(first.browser, first.page, { loginName: 'eenmaal', appData, at })));
    const again = await signInWithApp(second.browser, second.page, { loginName: 'eenmaal', appData, at });
    assert.equal(again.step, 'second-step');
  });
});
