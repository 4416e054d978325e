import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser, formAction } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { sentTo, untilQueueIsEmpty } from '../support/second-steps.ts';
import { openSettings, type SettingsScene, signInAgain, signInToSettings } from '../support/settings.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

const NEW = 'wolk-Paars-Ladder-38';
const OTHER = 'kastanje-Boven-brug-54';
const PATH = '/account/password';
const MINUTE = 60_000;
/** An app shows a code for so long, and each works once; the one before still does. */
const CODE_LIFE = 30_000;

const change = ({ browser }: SettingsScene, page: Answer, current: string, next: string) =>
  browser.press(page, 'save', { password: current, new_password: next });

const pathOf = ({ url }: Answer) => new URL(url).pathname;

describe('the password in the settings', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  const somebody = (loginName: string) => {
    const at = Date.now() - CODE_LIFE;
    return openSettings(installation, { loginName, email: `${loginName}@test.example` }, { at });
  };

  /** What an application gets in this browser, where somebody is signed in. */
  const tokensIn = async (browser: Browser) => {
    const party = await createRelyingParty(installation.issuer);
    const request = await party.begin({ scope: 'openid' });
    const tokens = await party.finish(request, (await browser.open(request.url)).location);
    return { party, refresh: tokens.refresh_token ?? assert.fail('no refresh token') };
  };

  const recorded = async (of: SettingsScene, name: string) => {
    const { durable, tenant } = installation.running.composition;
    const all = await durable.audit.events.page(tenant.id, { after: 0, limit: 1_000 });
    return all.filter(({ event, subject }) => event === name && subject === of.account.id);
  };

  const signsInWith = async (loginName: string, password: string): Promise<boolean> => {
    const { browser, page } = await beginSignIn(installation);
    return (await typePassword(browser, page, loginName, password)).step === 'second-step';
  };

  test('is replaced: this session and its applications go on, all others end, and the person is told', async () => {
    const scene = await somebody('nieuw.wachtwoord');
    const { appData } = scene;
    const here = await tokensIn(scene.browser);
    const other = new Browser();
    const who = { loginName: 'nieuw.wachtwoord', appData };
    assert.equal((await signInToSettings(installation, other, who)).step, 'settings');
    const there = await tokensIn(other);

    const page = await scene.open(PATH);
    assert.equal(page.step, 'settings-password');
    const done = await change(scene, page, PASSWORD, NEW);
    assert.equal(done.step, 'settings');
    assert.match(
      done.body,
      /id="done"[^>]*>.*Uw wachtwoord is gewijzigd\. Op andere apparaten bent u uitgelogd/s,
    );

    assert.equal((await scene.open('/account')).step, 'settings');
    await here.party.refresh(here.refresh);
    await tokensIn(scene.browser);
    assert.equal((await other.open(`${installation.issuer}/account`)).step, 'password');
    const refresh = { grant_type: 'refresh_token', refresh_token: there.refresh };
    assert.equal((await there.party.askToken(refresh)).json.error, 'invalid_grant');
    assert.equal(await signsInWith('nieuw.wachtwoord', PASSWORD), false);
    assert.equal(await signsInWith('nieuw.wachtwoord', NEW), true);

    const [event] = await recorded(scene, 'password.changed');
    assert.deepEqual(event?.detail, { purpose: 'settings', sessions: 1, grants: 1 });
    await untilQueueIsEmpty(installation);
    const [mail] = sentTo(installation, 'nieuw.wachtwoord@test.example');
    assert.match(mail?.text ?? '', /wachtwoord/);
    const told = [installation.logged.join('\n'), JSON.stringify(await recorded(scene, 'password.changed'))];
    for (const text of told) assert.doesNotMatch(text, new RegExp(`${NEW}|${PASSWORD}`));
  });

  test('is asked for: a wrong one counts as at the sign-in, and the new one need not be typed again', async () => {
    const scene = await somebody('verkeerde.huidige');
    const wrong = await change(scene, await scene.open(PATH), 'not-the-password-at-all', NEW);
    assert.equal(wrong.step, 'settings-password');
    assert.match(wrong.body, /href="#current-password">Uw wachtwoord van nu klopt niet/);
    assert.match(wrong.body, /U mag dit veld leeg laten/);
    assert.doesNotMatch(wrong.body, new RegExp(NEW));
    assert.doesNotMatch(wrong.body, /not-the-password-at-all/);
    const [failure] = (await recorded(scene, 'sign-in.password')).slice(-1);
    assert.deepEqual([failure?.outcome, failure?.reason], ['failure', 'refused']);
    const { durable, tenant } = installation.running.composition;
    const own = (await durable.lanes.list(tenant.id, scene.account.id)).filter(({ lane }) => lane !== '');
    assert.deepEqual(
      own.map(({ failures }) => failures),
      [1],
      'in the lane of this very browser',
    );

    const done = await change(scene, wrong, PASSWORD, '');
    assert.equal(done.step, 'settings');
    assert.equal(await signsInWith('verkeerde.huidige', NEW), true);
    const plain = await scene.open(PATH);
    assert.doesNotMatch(plain.body, /klopt niet|leeg laten/, 'what is over is said no more');
  });

  test('is judged by the rules of every new one, and each fault leads to its field', async () => {
    const scene = await somebody('zwak.wachtwoord');
    let page = await scene.open(PATH);
    for (const [current, next, said] of [
      ['', '', /href="#current-password">Vul uw wachtwoord van nu in.*href="#password">Vul een nieuw/s],
      ['', NEW, /href="#current-password">Vul uw wachtwoord van nu in/],
      [PASSWORD, 'te-kort', /href="#password">Dit wachtwoord is te kort/],
      [PASSWORD, 'zwak.wachtwoord', /uw naam/],
      [PASSWORD, PASSWORD, /Dit is uw oude wachtwoord/],
    ] as const) {
      page = await change(scene, page, current, next);
      assert.equal(page.step, 'settings-password');
      assert.match(page.body, said);
      assert.match(page.body, /aria-invalid="true"/);
    }
    assert.doesNotMatch(page.body, /leeg laten/, 'what was refused is not remembered');
    const empty = await change(scene, page, PASSWORD, '');
    assert.match(empty.body, /Vul een nieuw wachtwoord in/);
    assert.equal(await signsInWith('zwak.wachtwoord', PASSWORD), true);
    assert.equal((await recorded(scene, 'settings.refused')).length, 6);
    const raw = { stamp: 'x', password: PASSWORD, new_password: NEW, since: 'yesterday' };
    assert.equal((await scene.browser.post(`${installation.issuer}${PATH}`, raw)).status, 400);
  });

  test('is changed once by a page: an old one, of another window, changes nothing and says so', async () => {
    const scene = await somebody('twee.vensters');
    const [first, second] = [await scene.open(PATH), await scene.open(PATH)];
    assert.equal((await change(scene, first, PASSWORD, NEW)).step, 'settings');
    for (const current of [PASSWORD, NEW]) {
      const late = await change(scene, second, current, OTHER);
      assert.equal(late.step, 'settings-password');
      assert.match(late.body, /Uw wachtwoord is net al gewijzigd/);
    }
    assert.equal(await signsInWith('twee.vensters', NEW), true);
    const { durable, tenant } = installation.running.composition;
    const lanes = await durable.lanes.list(tenant.id, scene.account.id);
    assert.ok(
      lanes.every(({ failures }) => failures === 0),
      'and counts as no wrong password',
    );
    const again = await change(scene, await scene.open(PATH), NEW, OTHER);
    assert.equal(again.step, 'settings', 'the very same session may change it again');
  });

  test('is changed once by a button pressed twice', async () => {
    const scene = await somebody('twee.keer');
    const page = await scene.open(PATH);
    const answers = await Promise.all([1, 2].map(() => change(scene, page, PASSWORD, NEW)));
    const steps = answers.map(({ step }) => step).sort();
    assert.deepEqual(steps, ['settings', 'settings-password']);
    const late = answers.find(({ step }) => step === 'settings-password');
    assert.match(late?.body ?? '', /Uw wachtwoord is net al gewijzigd/);
    assert.equal((await recorded(scene, 'password.changed')).length, 1);
    assert.equal((await scene.open('/account')).step, 'settings');
    assert.equal(await signsInWith('twee.keer', NEW), true);
  });

  test('is one of the pages there are; a question is not, where the organisation asks none', async () => {
    const scene = await somebody('geen.vraag');
    assert.equal((await scene.open('/account/question')).status, 404);
    const form = { stamp: 'any', question: 'pet', answer: 'Snoezepoes' };
    assert.equal((await scene.browser.post(`${installation.issuer}/account/question`, form)).status, 404);
  });
});

