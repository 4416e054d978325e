import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { linkIn } from '../support/recovery.ts';
import { sentTo, untilQueueIsEmpty } from '../support/second-steps.ts';
import type { SettingsScene } from '../support/settings.ts';
import { openSettings, signInAgain } from '../support/settings.ts';

const MINUTE = 60_000;

describe('changing an e-mail address', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let clock: TestClock;
  let people = 0;

  before(async () => {
    clock = createTestClock(Date.now());
    installation = await startInstallation(ending, { replicas: 1, clock });
  });

  /** Somebody with a proved address of their own, at the overview. */
  const someone = async (with_: { emailVerified?: boolean; email?: string; loginName?: string } = {}) => {
    people += 1;
    const loginName = with_.loginName ?? `mail${people}`;
    const [old, wanted] = [with_.email ?? `oud${people}@test.example`, `nieuw${people}@test.example`];
    const person = { loginName, email: old, emailVerified: with_.emailVerified ?? true };
    const scene = await openSettings(installation, person, { at: clock.now() });
    return { ...scene, loginName, old, wanted };
  };
  const ask = async ({ browser, open }: SettingsScene, email: string): Promise<Answer> =>
    browser.press(await open('/account/email'), 'continue', { email });
  const addressOf = async ({ account }: SettingsScene) => {
    const { durable, tenant } = installation.running.composition;
    const now = await durable.accounts.findById(tenant.id, account.id);
    return [now?.email, now?.emailVerified];
  };
  /** The newest code that went to an address. */
  const codeTo = (to: string): string =>
    /^(\d{6})$/m.exec(sentTo(installation, to)[0]?.text ?? '')?.[1] ?? assert.fail(`no code for ${to}`);
  const otherThan = (code: string) => `${code.startsWith('7') ? '8' : '7'}${code.slice(1)}`;
  const eventsOf = async ({ account }: SettingsScene, name: string) => {
    const { tenant, durable } = installation.running.composition;
    const events = await durable.audit.events.bySubject(tenant.id, account.id, 50);
    return events.filter(({ event }) => event === name);
  };

  test('needs the code that was mailed to it; both addresses are told, the old one with a way back', async () => {
    const me = await someone();
    const { browser, old, wanted } = me;
    const shown = await me.open('/account/email');
    assert.equal(shown.step, 'settings-email');
    assert.match(shown.body, /Met een code bevestigd/);
    const asked = await browser.press(shown, 'continue', { email: ` ${wanted} ` });
    assert.equal(asked.step, 'settings-email-code');
    assert.deepEqual(await addressOf(me), [old, true], 'asking changes nothing');
    const done = await browser.press(asked, 'confirm', { code: codeTo(wanted) });
    assert.equal(done.step, 'settings');
    assert.match(done.body, /Uw e-mailadres is gewijzigd/);
    assert.deepEqual(await addressOf(me), [wanted, true]);
    await untilQueueIsEmpty(installation);
    const letter = (to: string) => sentTo(installation, to)[0]?.text ?? '';
    for (const to of [old, wanted]) assert.match(letter(to), /het e-mailadres gewijzigd/, to);
    assert.notEqual(linkIn(letter(old), '/not-me'), linkIn(letter(wanted), '/not-me'));
    assert.match(letter(old), /Dit was ik niet/);
    assert.equal((await eventsOf(me, 'email.changed')).length, 1);
    assert.equal((await eventsOf(me, 'email.change-asked')).length, 1);
  });

  test('an address that was proved while another one was asked for is told as well', async () => {
    const me = await someone({ emailVerified: false });
    const asked = await ask(me, me.wanted);
    clock.advance(2 * MINUTE);
    const there = { ...me, browser: new Browser() };
    there.open = (path) => there.browser.open(`${installation.issuer}${path}`);
    const { loginName, appData } = me;
    const at = clock.now();
    await signInAgain(there.browser, await there.open('/account'), { loginName, appData, at });
    await there.browser.press(await ask(there, me.old), 'confirm', { code: codeTo(me.old) });
    assert.deepEqual(await addressOf(me), [me.old, true]);
    const again = await me.browser.press(asked, 'send-email');
    await me.browser.press(again, 'confirm', { code: codeTo(me.wanted) });
    assert.deepEqual(await addressOf(me), [me.wanted, true]);
    await untilQueueIsEmpty(installation);
    assert.ok(linkIn(sentTo(installation, me.old)[0]?.text ?? '', '/not-me'));
    assert.match(sentTo(installation, me.old)[0]?.text ?? '', /het e-mailadres gewijzigd/);
  });

  test('an address that nobody proved is proved in the same way, and nobody is told of another one', async () => {
    const me = await someone({ emailVerified: false });
    const shown = await me.open('/account/email');
    assert.match(shown.body, /Nog niet bevestigd/);
    assert.match(shown.body, new RegExp(`value="${me.old}"`));
    const asked = await ask(me, me.old);
    const done = await me.browser.press(asked, 'confirm', { code: codeTo(me.old) });
    assert.equal(done.step, 'settings');
    assert.deepEqual(await addressOf(me), [me.old, true]);
    await untilQueueIsEmpty(installation);
    assert.equal(sentTo(installation, me.old).length, 1, 'the code alone');
  });

  test('an unproved address that is left behind gets no way back', async () => {
    const me = await someone({ emailVerified: false });
    await me.browser.press(await ask(me, me.wanted), 'confirm', { code: codeTo(me.wanted) });
    await untilQueueIsEmpty(installation);
    assert.deepEqual(sentTo(installation, me.old), []);
    assert.match(sentTo(installation, me.wanted)[0]?.text ?? '', /het e-mailadres gewijzigd/);
  });

  for (const [what, typed, said] of [
    ['no address', ' ', /Vul uw e-mailadres in/],
    ['what is none', 'naam@', /Dit e-mailadres klopt niet/],
    ['the address there is, in whatever spelling', 'ZELFDE@test.example', /en het is bevestigd/],
  ] as const) {
    test(`${what} is refused at its field, and stays there as typed`, async () => {
      const me = await someone({ email: `zelfde@test.example` });
      const page = await ask(me, typed);
      assert.equal(page.step, 'settings-email');
      assert.match(page.body, said);
      assert.match(page.body, new RegExp(`id="email"[^>]*value="${typed}"[^>]*aria-invalid="true"`));
      assert.equal(new URL(page.url).search, '?tried=1', 'a reload says it again, a new visit does not');
      assert.doesNotMatch((await me.open('/account/email')).body, /error-summary/);
    });
  }

  test('a login name that is an address stays the account’s own, with the help desk as the way out', async () => {
    const me = await someone({ loginName: 'ik@test.example', email: 'ik@test.example' });
    const page = await ask(me, me.wanted);
    assert.match(page.body, /Uw inlognaam is een e-mailadres[^<]*helpdesk@test\.example/);
    assert.deepEqual(sentTo(installation, me.wanted), []);
    assert.equal((await eventsOf(me, 'settings.refused')).length, 1);
  });

  test('an address that others proved too is taken: people share mailboxes', async () => {
    const [one, other] = [await someone(), await someone()];
    const asked = await ask(one, other.old);
    assert.equal(asked.step, 'settings-email-code');
    const done = await one.browser.press(asked, 'confirm', { code: codeTo(other.old) });
    assert.equal(done.step, 'settings');
  });

  test('empty, malformed, wrong and used codes say so, and five wrong ones use it up', async () => {
    const me = await someone();
    const asked = await ask(me, me.wanted);
    const right = codeTo(me.wanted);
    const type = async (code: string) => (await me.browser.press(asked, 'confirm', { code })).body;
    assert.match(await type(''), /Vul de code in|Vul een code in|aria-invalid/);
    assert.match(await type('12'), /aria-invalid/);
    for (let tries = 0; tries < 5; tries += 1) assert.match(await type(otherThan(right)), /klopt niet/);
    assert.match(await type(right), /te oud|werkt niet meer/);
    assert.deepEqual(await addressOf(me), [me.old, true]);
  });

  test('a mail is sent once more after its wait, and the code before it is over', async () => {
    const me = await someone();
    const asked = await ask(me, me.wanted);
    const first = codeTo(me.wanted);
    const early = await me.browser.press(asked, 'send-email');
    assert.match(early.body, /error-summary/);
    clock.advance(31_000);
    const again = await me.browser.press(early, 'send-email');
    assert.match(again.body, /Nieuwe e-mail verstuurd/);
    const second = codeTo(me.wanted);
    assert.notEqual(second, first);
    const old = await me.browser.press(again, 'confirm', { code: first });
    assert.match(old.body, /klopt niet/);
    assert.equal((await me.browser.press(old, 'confirm', { code: second })).step, 'settings');
  });

  test('a stale sign-in is asked again, both steps, and what was typed is there again', async () => {
    const me = await someone();
    const page = await me.open('/account/email');
    clock.advance(6 * MINUTE);
    const who = () => ({ loginName: me.loginName, appData: me.appData, at: clock.now() });
    const stale = await me.browser.press(page, 'continue', { email: me.wanted });
    assert.equal(stale.step, 'password');
    assert.deepEqual(sentTo(installation, me.wanted), [], 'nothing is sent before');
    const back = await signInAgain(me.browser, stale, who());
    assert.equal(back.step, 'settings-email');
    assert.match(back.body, new RegExp(`value="${me.wanted}"`));
    const asked = await me.browser.press(back, 'continue', { email: me.wanted });
    const code = codeTo(me.wanted);
    clock.advance(6 * MINUTE);
    const late = await me.browser.press(asked, 'confirm', { code });
    assert.equal(late.step, 'password');
    const atCode = await signInAgain(me.browser, late, who());
    assert.equal(atCode.step, 'settings-email-code');
    assert.match(atCode.body, new RegExp(`value="${code}"`));
    assert.deepEqual(await addressOf(me), [me.old, true]);
    assert.equal((await me.browser.press(atCode, 'confirm', { code })).step, 'settings');
    assert.equal((await me.open('/account/email')).step, 'settings-email');
  });

  test('a button that is pressed twice does it once, and says so', async () => {
    const me = await someone();
    const page = await me.open('/account/email');
    const press = () => me.browser.press(page, 'continue', { email: me.wanted });
    await Promise.all([press(), press()]);
    assert.equal((await press()).step, 'settings-email-code', 'its code is on the way');
    assert.equal(sentTo(installation, me.wanted).length, 1);
    const asked = await me.open('/account/email/code');
    const code = codeTo(me.wanted);
    assert.equal((await me.browser.press(asked, 'confirm', { code })).step, 'settings');
    assert.match((await me.browser.press(asked, 'confirm', { code })).body, /Dit was al gedaan/);
    assert.equal((await eventsOf(me, 'email.changed')).length, 1);
  });

  test('of 10 presses at once with a right code one changes the address', async () => {
    const me = await someone();
    const asked = await ask(me, me.wanted);
    const code = codeTo(me.wanted);
    await Promise.all(Array.from({ length: 10 }, () => me.browser.press(asked, 'confirm', { code })));
    assert.deepEqual(await addressOf(me), [me.wanted, true]);
    assert.equal((await eventsOf(me, 'email.changed')).length, 1);
    assert.equal((await me.open('/account/email/code')).step, 'settings-email', 'nothing waits any more');
  });

  test('a page of an earlier try changes nothing, and leads on to the newer one', async () => {
    const me = await someone();
    const first = await ask(me, `eerst.${me.wanted}`);
    const code = codeTo(`eerst.${me.wanted}`);
    await ask(me, me.wanted);
    const told = await me.browser.press(first, 'confirm', { code });
    assert.equal(told.step, 'settings-email-code');
    assert.match(told.body, /in een ander venster/);
    assert.equal((await me.browser.press(told, 'confirm', { code: codeTo(me.wanted) })).step, 'settings');
    assert.deepEqual(await addressOf(me), [me.wanted, true]);
  });

  test('an address that was changed elsewhere meanwhile is left as it is', async () => {
    const me = await someone();
    const asked = await ask(me, me.wanted);
    const { durable, tenant } = installation.running.composition;
    const elsewhere = { email: `elders.${me.wanted}`, expected: me.old, at: clock.now() };
    assert.ok(await durable.accounts.changeEmail(tenant.id, me.account.id, elsewhere));
    const told = await me.browser.press(asked, 'confirm', { code: codeTo(me.wanted) });
    assert.equal(told.step, 'settings-email');
    assert.match(told.body, /intussen ergens anders gewijzigd/);
    assert.match(told.body, new RegExp(`value="${me.wanted}"`));
    assert.deepEqual(await addressOf(me), [elsewhere.email, true]);
  });

  test('it can be left: nothing is changed, and its page leads back', async () => {
    const me = await someone();
    const asked = await ask(me, me.wanted);
    const left = await me.browser.press(asked, 'cancel');
    assert.equal(left.step, 'settings');
    const late = await me.browser.press(asked, 'confirm', { code: codeTo(me.wanted) });
    assert.equal(late.step, 'settings-email');
    assert.match(late.body, /in een ander venster/);
    assert.deepEqual(await addressOf(me), [me.old, true]);
  });

  test('a code is good in the session that asked for it alone', async () => {
    const me = await someone();
    await ask(me, me.wanted);
    const code = codeTo(me.wanted);
    const other = new Browser();
    clock.advance(31_000);
    const start = await other.open(`${installation.issuer}/account/email`);
    const page = await signInAgain(other, start, {
      loginName: me.loginName,
      appData: me.appData,
      at: clock.now(),
    });
    assert.equal(page.step, 'settings-email');
    assert.equal((await other.open(`${installation.issuer}/account/email/code`)).step, 'settings-email');
    const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const forged = await other.post(`${installation.issuer}/account/email/code`, { stamp, id: 'x', code });
    assert.match((await other.follow(forged)).body, /in een ander venster/);
    assert.deepEqual(await addressOf(me), [me.old, true]);
  });
});
