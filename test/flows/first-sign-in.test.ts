import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';

const QUESTION = { question: 'first-concert', answer: 'Doe Maar in Carré', email: 'anna@test.example' };

describe('a first sign-in', () => {
  const ending = endOfSuite();
  /** Ahead of the machine by what a test waited; apps are asked about the same time. */
  const clock = createTestClock(Date.now());
  let installation: Installation;
  let numbers = 10_000_000;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: FULL_TENANT }, clock });
  });

  const newNumber = () => {
    numbers += 1;
    return `+316${numbers}`;
  };

  /** Somebody new who typed the right password. */
  const newcomer = async (loginName: string, email?: string) => {
    const made = await installation.createAccount({ loginName, ...(email && { email }) });
    const begun = await beginSignIn(installation);
    const page = await typePassword(begun.browser, begun.page, loginName);
    return { ...begun, ...made, page };
  };

  const proveNumber = async (browser: Browser, page: Answer, number: string, typed = number) => {
    const asked = await browser.press(page, 'continue', { phone: typed });
    assert.equal(asked.step, 'enrol-sms');
    return browser.press(asked, 'continue', { code: codeIn(newestTo(installation, number)) });
  };

  test('goes SMS, YubiKey, app, backup code, question, e-mail, and then in', async () => {
    const { browser, page, party, request, account } = await newcomer('van-voor-tot-achter');
    assert.equal(page.step, 'enrol-sms');
    assert.match(page.body, /Een betere beveiliging voor vertrouwelijke gegevens/);
    const number = newNumber();
    const yubikey = await proveNumber(browser, page, number, `06 ${number.slice(4)}`);
    assert.equal(yubikey.step, 'enrol-yubikey');
    assert.match(yubikey.body, /id="works"/);
    const app = await browser.press(yubikey, 'skip');
    assert.equal(app.step, 'enrol-app');
    const backup = await browser.press(app, 'continue', { code: codeOf(keyOn(app), clock.now()) });
    assert.equal(backup.step, 'backup-code');
    assert.match(backup.body, /U bent succesvol ingelogd/);
    const code = /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(backup.body)?.[1];
    assert.ok(code);
    const sent = await browser.press(backup, 'send-backup-code');
    assert.equal(sent.step, 'backup-code');
    assert.ok(newestTo(installation, number).includes(code));
    const print = await browser.get(`${new URL(backup.url).href}/backup-code/print`);
    assert.ok(print.body.includes(code));
    const file = await browser.get(`${new URL(backup.url).href}/backup-code/file`);
    assert.ok(file.body.includes(code));
    assert.match(file.headers.get('content-disposition') ?? '', /attachment/);

    const question = await browser.press(sent, 'continue');
    assert.equal(question.step, 'security-question');
    assert.match(question.body, /Eerste inlog/);
    const email = await browser.press(question, 'save', QUESTION);
    assert.equal(email.step, 'confirm-email');
    const done = await browser.submit(email, { code: codeIn(newestTo(installation, QUESTION.email)) });
    const tokens = await party.finish(request, done.location);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'sms', 'otp', 'mfa']);
    const kept = await installation.running.composition.durable.accounts.findById(
      account.tenantId,
      account.id,
    );
    assert.equal(kept?.email, QUESTION.email);
    assert.equal(kept?.emailVerified, true);
  });

  test('says step n of m all along', async () => {
    const { browser, page } = await newcomer('stap-voor-stap');
    assert.match(page.body, /Stap 1 van 5/);
    const second = await browser.press(page, 'skip');
    assert.match(second.body, /Stap 2 van 5/);
    assert.match((await browser.press(second, 'skip')).body, /Stap 3 van 5/);
  });

  test('refuses to skip the last method after all others, says why, and lets the person go back (R9)', async () => {
    const { browser, page } = await newcomer('slaat-alles-over');
    const yubikey = await browser.press(page, 'skip');
    const app = await browser.press(yubikey, 'skip');
    const refused = await browser.press(app, 'skip');
    assert.equal(refused.step, 'enrol-app');
    assert.match(refused.body, /Stel er minstens één in/);
    const back = await browser.press(await browser.press(refused, 'back'), 'back');
    assert.equal(back.step, 'enrol-sms');
  });

  test('goes on at the first unfinished step after it was broken off, behind the second step (R16)', async () => {
    const number = newNumber();
    const first = await newcomer('halverwege');
    await proveNumber(first.browser, first.page, number);
    await first.browser.press(await first.browser.open(first.page.url), 'skip');

    const later = await beginSignIn(installation, new Browser());
    const asked = await typePassword(later.browser, later.page, 'halverwege');
    assert.equal(asked.step, 'second-step', 'what is set up already is asked first');
    assert.match(asked.body, /data-method="sms"/);
    const code = codeIn(newestTo(installation, number));
    const resumed = await later.browser.submit(asked, { code });
    assert.equal(resumed.step, 'enrol-app', 'what was skipped is not asked again');
  });

  test('of two browsers of one person only one sets up a first method', async () => {
    const one = await newcomer('twee-vensters');
    const other = await beginSignIn(installation, new Browser());
    const otherPage = await typePassword(other.browser, other.page, 'twee-vensters');
    await proveNumber(one.browser, one.page, newNumber());
    const beaten = await proveNumber(other.browser, otherPage, newNumber());
    assert.equal(beaten.step, 'second-step', 'the loser is asked for what the winner set up');
  });

  test('gives back what was typed when a number is refused', async () => {
    const { browser, page } = await newcomer('tikfout');
    for (const typed of ['0612', '+1 202 555 0123', 'geen nummer']) {
      const refused = await browser.press(page, 'continue', { phone: typed });
      assert.equal(refused.step, 'enrol-sms');
      assert.match(refused.body, /aria-invalid="true"/);
      assert.ok(refused.body.includes(`value="${typed}"`), typed);
    }
  });

  /** Somebody whose first sign-in is over: a phone, a backup code, a question, and an address not yet proved. */
  const settled = async (loginName: string) => {
    const number = newNumber();
    const { browser, page, account } = await newcomer(loginName);
    const yubikey = await proveNumber(browser, page, number);
    const backup = await browser.press(await browser.press(yubikey, 'skip'), 'skip');
    const question = await browser.press(backup, 'continue');
    const email = await browser.press(question, 'save', { ...QUESTION, email: `${loginName}@test.example` });
    assert.equal(email.step, 'confirm-email');
    const done = await browser.press(email, 'skip');
    assert.ok(done.location?.includes('code='), 'not now is one click');
    return { account, number };
  };

  const secondStep = async (loginName: string, number: string) => {
    const begun = await beginSignIn(installation, new Browser());
    const asked = await typePassword(begun.browser, begun.page, loginName);
    assert.equal(asked.step, 'second-step');
    const answer = await begun.browser.submit(asked, { code: codeIn(newestTo(installation, number)) });
    return { ...begun, answer };
  };

  test('an address that is not proved is asked about at every sign-in, and never again once it is (R15)', async () => {
    const { number } = await settled('later-bewijzen');
    const first = await secondStep('later-bewijzen', number);
    assert.equal(first.answer.step, 'confirm-email');
    assert.ok((await first.browser.press(first.answer, 'skip')).location?.includes('code='));
    const mails = () =>
      installation.outbox.messages().filter(({ to }) => to === 'later-bewijzen@test.example').length;
    assert.equal(mails(), 1, 'who leaves it for later is not mailed at every sign-in');
    clock.advance(60_000);
    const second = await secondStep('later-bewijzen', number);
    assert.equal(second.answer.step, 'confirm-email');
    const asked = await second.browser.press(second.answer, 'send-email');
    assert.equal(mails(), 2);
    const code = codeIn(newestTo(installation, 'later-bewijzen@test.example'));
    const wrong = await second.browser.submit(asked, {
      code: code === '000000' ? '000001' : '000000',
    });
    assert.equal(wrong.step, 'confirm-email');
    assert.ok((await second.browser.submit(wrong, { code })).location?.includes('code='));
    // A number gets three codes in ten minutes.
    clock.advance(10 * 60_000);
    const third = await secondStep('later-bewijzen', number);
    assert.ok(third.answer.location?.includes('code='), 'straight in');
  });

  test('an address with a slip of the pen can be corrected without help', async () => {
    const { account, number } = await settled('verschreven');
    const { browser, answer } = await secondStep('verschreven', number);
    const anew = await browser.press(answer, 'change-email');
    assert.equal(anew.step, 'security-question');
    assert.equal(anew.body.includes('name="answer"'), false, 'only the address is asked');
    const again = await browser.press(anew, 'save', { email: 'goed@test.example' });
    assert.equal(again.step, 'confirm-email');
    await browser.submit(again, { code: codeIn(newestTo(installation, 'goed@test.example')) });
    const { durable } = installation.running.composition;
    const kept = await durable.accounts.findById(account.tenantId, account.id);
    assert.deepEqual([kept?.email, kept?.emailVerified], ['goed@test.example', true]);
    assert.ok(await durable.enrolments.findQuestion(account.tenantId, account.id), 'the question stays');
  });

  test('a reset of the second step re-enters at the methods, and asks no question again (R16)', async () => {
    const { account } = await settled('hersteld');
    const { durable } = installation.running.composition;
    await durable.enrolments.resetSecondStep(account.tenantId, account.id);
    const { browser, page } = await beginSignIn(installation, new Browser());
    const methods = await typePassword(browser, page, 'hersteld');
    assert.equal(methods.step, 'enrol-sms');
    const yubikey = await proveNumber(browser, methods, newNumber());
    const backup = await browser.press(await browser.press(yubikey, 'skip'), 'skip');
    assert.equal(backup.step, 'backup-code');
    assert.equal((await browser.press(backup, 'continue')).step, 'confirm-email');
  });

  test('the page of the question tells every fault at once and keeps what was typed, and no answer is too easy', async () => {
    const { browser, page } = await newcomer('vraag-fout');
    const yubikey = await proveNumber(browser, page, newNumber());
    const backup = await browser.press(await browser.press(yubikey, 'skip'), 'skip');
    const question = await browser.press(backup, 'continue');
    const empty = await browser.press(question, 'save', { question: '', answer: '', email: 'geen adres' });
    assert.equal(empty.step, 'security-question');
    assert.equal((empty.body.match(/aria-invalid="true"/g) ?? []).length, 3);
    assert.ok(empty.body.includes('value="geen adres"'));
    const easy = await browser.press(empty, 'save', { ...QUESTION, answer: 'vraag-fout' });
    assert.equal(easy.step, 'security-question');
    assert.ok(easy.body.includes('value="vraag-fout"'));
  });

  test('a tenant that asks the address alone asks no question', async () => {
    const decided = { ...FULL_TENANT, firstSignIn: { asks: 'email' as const } };
    const place = await startInstallation(ending, { settings: { tenant: decided }, clock });
    await place.createAccount({ loginName: 'alleen-adres' });
    const { browser, page } = await beginSignIn(place);
    const sms = await typePassword(browser, page, 'alleen-adres');
    const app = await browser.press(await browser.press(sms, 'skip'), 'skip');
    const backup = await browser.press(app, 'continue', { code: codeOf(keyOn(app), clock.now()) });
    const asked = await browser.press(backup, 'continue');
    assert.equal(asked.step, 'security-question');
    assert.equal(asked.body.includes('name="question"'), false);
    assert.equal((await browser.press(asked, 'save', { email: 'a@test.example' })).step, 'confirm-email');
  });

  test('ends also where no mail can be sent, which the person reads on the page and the operator at the start', async () => {
    const decided = { ...FULL_TENANT, secondStep: { methods: ['totp'], backupCode: 'none' as const } };
    const place = await startInstallation(ending, {
      settings: { tenant: decided },
      clock,
      realSuppliers: true,
    });
    assert.ok(place.logged.some((line) => line.includes('messaging.mail.url is not set')));
    await place.createAccount({ loginName: 'zonder-mail' });
    const { browser, page } = await beginSignIn(place);
    const app = await typePassword(browser, page, 'zonder-mail');
    const question = await browser.press(app, 'continue', { code: codeOf(keyOn(app), clock.now()) });
    const email = await browser.press(question, 'save', QUESTION);
    assert.equal(email.step, 'confirm-email');
    assert.match(email.body, /role="alert"/);
    assert.ok((await browser.press(email, 'skip')).location?.includes('code='));
  });
});