describe('the password in the settings, as time goes by', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1, clock });
  });

  const somebody = (loginName: string) => openSettings(installation, { loginName }, { at: clock.now() });

  test('is changed by who just signed in: who did long ago does so again, and goes on with what was typed', async () => {
    const scene = await somebody('lang.geleden');
    const { appData } = scene;
    const page = await scene.open(PATH);
    clock.advance(6 * MINUTE);
    const asked = await change(scene, page, PASSWORD, NEW);
    assert.equal(asked.step, 'password');
    const back = await signInAgain(scene.browser, asked, {
      ...{ loginName: 'lang.geleden', appData, at: clock.now() },
    });
    assert.equal(back.step, 'settings-password');
    assert.match(back.body, /id="resumed"/);
    assert.match(back.body, /U mag dit veld leeg laten/);
    assert.doesNotMatch(back.body, new RegExp(`${NEW}|${PASSWORD}`));
    const wrong = await change(scene, back, 'a-slip-of-the-finger', '');
    assert.match(wrong.body, /klopt niet.*leeg laten/s);
    clock.advance(6 * MINUTE);
    const asked2 = await change(scene, wrong, PASSWORD, '');
    assert.equal(asked2.step, 'password', 'and so it is once more');
    const back2 = await signInAgain(scene.browser, asked2, {
      ...{ loginName: 'lang.geleden', appData, at: clock.now() },
    });
    assert.match(back2.body, /leeg laten/);
    const done = await change(scene, back2, PASSWORD, '');
    assert.equal(pathOf(done), '/account');
    assert.match(done.body, /Uw wachtwoord is gewijzigd/);
    const { browser, page: fresh } = await beginSignIn(installation);
    assert.equal((await typePassword(browser, fresh, 'lang.geleden', NEW)).step, 'second-step');
  });

  test('is not opened by a sign-in of long ago either', async () => {
    const scene = await somebody('eerst.inloggen');
    clock.advance(6 * MINUTE);
    assert.equal((await scene.open(PATH)).step, 'password');
  });

  test('is not to be guessed here: after five wrong ones everybody in this browser waits, and is told how long', async () => {
    const scene = await somebody('raadt.door');
    let page = await scene.open(PATH);
    for (let tries = 0; tries < 6; tries += 1)
      page = await change(scene, page, `wrong-password-${tries}`, NEW);
    page = await change(scene, page, PASSWORD, NEW);
    assert.match(page.body, /U heeft het te vaak geprobeerd\. Wacht 30 seconden/);
    assert.match(page.body, /leeg laten/);
    const atSignIn = await beginSignIn(installation, scene.browser, { parameters: { prompt: 'login' } });
    const waits = await typePassword(scene.browser, atSignIn.page, 'raadt.door');
    assert.match(waits.body, /te vaak geprobeerd/, 'it is one count');
    clock.advance(31_000);
    assert.equal((await change(scene, page, PASSWORD, '')).step, 'settings');
  });

  test('ends a sign-in with the old one, also one handed over in the same second', async () => {
    const scene = await somebody('zelfde.seconde');
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'zelfde.seconde');
    clock.advance(CODE_LIFE);
    const code = codeOf(keyIn(scene.appData ?? ''), clock.now());
    const handedOver = await browser.post(formAction(second), { code });
    assert.match(handedOver.location ?? '', /\/auth\//, 'a session is only still to be made of it');
    assert.equal((await change(scene, await scene.open(PATH), PASSWORD, NEW)).step, 'settings');
    const end = await browser.follow(handedOver);
    assert.equal(end.step, 'password');
    assert.equal((await browser.open(`${installation.issuer}/account`)).step, 'password');
    assert.equal((await scene.open('/account')).step, 'settings');
  });

  test('replaced by a recovery ends the session that a change had kept', async () => {
    const scene = await somebody('bewaard.en.weg');
    clock.advance(MINUTE);
    assert.equal((await change(scene, await scene.open(PATH), PASSWORD, NEW)).step, 'settings');
    clock.advance(MINUTE);
    assert.equal((await scene.open('/account')).step, 'settings', 'older than the change, and kept');
    const { durable, hasher } = installation.running.composition;
    const { tenantId, id } = scene.account;
    const hash = await hasher.hash(OTHER);
    const recovery = { hash, at: clock.now() + 1, provesEmail: undefined, recovered: true };
    assert.ok(await durable.accounts.changePassword(tenantId, id, recovery));
    assert.equal((await scene.open('/account')).step, 'password', 'although nothing ended it');
  });
});
