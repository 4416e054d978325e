import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { FREE_TRIES, secondStepCounters } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers, sentTo, settle, untilSent } from '../support/second-steps.ts';
import { addTenant } from '../support/second-tenant.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const newNumber = newNumbers();
const CODE = '12345678';
const WRONG = ['87654321', '11111111', '22222222', '33333333', '44444444'];

const codeShown = ({ body }: Answer) => /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(body)?.[1] ?? '';

describe('a backup code', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const tenant = { ...TEST_TENANT, secondStep: { methods: ['sms', 'totp'] } };
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  /** Somebody who has an app and a backup code, and perhaps more. */
  const person = async (
    loginName: string,
    more: { withPhone?: string; email?: string; emailVerified?: boolean } = {},
  ) => {
    const made = await installation.createAccount({ loginName, withApp: true, ...more });
    await settle(installation, made.account, CODE);
    return made;
  };
  /** At the page that asks for the backup code. */
  const asked = async (loginName: string) => {
    const begun = await behindPassword(installation, loginName);
    const stuck = await begun.browser.open(`${begun.page.url}/stuck`);
    const page = await begun.browser.press(stuck, 'use-backup-code');
    assert.match(page.body, /data-method="backup-code"/);
    return { ...begun, page, type: (code: string) => begun.browser.submit(page, { code }) };
  };

  test('of another person opens nothing', async () => {
    await person('anna');
    const bert = await installation.createAccount({ loginName: 'bert', withApp: true });
    await settle(installation, bert.account, '55556666');
    const { type } = await asked('bert');
    assert.equal((await type(CODE)).step, 'second-step');
    assert.equal((await type('55556666')).step, 'backup-code');
  });

  test('of the same name at another tenant opens nothing', async () => {
    const south = await addTenant(installation, 'zuid');
    await person('overal');
    const there = await south.createAccount({ loginName: 'overal', withApp: true });
    await settle(installation, there.account, '55556666');
    const { type } = await asked('overal');
    assert.equal((await type('55556666')).step, 'second-step');
    assert.equal((await type(CODE)).step, 'backup-code');
  });

  test('is good once, and only what takes its place lets anybody on', async () => {
    await person('eenmaal');
    const first = await asked('eenmaal');
    const renewed = await first.type(CODE);
    assert.equal(renewed.step, 'backup-code');
    const shown = codeShown(renewed);
    // Until the person goes on, neither the old one nor the new one works.
    const second = await behindPassword(installation, 'eenmaal');
    assert.doesNotMatch((await second.browser.open(`${second.page.url}/stuck`)).body, /use-backup-code/);
    await second.browser.post(`${second.page.url}/method`, { method: 'backup-code' });
    assert.match((await second.browser.get(second.page.url)).body, /data-method="totp"/);
    assert.ok(hasCode(await first.browser.press(renewed, 'continue')));
    const third = await asked('eenmaal');
    assert.equal((await third.type(CODE)).step, 'second-step');
    assert.equal((await third.type(shown)).step, 'backup-code');
  });

  test('used fifty times at once, over ten sign-ins, is one success', async () => {
    await person('storm');
    const visits: Awaited<ReturnType<typeof asked>>[] = [];
    while (visits.length < 10) visits.push(await asked('storm'));
    const from = installation.logged.length;
    await Promise.all(
      visits.flatMap(({ browser, page }) =>
        Array.from({ length: 5 }, () => browser.post(`${page.url}/second-step`, { code: CODE })),
      ),
    );
    const success = /"event":"sign-in.second-step".*"outcome":"success"/;
    assert.equal(installation.logged.slice(from).filter((line) => success.test(line)).length, 1);
    const pages = await Promise.all(visits.map(({ browser, page }) => browser.get(page.url)));
    assert.equal(pages.filter(({ step }) => step === 'backup-code').length, 1);
    assert.equal(pages.filter(({ step }) => step === 'second-step').length, 9);
  });

  test('used fifty times at once in one sign-in is one success and one token', async () => {
    await person('storm-in-een');
    const { browser, page, party, request } = await asked('storm-in-een');
    const posts = Array.from({ length: 50 }, () => browser.post(`${page.url}/second-step`, { code: CODE }));
    await Promise.all(posts);
    const renewed = await browser.get(page.url);
    assert.equal(renewed.step, 'backup-code');
    const ends = await Promise.all(
      Array.from({ length: 5 }, () => browser.post(`${page.url}/backup-code`, {})),
    );
    const grants = new Set<string | undefined>();
    for (const end of ends) {
      const answer = await browser.follow(end);
      if (hasCode(answer)) grants.add(answer.location);
    }
    assert.equal(grants.size, 1);
    const tokens = await party.finish(request, [...grants][0]);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'otp', 'mfa']);
  });

  test('is void after five wrong tries in its life, and the person is told on every channel they proved', async (t) => {
    const tick = stopClock(t);
    const [withPhone, email] = [newNumber(), 'ongeldig@test.example'];
    const { appData } = await person('ongeldig', { withPhone, email });
    const told = () =>
      [withPhone, email].map(
        (to) => sentTo(installation, to).filter(({ text }) => /back-upcode/i.test(text)).length,
      );
    for (const [n, code] of WRONG.entries()) {
      // A sign-in with the app between two tries forgives the code nothing.
      if (n === 3) {
        const { browser, page } = await behindPassword(installation, 'ongeldig');
        assert.ok(hasCode(await browser.submit(page, { code: codeOf(keyIn(appData ?? '')) })));
      }
      assert.deepEqual(told(), [0, 0]);
      assert.equal((await (await asked('ongeldig')).type(code)).step, 'second-step');
    }
    await untilSent(() => told().every((number) => number === 1));
    tick(60 * 60_000);
    const { browser, page } = await behindPassword(installation, 'ongeldig');
    assert.doesNotMatch((await browser.open(`${page.url}/stuck`)).body, /use-backup-code/);
  });

  test('that is void opens nothing, also in a sign-in that asked for it before', async (t) => {
    const tick = stopClock(t);
    await person('te-laat');
    const waiting = await asked('te-laat');
    const { type } = await asked('te-laat');
    for (const code of WRONG) await type(code);
    tick(60 * 60_000 - 1000);
    const refused = await waiting.type(CODE);
    assert.equal(refused.step, 'second-step');
    assert.doesNotMatch(refused.body, /class="alert waiting"/);
  });

  test('tried while the person must wait loses no life', async (t) => {
    const tick = stopClock(t);
    const { account } = await person('geduld');
    const { volatile, clock } = installation.running.composition;
    const counted = { accountId: account.id, method: 'backup-code', lane: STRANGERS, address: '' };
    // As many wrong codes as make the person wait, of which this code heard none.
    for (let tries = 0; tries < FREE_TRIES; tries += 1) {
      await volatile.throttle.take(account.tenantId, secondStepCounters(counted).waits, clock.now());
    }
    const { type } = await asked('geduld');
    for (const code of WRONG) assert.match((await type(code)).body, /class="alert waiting"/);
    tick(30_000);
    assert.equal((await type(CODE)).step, 'backup-code');
  });

  test('that was used is told on every channel the person proved, and on no other', async () => {
    const [withPhone, email, unproved] = [newNumber(), 'gebruikt@test.example', 'anders@test.example'];
    await person('gebruikt', { withPhone, email });
    await person('onbewezen', { email: unproved, emailVerified: false });
    for (const name of ['onbewezen', 'gebruikt']) {
      const { type } = await asked(name);
      assert.equal((await type(CODE)).step, 'backup-code');
    }
    await untilSent(() => [withPhone, email].every((to) => sentTo(installation, to).length === 1));
    for (const to of [withPhone, email]) {
      const [notice] = sentTo(installation, to);
      assert.match(notice?.text ?? '', /back-upcode/i);
      assert.doesNotMatch(notice?.text ?? '', /1234 ?5678/);
    }
    assert.equal(sentTo(installation, unproved).length, 0);
  });

  test('of one of two browsers counts, and the other one is told', async (t) => {
    const tick = stopClock(t);
    const { appData = '' } = await installation.createAccount({ loginName: 'twee-vensters', withApp: true });
    const pages = [];
    for (let visits = 0; visits < 2; visits += 1) {
      // The app shows another code by then.
      tick(30_000);
      const { browser, page } = await behindPassword(installation, 'twee-vensters');
      const next = await browser.submit(page, { code: codeOf(keyIn(appData)) });
      pages.push({ browser, page: next.step === 'enrol-sms' ? await browser.press(next, 'skip') : next });
    }
    const [one, two] = pages;
    assert.ok(one?.page.step === 'backup-code' && two?.page.step === 'backup-code');
    assert.notEqual(codeShown(one.page), codeShown(two.page));
    assert.ok(hasCode(await one.browser.press(one.page, 'continue')));
    const beaten = await two.browser.press(two.page, 'continue');
    assert.equal(beaten.step, 'password');
    assert.match(beaten.body, /class="alert/);
    const later = await asked('twee-vensters');
    assert.equal(
      (await later.type(codeShown(two.page))).step,
      'second-step',
      'the one that lost never counts',
    );
    assert.equal((await later.type(codeShown(one.page))).step, 'backup-code');
  });

  test('is shown until the person goes on, to their own browser, and never again', async () => {
    const { appData } = await installation.createAccount({ loginName: 'tonen', withApp: true });
    const { browser, page } = await behindPassword(installation, 'tonen');
    const sms = await browser.submit(page, { code: codeOf(keyIn(appData ?? '')) });
    const shown = await browser.press(sms, 'skip');
    const code = codeShown(shown);
    assert.match(code, /^\d{4} \d{4}$/);
    const places = ['', '/backup-code/print', '/backup-code/file'];
    for (const place of places) {
      assert.ok((await browser.get(`${page.url}${place}`)).body.includes(code), place);
      const stranger = await new Browser().get(`${page.url}${place}`);
      assert.equal(stranger.body.includes(code), false);
    }
    const thief = browser.thief();
    assert.ok(hasCode(await browser.press(shown, 'continue')));
    for (const place of places) {
      for (const who of [browser, thief]) {
        assert.equal((await who.open(`${page.url}${place}`)).body.includes(code), false, place);
      }
    }
  });
});
