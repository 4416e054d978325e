import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { newNumbers, sentTo, settle, untilQueueIsEmpty } from '../support/second-steps.ts';
import { signInToSettings } from '../support/settings.ts';
import { signInWithApp } from '../support/sign-in.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const PATH = '/account/backup-code';
const OLD = '01234567';
const MINUTE = 60_000;

const pathOf = ({ url }: Answer) => `${new URL(url).pathname}${new URL(url).search}`;

/** The code on the page, plain. */
const codeOn = ({ body }: Answer): string => {
  const shown = /id="backup-code"[^>]*>([0-9 ]+)</.exec(body)?.[1];
  return shown?.replaceAll(' ', '') ?? assert.fail('no backup code on the page');
};

describe('a new backup code in the settings', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  const number = newNumbers();
  let installation: Installation;

  before(async () => {
    const secondStep = { methods: ['totp', 'sms'], backupCode: 'digits' } as const;
    const tenant = { ...TEST_TENANT, secondStep: { ...secondStep, methods: [...secondStep.methods] } };
    installation = await startInstallation(ending, { clock, replicas: 1, settings: { tenant } });
  });

  const urlOf = (path: string) => `${installation.issuer}${path}`;

  /** Somebody with a backup code that works, at the page of the settings about it. */
  const somebody = async (loginName: string, { withPhone }: { withPhone?: string } = {}) => {
    const email = `${loginName}@test.example`;
    const phone = withPhone === undefined ? {} : { withPhone };
    const made = await installation.createAccount({ loginName, email, withApp: true, ...phone });
    await settle(installation, made.account, OLD);
    const browser = new Browser();
    /** An app's code works once, and there is another one each half minute. */
    const who = () => {
      clock.advance(MINUTE / 2);
      return { loginName, appData: made.appData, at: clock.now() };
    };
    const page = await signInToSettings(installation, browser, who(), PATH);
    const { tenant, secondStep, durable } = installation.running.composition;
    return {
      ...{ browser, page, who, account: made.account },
      open: (path = PATH) => browser.open(urlOf(path)),
      shown: async () => browser.press(page, 'make-new'),
      /** What a sign-in with this code would come to. A right one is used up by it. */
      works: (code: string) => secondStep.backupCodes.check(tenant.id, made.account.id, code, clock.now()),
      events: async (name: string) =>
        (await durable.audit.events.bySubject(tenant.id, made.account.id, 100)).filter(
          ({ event }) => event === name,
        ),
      notices: async () => {
        await untilQueueIsEmpty(installation);
        return sentTo(installation, email).filter(({ text }) => /nieuwe back-upcode/.test(text));
      },
    };
  };

  test('is shown until its person goes on; the old one works until then, and nothing but the new one after', async () => {
    const { page, shown, open, browser, works, events, notices } = await somebody('nieuwe.code');
    assert.equal(page.step, 'settings-backup-code');
    assert.match(page.body, /id="state">U heeft een back-upcode die werkt/);
    const first = await shown();
    assert.deepEqual([first.step, pathOf(first)], ['backup-code', `${PATH}/new`]);
    const code = codeOn(first);
    assert.notEqual(code, OLD);
    assert.equal(codeOn(await open(`${PATH}/new`)), code, 'a reload shows the same');
    assert.equal(await works(code), 'wrong', 'it does not count yet');
    assert.equal((await events('backup-code.made')).length, 0);

    const done = await browser.press(first, 'continue');
    assert.deepEqual([done.step, pathOf(done)], ['settings', '/account']);
    assert.match(done.body, /id="done".*De oude werkt niet meer/s);
    const after = await open(`${PATH}/new`);
    assert.deepEqual([after.step, pathOf(after)], ['settings-backup-code', PATH], 'it is gone for good');
    assert.doesNotMatch(after.body, new RegExp(code));
    assert.equal(await works(OLD), 'wrong');
    assert.equal(await works(code), 'right');
    assert.match((await open()).body, /id="state">Uw back-upcode is op of vervallen/);

    const [made, ...others] = await events('backup-code.made');
    assert.deepEqual([made?.actor.kind, others], ['person', []]);
    assert.equal((await notices()).length, 1);
    assert.doesNotMatch(installation.logged.join('\n'), new RegExp(code));
    assert.doesNotMatch(JSON.stringify(made), new RegExp(code));
  });

  test('works as before while the new one is only looked at', async () => {
    const { shown, works, notices } = await somebody('toch.niet');
    await shown();
    assert.equal(await works(OLD), 'right');
    assert.equal((await notices()).length, 0);
  });

  test('can be printed and saved while it is shown, and not a moment longer', async () => {
    const { shown, open, browser } = await somebody('op.papier');
    const page = await shown();
    const code = codeOn(page);
    const print = await open(`${PATH}/new/print`);
    assert.equal(print.step, 'backup-code-print');
    assert.equal(codeOn(print), code);
    const file = await open(`${PATH}/new/file`);
    assert.match(file.body.replaceAll(' ', ''), new RegExp(code));
    assert.match(file.body, /op\.papier/);
    assert.equal(file.headers.get('cache-control'), 'no-store');
    assert.match(file.headers.get('content-disposition') ?? '', /^attachment/);
    await browser.press(page, 'continue');
    for (const path of ['print', 'file']) {
      assert.equal((await open(`${PATH}/new/${path}`)).step, 'settings-backup-code');
    }
  });

  test('goes to a proved number on request, and only there', async () => {
    const phone = number();
    const { shown, browser } = await somebody('per.sms', { withPhone: phone });
    const page = await shown();
    const sent = await browser.press(page, 'send-backup-code');
    assert.match(sent.body, /id="backup-code-sent"/);
    assert.equal(codeOn(sent), codeOn(page));
    const [message] = sentTo(installation, phone);
    assert.ok(message?.text.replaceAll(' ', '').includes(codeOn(page)));
    const soon = await browser.press(sent, 'send-backup-code');
    assert.match(soon.body, /id="error-summary"/, 'the limits of all sends hold here too');
    const { shown: alone } = await somebody('zonder.nummer');
    assert.doesNotMatch((await alone()).body, /send-backup-code/);
  });

  test('pressed twice, or in two windows of one browser, is one code and one notice', async () => {
    const { page, browser, works, events, notices } = await somebody('twee.vensters');
    const windows = await Promise.all([browser.press(page, 'make-new'), browser.press(page, 'make-new')]);
    const later = await browser.press(page, 'make-new');
    const codes = new Set([...windows, later].map(codeOn));
    assert.equal(codes.size, 1, 'no code is written down for nothing');
    const done = await Promise.all([...windows, later].map((window) => browser.press(window, 'continue')));
    assert.deepEqual(
      done.map(({ step }) => step),
      ['settings', 'settings', 'settings'],
    );
    const again = await browser.press(later, 'continue');
    assert.match(again.body, /id="done".*Dit was al gedaan/s);
    assert.equal((await events('backup-code.made')).length, 1);
    assert.equal((await notices()).length, 1);
    assert.equal(await works(codeOn(later)), 'right');
  });

  test('of two browsers counts once: the other is told that its code never works', async () => {
    const { who, browser, shown, works, events } = await somebody('twee.browsers');
    const here = await shown();
    const other = new Browser();
    const there = await other.press(await signInToSettings(installation, other, who(), PATH), 'make-new');
    assert.notEqual(codeOn(there), codeOn(here));
    await other.press(there, 'continue');
    const late = await browser.press(here, 'continue');
    assert.deepEqual([late.step, pathOf(late)], ['settings-backup-code', `${PATH}/new`]);
    assert.match(late.body, /role="alert"[^>]*>.*De code die u hier zag, werkt niet/s);
    assert.doesNotMatch((await browser.open(urlOf(PATH))).body, /role="alert"/);
    const [refused] = await events('settings.refused');
    assert.deepEqual([refused?.reason, refused?.detail?.what], ['overtaken', 'backup-code']);
    const anew = await browser.press(late, 'make-new');
    assert.equal(anew.step, 'backup-code');
    assert.equal(await works(codeOn(here)), 'wrong');
    assert.equal(await works(codeOn(there)), 'right');
  });

  test('behind an old page of the same browser is the newer one, and the page says so', async () => {
    const { page, shown, browser } = await somebody('oude.pagina');
    const first = await shown();
    await browser.press(first, 'continue');
    const second = await browser.press(page, 'make-new');
    const stale = await browser.press(first, 'continue');
    assert.match(stale.body, /id="remark"[^>]*>.*Alleen deze telt/s);
    assert.equal(codeOn(stale), codeOn(second));
    assert.equal((await browser.press(stale, 'continue')).step, 'settings');
  });

  test('asks for both steps again when they are old, and shows the same code behind them', async () => {
    const { page, shown, browser, open, who, works } = await somebody('te.lang');
    const first = await shown();
    clock.advance(6 * MINUTE);
    for (const path of [PATH, `${PATH}/new`, `${PATH}/new/print`, `${PATH}/new/file`]) {
      const asked = await open(path);
      assert.equal(asked.step, 'password', path);
      assert.doesNotMatch(asked.body, new RegExp(codeOn(first)));
    }
    for (const [form, button] of [
      [page, 'make-new'],
      [first, 'continue'],
    ] as const) {
      assert.equal((await browser.press(form, button)).step, 'password');
    }
    assert.equal(await works(codeOn(first)), 'wrong', 'nothing was kept');
    const back = await signInWithApp(browser, await browser.press(first, 'continue'), who());
    assert.deepEqual([back.step, pathOf(back)], ['backup-code', `${PATH}/new?resumed=1`]);
    assert.match(back.body, /id="resumed"/);
    assert.equal(codeOn(back), codeOn(first));
    assert.equal((await browser.press(back, 'continue')).step, 'settings');
  });

  test('is nobody’s without a session, a stamp or a code that was shown', async () => {
    const { browser, shown } = await somebody('met.rust');
    assert.equal((await new Browser().open(urlOf(`${PATH}/new`))).step, 'password');
    const page = await shown();
    for (const fields of [{}, { stamp: 'x'.repeat(22), id: 'x' }]) {
      const answer = await browser.post(urlOf(`${PATH}/keep`), fields);
      assert.ok(answer.status >= 400, `${answer.status}`);
    }
    const unknown = await browser.press(page, 'continue', { id: 'somebody-elses' });
    assert.deepEqual([unknown.step, codeOn(unknown)], ['backup-code', codeOn(page)]);
    const thief = await somebody('een.ander');
    const stolen = await thief.browser.press(thief.page, 'make-new', {
      stamp: /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '',
    });
    assert.equal(stolen.status, 409);
  });
});

test('a backup code is not offered where an organisation has none', async (t) => {
  const installation = await startInstallation(t, { replicas: 1 });
  const { account, appData } = await installation.createAccount({ loginName: 'zonder', withApp: true });
  const browser = new Browser();
  const page = await signInToSettings(installation, browser, { loginName: 'zonder', appData }, PATH);
  assert.equal(page.step, 'settings');
  const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const made = await browser.follow(await browser.post(`${installation.issuer}${PATH}/new`, { stamp }));
  assert.equal(made.step, 'settings');
  const { durable, tenant } = installation.running.composition;
  assert.equal(await durable.backupCodes.find(tenant.id, account.id), undefined);
});
