import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { codeIn, linkIn, NEW_PASSWORD, QUESTION, type WaysBack, waysBack } from '../support/recovery.ts';
import { hasCode } from '../support/second-steps.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

describe('ways back in', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    const firstSignIn = { asks: 'question-and-email' } as const;
    installation = await startInstallation(ending, {
      settings: { tenant: { ...TEST_TENANT, firstSignIn } },
    });
    ways = waysBack(installation);
  });

  const refuses = async (loginName: string, password: string) => {
    assert.equal((await ways.behind(loginName, password)).page.step, 'password');
  };

  test('a link leads from the sign-in to a new password and back, also on another device; the second step still follows', async () => {
    const someone = await ways.person();
    const { loginName, email } = someone;
    const { browser, page } = await beginSignIn(installation);
    const choice = await browser.open(`${page.url}/recover`);
    assert.equal(choice.step, 'recover');
    const href = /id="recover-password" href="([^"]+)"/.exec(choice.body)?.[1] ?? '';
    const asking = await browser.open(new URL(href, page.url).href);
    const sent = await browser.press(asking, 'send-mail', { login_name: loginName });
    assert.equal(sent.step, 'recover-sent');
    assert.ok(sent.body.includes(`href="${new URL(page.url).pathname}"`), 'the way back to the sign-in');

    const phone = new Browser();
    const landing = await phone.open(linkIn(await ways.mailTo(email, '/recover/link')));
    assert.equal(landing.step, 'recover-link');
    const fresh = await phone.press(landing, 'continue');
    assert.equal(fresh.step, 'new-password');
    const refused = await phone.press(fresh, 'save', { password: 'kort' });
    assert.equal(refused.step, 'new-password');
    assert.match(refused.body, /Dit wachtwoord is te kort/);
    const done = await phone.press(refused, 'save', { password: NEW_PASSWORD });
    assert.equal(done.step, 'recover-done');

    await refuses(loginName, PASSWORD);
    assert.ok(hasCode((await ways.enter(someone, NEW_PASSWORD)).answer));
  });

  test('a link is spent once: its own browser goes on, any other is told that it is dead', async () => {
    const link = linkIn(await ways.letterFor(await ways.person(), new Browser()));
    const [one, other] = [new Browser(), new Browser()];
    const [landing, late] = [await one.open(link), await other.open(link)];
    assert.equal((await one.press(landing, 'continue')).step, 'new-password');
    const dead = await other.press(late, 'continue');
    assert.equal(dead.step, 'recover-dead');
    assert.equal(dead.status, 410);
    assert.equal((await other.open(link)).step, 'recover-dead');
    assert.equal((await one.press(landing, 'continue')).step, 'new-password', 'pressed twice');
  });

  test('the code does what the link does: where the mail was asked for, and by name on another device', async () => {
    const someone = await ways.person();
    const browser = new Browser();
    const sent = await ways.ask(browser, someone.email);
    const code = codeIn(await ways.mailTo(someone.email, '/recover/link'));
    const wrong = await browser.press(sent, 'continue', { code: 'AAAA-AAAA' });
    assert.equal(wrong.step, 'recover-sent');
    assert.match(wrong.body, /Deze code klopt niet/);
    assert.equal((await browser.press(wrong, 'continue', { code: code.toLowerCase() })).step, 'new-password');

    const second = await ways.person();
    const typed = codeIn(await ways.letterFor(second, new Browser()));
    const phone = new Browser();
    const form = await phone.open(ways.at('/recover/code'));
    const again = await phone.press(form, 'continue', { login_name: second.loginName, code: 'BBBBBBBB' });
    assert.equal(again.step, 'recover-code');
    assert.ok(again.body.includes(`value="${second.loginName}"`), 'what was typed is kept');
    const fresh = await phone.press(again, 'continue', { login_name: second.loginName, code: typed });
    assert.equal(fresh.step, 'new-password');
  });

  test('who chose a question answers it before the new password, and a wrong answer goes no further', async () => {
    const someone = await ways.person({ asked: true });
    const browser = new Browser();
    const landing = await browser.open(linkIn(await ways.letterFor(someone, browser)));
    const question = await browser.press(landing, 'continue');
    assert.equal(question.step, 'recover-question');
    assert.ok(question.body.includes(QUESTION));
    const skipped = await browser.follow(
      await browser.post(ways.at('/recover/new-password'), { password: NEW_PASSWORD }),
    );
    assert.equal(skipped.step, 'recover-question');
    const wrong = await browser.press(question, 'continue', { answer: 'Normaal' });
    assert.equal(wrong.step, 'recover-question');
    assert.match(wrong.body, /Dit antwoord klopt niet/);
    const fresh = await browser.press(wrong, 'continue', { answer: 'doe maar, in ahoy' });
    assert.equal(fresh.step, 'new-password');
  });

  test('a login name is mailed to the address it belongs to', async () => {
    const { loginName, email } = await ways.person();
    const browser = new Browser();
    const page = await browser.open(ways.at('/recover/login-name'));
    const sent = await browser.press(page, 'send-mail', { email: email.toUpperCase() });
    assert.equal(sent.step, 'recover-sent');
    assert.match(await ways.mailTo(email, 'inlognaam'), new RegExp(`^${loginName}$`, 'm'));
  });

  test('what is asked for too often is said after a redirect, with what was typed, and holds up no code', async () => {
    const someone = await ways.person();
    const browser = new Browser();
    for (let times = 0; times < 3; times += 1)
      assert.equal((await ways.ask(browser, someone.loginName)).step, 'recover-sent');
    const answer = await browser.post(ways.at('/recover/password'), { login_name: someone.loginName });
    assert.equal(answer.status, 303);
    const page = await browser.follow(answer);
    assert.equal(page.step, 'recover-password');
    assert.match(page.body, /id="error-summary"/);
    assert.ok(page.body.includes(`value="${someone.loginName}"`));
    const sent = await browser.open(ways.at('/recover/step'));
    assert.equal(sent.step, 'recover-sent');
    assert.doesNotMatch(sent.body, /id="error-summary"/);
  });

  test('the browser’s key stands in a cookie of these pages alone, and is another one behind a link', async () => {
    const browser = new Browser();
    const page = await browser.get(ways.at('/recover/password'));
    const [cookie = ''] = page.headers.getSetCookie();
    assert.match(cookie, /^poortwachter_recovery=[\w-]{43}; path=\/recover; samesite=lax; httponly$/i);
    const asked = browser.cookies.map(({ value }) => value);
    const landing = await browser.open(linkIn(await ways.letterFor(await ways.person(), browser)));
    assert.deepEqual(
      browser.cookies.map(({ value }) => value),
      asked,
    );
    const planted = browser.thief();
    await browser.press(landing, 'continue');
    assert.notDeepEqual(
      browser.cookies.map(({ value }) => value),
      asked,
    );
    assert.notEqual((await planted.open(ways.at('/recover/step'))).step, 'new-password');
  });

  test('a browser that sends no cookie back is told so, and its link is not spent', async () => {
    const link = linkIn(await ways.letterFor(await ways.person(), new Browser()));
    const browser = new Browser();
    const landing = await browser.open(link);
    browser.cookies = [];
    const answer = await browser.press(landing, 'continue');
    assert.equal(answer.status, 400);
    assert.equal(answer.step, 'cookies');
    const other = new Browser();
    assert.equal((await other.press(await other.open(link), 'continue')).step, 'new-password');
  });

  test('a form that can’t be read gets its page again with 400, and every other post a redirect', async () => {
    const browser = new Browser();
    await browser.open(ways.at('/recover/password'));
    const steps = {
      '/recover/login-name': ['recover-login-name', { email: 'a' }],
      '/recover/password': ['recover-password', { login_name: 'a' }],
      '/recover/code': ['recover-code', { code: 'a' }],
      '/recover/link': ['recover-dead', { token: 'a' }],
      '/not-me': ['not-me-dead', { token: 'a' }],
    } as const;
    for (const [path, [step, fields]] of Object.entries(steps)) {
      const unread = await browser.post(ways.at(path), { other: 'x' });
      assert.deepEqual([unread.status, unread.step], [400, step], path);
      assert.equal((await browser.post(ways.at(path), fields)).status, 303, path);
      const foreign = await browser.post(ways.at(path), fields, { origin: 'https://evil.example' });
      assert.equal(foreign.status, 403, path);
    }
  });

  test('an address can name no other place to go back to than a sign-in', async () => {
    for (const from of ['//evil.example', 'a/b', '%0d%0a', 'x'.repeat(65), '&from=a']) {
      const page = await new Browser().get(ways.at(`/recover?from=${from}`));
      assert.equal(page.status, 200);
      assert.match(page.body, /id="back" href="http:\/\/localhost:9\/login\?iss=/, from);
    }
  });

  test('nothing under way leads to the choice, at any step', async () => {
    assert.equal((await new Browser().open(ways.at('/recover/step'))).step, 'recover');
    const browser = new Browser();
    await browser.open(ways.at('/recover/password'));
    for (const path of ['/recover/question', '/recover/new-password']) {
      const answer = await browser.post(ways.at(path), { answer: 'x', password: NEW_PASSWORD });
      assert.equal((await browser.follow(answer)).step, 'recover', path);
    }
  });

  test('"this was not me" closes the account by its button alone, until a new password', async () => {
    const someone = await ways.person();
    const browser = new Browser();
    const landing = await browser.open(linkIn(await ways.letterFor(someone, browser)));
    await browser.press(await browser.press(landing, 'continue'), 'save', { password: NEW_PASSWORD });
    const report = linkIn(await ways.mailTo(someone.email, '/not-me'), '/not-me');

    const page = await new Browser().open(report);
    assert.equal(page.step, 'not-me');
    assert.ok(hasCode((await ways.enter(someone, NEW_PASSWORD)).answer));
    const done = await browser.press(page, 'confirm-not-me');
    assert.equal(done.step, 'not-me-done');
    const dead = await browser.open(report);
    assert.deepEqual([dead.status, dead.step], [410, 'not-me-dead']);

    const begun = await beginSignIn(installation);
    const blocked = await typePassword(begun.browser, begun.page, someone.loginName, NEW_PASSWORD);
    assert.equal(blocked.step, 'blocked');
  });

  test('an invitation leads to a first password, without a question', async () => {
    const { durable, operations, tenant } = installation.running.composition;
    const loginName = `nieuw-${randomUUID().slice(0, 8)}`;
    const email = `${loginName}@voorbeeld.example`;
    const made = await durable.accounts.create({
      ...{ tenantId: tenant.id, loginName, loginNameCanonical: loginName, passwordHash: undefined },
      ...{ givenName: 'Jo', familyName: 'Nieuw', email, emailVerified: false },
      ...{ phone: undefined, phoneVerified: false, locale: 'nl', roles: [] },
    });
    assert.equal(made.kind, 'created');
    assert.equal((await operations.people.invite(made.account)).kind, 'invited');
    const browser = new Browser();
    const landing = await browser.open(linkIn(await ways.mailTo(email, '/recover/link')));
    assert.match(landing.body, /<h1>Welkom bij Verzuimtest<\/h1>/);
    const fresh = await browser.press(landing, 'continue');
    assert.match(fresh.body, /<h1>Maak uw wachtwoord<\/h1>/);
    const done = await browser.press(fresh, 'save', { password: NEW_PASSWORD });
    assert.equal(done.step, 'recover-done');
    const begun = await beginSignIn(installation);
    const setUp = await typePassword(begun.browser, begun.page, loginName, NEW_PASSWORD);
    assert.equal(setUp.step, 'enrol-app');
  });
});
