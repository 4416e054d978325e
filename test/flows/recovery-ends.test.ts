import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { codeIn, type Lost, linkIn, NEW_PASSWORD, type WaysBack, waysBack } from '../support/recovery.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { newNumbers } from '../support/second-steps.ts';
import { beginSignIn, codeIn as grantIn, type RelyingParty } from '../support/sign-in.ts';

const WRONG = 'a-wrong-password-of-some-length';

const waits = ({ body }: Answer): boolean => body.includes('class="alert waiting"');
const hasGrant = ({ location }: Answer): boolean =>
  new URL(location ?? 'about:blank').searchParams.has('code');

/** The link under a login name in a mail that has one for each. */
function linkFor(loginName: string, text: string): string {
  const heading = new RegExp(`^${loginName}$`, 'm').exec(text) ?? assert.fail(`no ${loginName} in ${text}`);
  return linkIn(text.slice(heading.index));
}

describe('a new password', () => {
  const ending = endOfSuite();
  const newNumber = newNumbers();
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    installation = await startInstallation(ending);
    ways = waysBack(installation);
  });

  /** From a link that is asked for to the page behind the new password. */
  const recover = async (someone: Lost, password = NEW_PASSWORD): Promise<void> => {
    const browser = new Browser();
    const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
    assert.equal((await browser.press(fresh, 'save', { password })).step, 'recover-done');
  };

  const isSignedIn = async (browser: Browser, party: RelyingParty): Promise<boolean> => {
    const { url } = await party.begin({ prompt: 'none' });
    return hasGrant(await browser.open(url));
  };

  test('ends every session, and every token that applications hold', async () => {
    const someone = await ways.person();
    const [one, other] = [new Browser(), new Browser()];
    // A code of the app is good once: with the one of the step before, there is one left.
    const first = await ways.enter(someone, PASSWORD, one, 30_000);
    const tokens = await first.party.finish(first.request, first.answer.location);
    const second = await ways.enter(someone, PASSWORD, other);
    assert.ok(hasGrant(second.answer));
    for (const [browser, { party }] of [
      [one, first],
      [other, second],
    ] as const) {
      assert.equal(await isSignedIn(browser, party), true);
    }

    await recover(someone);
    for (const [browser, { party }] of [
      [one, first],
      [other, second],
    ] as const) {
      assert.equal(await isSignedIn(browser, party), false);
    }
    assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 401);
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    assert.equal((await first.party.askToken(refresh)).json.error, 'invalid_grant');
    const unused = await second.party.askToken({
      ...{ grant_type: 'authorization_code', code: grantIn(second.answer.location) },
      ...{ redirect_uri: second.party.redirectUri, code_verifier: second.request.verifier },
    });
    assert.equal(unused.json.error, 'invalid_grant');
  });

  test('leaves the sessions of everybody else', async () => {
    const [mine, theirs] = [await ways.person(), await ways.person()];
    const browser = new Browser();
    const { party } = await ways.enter(theirs, PASSWORD, browser);
    await recover(mine);
    assert.equal(await isSignedIn(browser, party), true);
  });

  test('ends what was known of browsers: the one of before waits like any stranger', async () => {
    const someone = await ways.person();
    const browser = new Browser();
    await ways.enter(someone, PASSWORD, browser);
    await recover(someone);
    for (let tries = 0; tries < 5; tries += 1) await ways.behind(someone.loginName, WRONG);
    assert.equal(waits((await ways.behind(someone.loginName, NEW_PASSWORD, browser)).page), true);
  });

  test('ends the link that was asked for meanwhile, and its code', async () => {
    const someone = await ways.person();
    const browser = new Browser();
    const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
    const later = await ways.letterFor(someone);
    const landing = await new Browser().open(linkIn(later));
    assert.equal(landing.step, 'recover-link');
    assert.equal((await browser.press(fresh, 'save', { password: NEW_PASSWORD })).step, 'recover-done');
    assert.equal((await new Browser().open(linkIn(later))).step, 'recover-dead');
    const typing = new Browser();
    const form = await typing.open(ways.at('/recover/code'));
    const typed = { login_name: someone.loginName, code: codeIn(later) };
    assert.equal((await typing.press(form, 'continue', typed)).step, 'recover-code');
  });

  test('ends a recovery that somebody else had under way behind an older link', async () => {
    const someone = await ways.person();
    const thief = new Browser();
    const parked = await ways.press(linkIn(await ways.letterFor(someone)), thief);
    await recover(someone);
    const end = await thief.press(parked, 'save', { password: 'een-Ander-wachtwoord-van-de-dief' });
    assert.equal(end.step, 'recover-dead');
    assert.equal((await ways.behind(someone.loginName, NEW_PASSWORD)).page.step, 'second-step');
  });

  test('ends a sign-in that waits at the second step behind the old one, with a right code too', async () => {
    const someone = await ways.person();
    const { browser, page } = await ways.behind(someone.loginName, PASSWORD);
    assert.equal(page.step, 'second-step');
    await recover(someone);
    const answer = await browser.submit(page, { code: codeOf(keyIn(someone.appData ?? '')) });
    assert.equal(answer.step, 'password');
  });

  test('is told on every channel that the person proved, with a way to say that it was not them', async () => {
    const phone = newNumber();
    const someone = await ways.person({ phone });
    await recover(someone);
    for (const to of [phone, someone.email]) {
      assert.match(await ways.mailTo(to, '/not-me'), /wachtwoord/, to);
    }
  });

  test('opens the account again that "this was not me" closed, and whose tries were used up', async () => {
    const someone = await ways.person();
    await recover(someone);
    const browser = new Browser();
    const report = await browser.open(linkIn(await ways.mailTo(someone.email, '/not-me'), '/not-me'));
    await browser.press(report, 'confirm-not-me');
    assert.equal((await ways.behind(someone.loginName, NEW_PASSWORD)).page.step, 'blocked');
    for (let tries = 0; tries < 5; tries += 1) await ways.behind(someone.loginName, WRONG);
    const password = `${NEW_PASSWORD}-opnieuw`;
    await recover(someone, password);
    assert.equal((await ways.behind(someone.loginName, password)).page.step, 'second-step');
  });

  test('lets the sign-in that it was asked from go on, from its page for blocked people too', async () => {
    const someone = await ways.person();
    await recover(someone);
    const reporting = new Browser();
    const report = await reporting.open(linkIn(await ways.mailTo(someone.email, '/not-me'), '/not-me'));
    await reporting.press(report, 'confirm-not-me');
    const { browser, page } = await ways.behind(someone.loginName, NEW_PASSWORD);
    assert.equal(page.step, 'blocked');
    const choice = await browser.open(`${page.url}/recover`);
    const href = /id="recover-password" href="([^"]+)"/.exec(choice.body)?.[1] ?? assert.fail();
    const sent = await browser.press(await browser.open(ways.at(href)), 'send-mail', {
      login_name: someone.loginName,
    });
    const code = codeIn(await ways.mailTo(someone.email, '/recover/link', 2));
    const fresh = await browser.press(sent, 'continue', { code });
    const done = await browser.press(fresh, 'save', { password: `${NEW_PASSWORD}-opnieuw` });
    const again = await browser.press(done, 'sign-in');
    assert.deepEqual([again.step, again.url], ['password', page.url]);
  });

  test('is asked for without a question where the tenant asks none', async () => {
    const someone = await ways.person({ asked: true });
    assert.equal((await ways.press(linkIn(await ways.letterFor(someone)))).step, 'new-password');
  });
});

