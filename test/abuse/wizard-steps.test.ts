import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, hasCode, newNumbers } from '../support/second-steps.ts';
import { beginSignIn } from '../support/sign-in.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';

const newNumber = newNumbers();
const QUESTION = { question: 'first-concert', answer: 'Doe Maar in Carré', email: 'stap@test.example' };

/** Every post of the sign-in with what its form could bring; `start-over` apart, which everybody may. */
const POSTS: readonly [path: string, fields: Record<string, string>][] = [
  ['password', { login_name: 'iemand', password: PASSWORD }],
  ['second-step', { code: '123456' }],
  ['send', { channel: 'sms' }],
  ['method', { method: 'totp' }],
  ['method', { method: 'backup-code' }],
  ['passkey-options', { purpose: 'sign-in' }],
  ['passkey-options', { purpose: 'set-up' }],
  ['give-up', {}],
  ['enrol', { method: 'totp', code: '123456' }],
  ['enrol', { method: 'sms', phone: '+31612345678' }],
  ['enrol', { method: 'backup-code', code: '12345678' }],
  ['enrol/send', { channel: 'sms' }],
  ['enrol/renew', {}],
  ['skip', {}],
  ['back', {}],
  ['backup-code', {}],
  ['backup-code/sms', {}],
  ['security-question', QUESTION],
  ['confirm-email', { code: '123456' }],
  ['confirm-email/send', {}],
  ['confirm-email/change', {}],
  ['consent', {}],
  ['deny', {}],
];
/** Pages beside a step. */
const BESIDE = ['stuck', 'backup-code/print', 'backup-code/file'];

/** What each step does take; everything else must leave it as it is. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  password: ['password'],
  'second-step': ['second-step', 'send', 'method', 'passkey-options', 'stuck'],
  'enrol-sms': ['enrol', 'enrol/send', 'enrol/renew', 'skip', 'back'],
  'enrol-yubikey': ['enrol', 'enrol/send', 'enrol/renew', 'skip', 'back', 'passkey-options'],
  'enrol-app': ['enrol', 'enrol/send', 'enrol/renew', 'skip', 'back'],
  'backup-code': ['backup-code', 'backup-code/sms', 'backup-code/print', 'backup-code/file'],
  'security-question': ['security-question'],
  'confirm-email': ['confirm-email', 'confirm-email/send', 'confirm-email/change', 'skip'],
};

const mainOf = ({ body }: Answer) => body.slice(body.indexOf('<main'), body.indexOf('</main>'));

describe('in a first sign-in', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: FULL_TENANT } });
  });

  /** A browser that came honestly to a step, by the shortest way. */
  const browserAt = async (step: string, loginName: string) => {
    const withPhone = step === 'second-step' ? newNumber() : undefined;
    const { account } = await installation.createAccount({ loginName, ...(withPhone && { withPhone }) });
    const begun =
      step === 'password' ? await beginSignIn(installation) : await behindPassword(installation, loginName);
    const { browser } = begun;
    let { page } = begun;
    const walk: Readonly<Record<string, (at: Answer) => Promise<Answer>>> = {
      'enrol-sms': (at) => browser.press(at, 'skip'),
      'enrol-yubikey': (at) => browser.press(at, 'skip'),
      'enrol-app': (at) => browser.press(at, 'continue', { code: codeOf(keyOn(at)) }),
      'backup-code': (at) => browser.press(at, 'continue'),
      'security-question': (at) => browser.press(at, 'save', QUESTION),
    };
    for (let steps = 0; page.step !== step && steps < 6; steps += 1) {
      const on = walk[page.step ?? ''];
      assert.ok(on, `no way on from ${page.step}`);
      page = await on(page);
    }
    assert.equal(page.step, step);
    return { browser, page, accountId: account.id };
  };

  const factorsOf = async (accountId: string) => {
    const { durable, tenant } = installation.running.composition;
    return (await durable.factors.list(tenant.id, accountId)).map(({ id, lastUsedAt }) => [id, lastUsedAt]);
  };

  for (const step of Object.keys(TAKEN)) {
    test(`what belongs to another step than ${step} changes nothing there, sends nothing and shows nothing`, async (t) => {
      stopClock(t);
      const { browser, page, accountId } = await browserAt(step, `op-${step}`);
      const taken = TAKEN[step] ?? [];
      const before = { shown: mainOf(await browser.get(page.url)), factors: await factorsOf(accountId) };
      const sent = installation.outbox.messages().length;
      for (const [path, fields] of POSTS) {
        if (taken.includes(path)) continue;
        const answer = await browser.post(`${page.url}/${path}`, fields);
        if (path === 'passkey-options') assert.equal(answer.status, 409);
        else assert.deepEqual([answer.status, answer.location], [303, page.url], path);
        assert.doesNotMatch(answer.body, /challenge|credential/, path);
      }
      for (const path of BESIDE) {
        if (taken.includes(path)) continue;
        const answer = await browser.get(`${page.url}/${path}`);
        assert.deepEqual([answer.status, answer.location], [303, page.url], path);
      }
      assert.equal((await browser.get(`${page.url}/delivery`)).body, '{}');
      assert.equal(mainOf(await browser.get(page.url)), before.shown);
      assert.deepEqual(await factorsOf(accountId), before.factors);
      assert.equal(installation.outbox.messages().length, sent);
      const resumed = await browser.open(page.url.replace('/interaction/', '/auth/'));
      assert.equal(hasCode(resumed), false);
    });

    test(`a browser that did not come to ${step} itself gets nothing there, whatever it posts`, async (t) => {
      stopClock(t);
      const { browser, page } = await browserAt(step, `bij-${step}`);
      const shown = mainOf(await browser.get(page.url));
      const sent = installation.outbox.messages().length;
      for (const stranger of [new Browser(), (await beginSignIn(installation)).browser]) {
        for (const [path, fields] of POSTS) {
          const answer = await stranger.post(`${page.url}/${path}`, fields);
          assert.deepEqual([answer.status, answer.step], [400, 'cookies'], path);
        }
        for (const path of ['', '/delivery', ...BESIDE.map((name) => `/${name}`)]) {
          const answer = await stranger.get(`${page.url}${path}`);
          assert.deepEqual([answer.status, answer.step], [400, 'cookies'], path);
        }
      }
      assert.equal(mainOf(await browser.get(page.url)), shown);
      assert.equal(installation.outbox.messages().length, sent);
    });
  }
});
