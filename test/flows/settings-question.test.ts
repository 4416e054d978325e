import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { sentTo, settle, untilQueueIsEmpty } from '../support/second-steps.ts';
import { signInAgain, signInToSettings } from '../support/settings.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const MINUTE = 60_000;
const QUESTION = '/account/question';
const LANGUAGE = '/account/language';
const ANSWER = 'Boudewijn de Groot';

describe('what people keep of themselves in the settings', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    const tenant = { ...TEST_TENANT, firstSignIn: {} };
    installation = await startInstallation(ending, { replicas: 1, clock, settings: { tenant } });
  });

  /** Somebody past the first sign-in, signed in to the settings. */
  const somebody = async (loginName: string) => {
    const email = `${loginName}@test.example`;
    const made = await installation.createAccount({ loginName, email, withApp: true });
    const { durable } = installation.running.composition;
    const { tenantId, id } = made.account;
    await durable.enrolments.saveFirstSignIn(tenantId, id, { question: undefined, email }, clock.now());
    await settle(installation, made.account);
    const browser = new Browser();
    const who = () => ({ loginName, appData: made.appData, at: clock.now() });
    const page = await signInToSettings(installation, browser, who());
    assert.equal(page.step, 'settings');
    return {
      ...{ browser, page, account: made.account, email, who },
      open: (path: string) => browser.open(`${installation.issuer}${path}`),
      question: async () => (await durable.enrolments.findQuestion(tenantId, id))?.key,
    };
  };

  const recorded = async (accountId: string, name: string) => {
    const { durable, tenant } = installation.running.composition;
    const all = await durable.audit.events.page(tenant.id, { after: 0, limit: 1_000 });
    return all.filter(({ event, subject }) => event === name && subject === accountId);
  };

  test('a question is chosen at any time, the person is told, and the last one counts', async () => {
    const scene = await somebody('kiest.een.vraag');
    const { browser, account } = scene;
    assert.match(scene.page.body, /href="\/account\/question"/);
    const [first, second] = [await scene.open(QUESTION), await scene.open(QUESTION)];
    assert.equal(first.step, 'settings-question');
    const typed = { question: 'first-concert', answer: ANSWER };
    const done = await browser.press(first, 'save', typed);
    assert.equal(done.step, 'settings');
    assert.match(done.body, /Uw vraag en antwoord zijn gewijzigd/);
    assert.equal(await scene.question(), 'first-concert');
    await untilQueueIsEmpty(installation);
    assert.match(sentTo(installation, scene.email)[0]?.text ?? '', /vraag/i);

    assert.match((await scene.open(QUESTION)).body, /id="question-now">Uw vraag is nu: .*concert/);
    const late = await browser.press(second, 'save', { ...typed, answer: 'Iets heel anders' });
    assert.match(late.body, /Uw vraag en antwoord zijn gewijzigd/, 'pressed in another window: it is saved');
    assert.equal((await recorded(account.id, 'question.changed')).length, 2);
    const all = installation.logged.join('\n');
    assert.doesNotMatch(all, /Boudewijn|heel anders/);
  });

  test('an answer by which anybody gets in is not taken, and what was typed is kept', async () => {
    const scene = await somebody('makkelijk.antwoord');
    const { browser, account } = scene;
    let page = await scene.open(QUESTION);
    for (const [question, answer, said] of [
      ['', '', /href="#question">.*href="#answer">/s],
      ['first-concert', '123456', /href="#answer">Dit antwoord is te makkelijk/],
      ['first-concert', 'makkelijk.antwoord', /href="#answer">Uw inlognaam is te makkelijk/],
      ['unheard-of', ANSWER, /href="#question">Deze vraag is er niet meer/],
    ] as const) {
      page = await browser.press(page, 'save', { question, answer });
      assert.equal(page.step, 'settings-question');
      assert.match(page.body, said);
    }
    assert.match(page.body, new RegExp(`value="${ANSWER}"`));
    assert.equal(await scene.question(), undefined);
    assert.equal((await recorded(account.id, 'settings.refused')).length, 4);
    assert.doesNotMatch(
      (await scene.open(QUESTION)).body,
      new RegExp(ANSWER),
      'what is over is shown no more',
    );
    const raw = { stamp: 'x', question: 'first-concert' };
    assert.equal((await browser.post(`${installation.issuer}${QUESTION}`, raw)).status, 400);
  });

  test('a question is changed by who just signed in, and goes on with what was typed', async () => {
    const scene = await somebody('vraag.na.inloggen');
    const { browser } = scene;
    const page = await scene.open(QUESTION);
    clock.advance(6 * MINUTE);
    const asked = await browser.press(page, 'save', { question: 'first-concert', answer: ANSWER });
    assert.equal(asked.step, 'password');
    assert.equal(await scene.question(), undefined);
    const back = await signInAgain(browser, asked, scene.who());
    assert.equal(back.step, 'settings-question');
    assert.match(back.body, new RegExp(`value="${ANSWER}"`));
    assert.match(back.body, /value="first-concert" selected/);
    const done = await browser.press(back, 'save', { question: 'first-concert', answer: ANSWER });
    assert.equal(done.step, 'settings');
    assert.equal(await scene.question(), 'first-concert');
  });

  test('a page of another person’s sign-in changes nobody’s question or language', async () => {
    const [one, other] = [await somebody('eigen.vraag'), await somebody('andere.vraag')];
    for (const [path, button, fields] of [
      [QUESTION, 'save', { question: 'first-concert', answer: ANSWER }],
      [LANGUAGE, 'choose-en', {}],
    ] as const) {
      const page = await one.open(path);
      const answer = await other.browser.press(page, button, fields);
      assert.equal(answer.status, 409);
      assert.equal(answer.step, 'stale');
    }
    for (const { question, account } of [one, other]) {
      assert.equal(await question(), undefined);
      const { durable } = installation.running.composition;
      assert.equal((await durable.accounts.findById(account.tenantId, account.id))?.locale, 'nl');
    }
  });

  test('a language is chosen by one press: for pages here at once, and for messages', async () => {
    const scene = await somebody('kiest.een.taal');
    const { browser, account } = scene;
    clock.advance(6 * MINUTE);
    const page = await scene.open(LANGUAGE);
    assert.equal(page.step, 'settings-language', 'it changes no way in: nobody signs in again for it');
    assert.match(page.body, /id="choose-nl-note">Deze gebruikt u nu/);
    const done = await browser.press(page, 'choose-en');
    assert.equal(done.step, 'settings');
    assert.match(done.body, /Your language was changed/);
    const { durable } = installation.running.composition;
    assert.equal((await durable.accounts.findById(account.tenantId, account.id))?.locale, 'en');
    assert.ok(browser.cookies.some(({ name, value }) => name === 'poortwachter_language' && value === 'en'));
    const [event] = await recorded(account.id, 'language.changed');
    assert.deepEqual(event?.detail, { locale: 'en' });
    const form = { stamp: /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '', locale: 'xx' };
    assert.equal((await browser.post(`${installation.issuer}${LANGUAGE}`, form)).status, 400);
  });
});