describe('a mail with a way back', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    installation = await startInstallation(ending);
    ways = waysBack(installation);
  });

  test('is one for several accounts on one mailbox, with a link of its own for each', async () => {
    const email = 'samen@voorbeeld.example';
    const people = [
      await ways.person({ loginName: 'samen-een', email }),
      await ways.person({ loginName: 'samen-twee', email: email.toUpperCase() }),
    ];
    assert.equal((await ways.ask(new Browser(), email)).step, 'recover-sent');
    await ways.untilAnswered();
    const letters = installation.outbox.messages().filter(({ to }) => to.toLowerCase() === email);
    assert.equal(letters.length, 1);
    const text = letters[0]?.text ?? '';
    for (const [index, { loginName }] of people.entries()) {
      const browser = new Browser();
      const fresh = await ways.press(linkFor(loginName, text), browser);
      assert.match(fresh.body, new RegExp(`<strong>${loginName}</strong>`));
      const password = `${NEW_PASSWORD}-${index}`;
      assert.equal((await browser.press(fresh, 'save', { password })).step, 'recover-done');
    }
    for (const [index, { loginName }] of people.entries()) {
      const { page } = await ways.behind(loginName, `${NEW_PASSWORD}-${index}`);
      assert.equal(page.step, 'second-step', loginName);
    }
  });

  test('names every login name of a mailbox, and only of that one', async () => {
    const email = 'namen@voorbeeld.example';
    await ways.person({ loginName: 'naam-een', email });
    await ways.person({ loginName: 'naam-twee', email });
    await ways.person({ loginName: 'naam-drie', email: 'anders@voorbeeld.example' });
    await ways.ask(new Browser(), email, '/recover/login-name');
    const text = await ways.mailTo(email, 'naam-een');
    assert.match(text, /^naam-twee$/m);
    assert.doesNotMatch(text, /naam-drie|token=/);
  });

  test('makes the one before it worthless', async () => {
    const someone = await ways.person();
    const first = await ways.letterFor(someone);
    const second = await ways.letterFor(someone);
    const dead = await new Browser().open(linkIn(first));
    assert.deepEqual([dead.status, dead.step], [410, 'recover-dead']);
    assert.equal((await ways.press(linkIn(second))).step, 'new-password');
  });

  test('goes to nobody without a proved address, and to nobody whose account is closed', async () => {
    const { createAccount } = installation;
    const [unproved, closed] = ['onbewezen@voorbeeld.example', 'gesloten@voorbeeld.example'];
    await createAccount({ loginName: 'onbewezen', email: unproved, emailVerified: false });
    await createAccount({ loginName: 'gesloten', email: closed, disabled: true });
    await createAccount({ loginName: 'mailloos' });
    for (const typed of ['onbewezen', unproved, 'gesloten', closed, 'mailloos']) {
      assert.equal((await ways.ask(new Browser(), typed)).step, 'recover-sent', typed);
    }
    for (const typed of [unproved, closed]) {
      const sent = await ways.ask(new Browser(), typed, '/recover/login-name');
      assert.equal(sent.step, 'recover-sent', typed);
    }
    await ways.untilAnswered();
    for (const to of [unproved, closed]) assert.deepEqual(ways.sentTo(to), [], to);
  });

  test('begun in one browser goes on in another, and neither can do the other’s part again', async () => {
    const someone = await ways.person();
    const [desk, phone] = [new Browser(), new Browser()];
    const sent = await ways.ask(desk, someone.loginName);
    const letter = await ways.mailTo(someone.email, '/recover/link');
    const fresh = await ways.press(linkIn(letter), phone);
    assert.equal((await phone.press(fresh, 'save', { password: NEW_PASSWORD })).step, 'recover-done');
    const late = await desk.press(sent, 'continue', { code: codeIn(letter) });
    assert.equal(late.step, 'recover-sent');
    assert.match(late.body, /Deze code klopt niet/);
    const { page } = await beginSignIn(installation, desk);
    assert.equal(page.step, 'password');
  });
});

describe('while no mail leaves', () => {
  /** The page that somebody is led to, without what is theirs. */
  const shownTo = async (ways: WaysBack, typed: string): Promise<string> => {
    const { step, status, body } = await ways.ask(new Browser(), typed);
    assert.deepEqual([step, status], ['recover-sent', 200]);
    return body.replaceAll(typed, 'NAME').replace(/data-wait="\d+"/, '');
  };

  const waiting = async ({ running }: Installation) =>
    (await running.composition.durable.queue.depth()).reduce((sum, { waiting }) => sum + waiting, 0);

  test('because the queue stands still, the page is the same, and what was asked for is kept', async (t) => {
    const installation = await startInstallation(t, { background: false, replicas: 1 });
    const ways = waysBack(installation);
    const { loginName } = await ways.person();
    assert.equal(await shownTo(ways, loginName), await shownTo(ways, 'niemand-van-ons'));
    assert.equal(await waiting(installation), 2);
    assert.deepEqual(installation.outbox.messages(), []);
  });

  test('because the mail server is away, the page is the same, and the mail waits for it', async (t: TestContext) => {
    const url = `smtp://127.0.0.1:${await freePort()}`;
    const installation = await startInstallation(t, {
      ...{ realSuppliers: true, replicas: 1 },
      settings: { messaging: { mail: { url, fromAddress: 'no-reply@test.example' } } },
    });
    const ways = waysBack(installation);
    const { loginName, accountId } = await ways.person();
    assert.equal(await shownTo(ways, loginName), await shownTo(ways, 'niemand-van-ons'));
    const { durable, tenant } = installation.running.composition;
    let fault: string | undefined;
    for (let looks = 0; fault === undefined && looks < 500; looks += 1) {
      await sleep(10);
      fault = (await durable.queue.ofAccount(tenant.id, accountId, 1))[0]?.fault;
    }
    assert.equal(fault, 'unreachable');
    assert.ok((await waiting(installation)) >= 1);
  });
});
