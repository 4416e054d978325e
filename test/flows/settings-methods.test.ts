import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { keyOn } from '../support/authenticator.ts';
import type { Answer } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { addKey, beginAdding, idOf, methodsOf, proveApp } from '../support/methods.ts';
import { endOfSuite } from '../support/postgres.ts';
import { newNumbers, otherThan, sentTo, tenantWith, untilQueueIsEmpty } from '../support/second-steps.ts';
import { openSettings, type SettingsScene, signInAgain } from '../support/settings.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';
import { SoftwareKey } from '../support/software-authenticator.ts';

const MINUTE = 60_000;

describe('a person’s own methods', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  const newNumber = newNumbers();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, {
      settings: { tenant: tenantWith('sms', 'webauthn', 'totp') },
      clock,
    });
  });

  const somebody = (loginName: string, more: { withPhone?: string; email?: string } = {}) =>
    openSettings(installation, { loginName, ...more }, { at: clock.now() });

  const again = (scene: SettingsScene, page: Answer) =>
    signInAgain(scene.browser, page, {
      ...{ loginName: scene.account.loginName, appData: scene.appData, at: clock.now() },
    });

  const owned = (scene: SettingsScene) => methodsOf(installation, scene);
  const pageOf = async (scene: SettingsScene, kind: string, more = '') =>
    scene.open(`/account/methods/${await idOf(installation, scene, kind)}${more}`);

  /** Events of one person in the audit log, with their data. */
  const eventsOf = async ({ account }: SettingsScene) => {
    const { durable, tenant } = installation.running.composition;
    const all = await durable.audit.events.page(tenant.id, { after: 0, limit: 2_000 });
    return all.filter(({ subject }) => subject === account.id);
  };
  const lastEvent = async (scene: SettingsScene, event: string) =>
    (await eventsOf(scene)).findLast((one) => one.event === event);

  test('are listed with name, day and order; of a number only the end; one alone is warned about', async () => {
    const phone = newNumber();
    const alone = await somebody('een.manier');
    const one = await alone.open('/account/methods');
    assert.equal(one.step, 'settings-methods');
    assert.match(one.body, /id="one-way-left"/);
    assert.match(one.body, /Code uit een app: app/);
    assert.doesNotMatch(one.body, /Wordt als eerste gevraagd/, 'there is nothing to choose from');
    const more = await somebody('twee.manieren', { withPhone: phone });
    const two = await more.open('/account/methods');
    assert.doesNotMatch(two.body, /id="one-way-left"/);
    assert.match(two.body, new RegExp(`eindigt op ${phone.slice(-2)}`));
    assert.ok(!two.body.includes(phone.slice(4)), 'the number itself stands nowhere');
    assert.equal(two.body.match(/Wordt als eerste gevraagd/g)?.length, 1);
    for (const page of ['sms', 'yubikey', 'app']) assert.match(two.body, new RegExp(`id="add-${page}"`));
  });

  test('get a name, as typed but for what is no text; the list tells that it was done', async () => {
    const scene = await somebody('naam.gever');
    const page = await pageOf(scene, 'totp');
    assert.equal(page.step, 'settings-method');
    const list = await scene.browser.press(page, 'save', { label: '  <b>Werk</b>\u200btelefoon ' });
    assert.equal(list.step, 'settings-methods');
    assert.match(list.body, /De naam is gewijzigd/);
    assert.match(list.body, /Code uit een app: &lt;b&gt;Werk&lt;\/b&gt; telefoon/);
    assert.equal((await lastEvent(scene, 'method.renamed'))?.factor, 'totp');
    const plain = await scene.browser.press(await pageOf(scene, 'totp'), 'save', { label: ' ' });
    assert.match(plain.body, />Code uit een app</);
  });

  test('are asked in the order of the person’s wish at the next sign-in, until it is taken back', async () => {
    const scene = await somebody('volgorde', { withPhone: newNumber() });
    const methodAsked = async () => {
      const { browser, page } = await beginSignIn(installation);
      const second = await typePassword(browser, page, 'volgorde');
      return /data-method="([^"]+)"/.exec(second.body)?.[1];
    };
    assert.equal(await methodAsked(), 'totp', 'the last used one');
    const list = await scene.browser.press(await pageOf(scene, 'sms'), 'ask-first');
    assert.match(list.body, /De volgorde is gewijzigd/);
    assert.equal(await methodAsked(), 'sms');
    assert.match((await pageOf(scene, 'sms')).body, /zelf gekozen|U koos zelf/);
    assert.match((await scene.open('/account')).body, /Code per sms.*Code uit een app/s, 'in that order');
    assert.equal((await lastEvent(scene, 'method.preferred'))?.factor, 'sms');
    await scene.browser.press(await scene.open('/account/methods'), 'last-used-first');
    assert.equal(await methodAsked(), 'totp');
    assert.match((await scene.open('/account')).body, /Code uit een app.*Code per sms/s);
  });

  test('are joined by another app, once its code is right; the person is told', async () => {
    const scene = await somebody('tweede.app', { email: 'tweede.app@example.com' });
    const page = await beginAdding(scene, 'app');
    assert.equal(page.step, 'enrol-app');
    assert.match(page.body, /Dit heeft u al ingesteld/);
    const wrong = await scene.browser.press(page, 'continue', { code: '12', label: 'Tablet' });
    assert.equal(wrong.step, 'enrol-app');
    assert.match(wrong.body, /id="code-error"/);
    assert.equal(keyOn(wrong), keyOn(page), 'what was scanned stays good');
    assert.match(wrong.body, /value="Tablet"/);
    assert.equal((await scene.browser.press(wrong, 'continue', { code: '' })).step, 'enrol-app');
    assert.equal((await owned(scene)).length, 1);
    const list = await proveApp(scene, page, clock.now(), { label: 'Tablet' });
    assert.equal(list.step, 'settings-methods');
    assert.match(list.body, /U heeft er een manier bij/);
    assert.match(list.body, /Code uit een app: Tablet/);
    assert.match(list.body, /href="\/account\/sessions"/, 'elsewhere one stays signed in');
    await untilQueueIsEmpty(installation);
    assert.equal(sentTo(installation, 'tweede.app@example.com').length, 1);
    assert.equal((await lastEvent(scene, 'method.enrolled'))?.factor, 'totp');
  });

  test('are recorded and told when they count, also where what was half done can not be put away', async (t) => {
    const scene = await somebody('midden.in', { email: 'midden.in@example.com' });
    const page = await beginAdding(scene, 'app');
    const save = t.mock.method(installation.running.composition.volatile.flows, 'save', async () => {
      throw new AppError('store-unavailable', 503, 'in the middle of it');
    });
    assert.equal((await proveApp(scene, page, clock.now())).status, 503);
    save.mock.restore();
    assert.equal((await owned(scene)).length, 2);
    await untilQueueIsEmpty(installation);
    assert.equal(sentTo(installation, 'midden.in@example.com').length, 1);
    assert.equal((await lastEvent(scene, 'method.enrolled'))?.factor, 'totp');
  });

  test('are joined by a number, to which a code is sent again on another wish, or to another number', async () => {
    const scene = await somebody('nummer.erbij');
    const [first, second] = [newNumber(), newNumber()];
    const ask = await beginAdding(scene, 'sms');
    assert.equal(ask.step, 'enrol-sms');
    const bad = await scene.browser.press(ask, 'continue', { phone: '0612' });
    assert.match(bad.body, /value="0612"/, 'what was typed stands there to be put right');
    const sent = await scene.browser.press(bad, 'continue', { phone: first });
    assert.match(sent.body, new RegExp(`eindigt op ${first.slice(-2)}`));
    clock.advance(MINUTE);
    const once = await scene.browser.press(sent, 'resend-sms');
    assert.match(once.body, /id="sent-again"/);
    const other = await scene.browser.press(once, 'change-number');
    assert.match(other.body, /id="phone"/);
    clock.advance(MINUTE);
    const asked = await scene.browser.press(other, 'continue', { phone: second });
    const code = codeIn(newestTo(installation, second));
    const wrong = await scene.browser.press(asked, 'continue', { code: otherThan(code) });
    assert.match(wrong.body, /Deze code klopt niet/);
    const list = await scene.browser.press(wrong, 'continue', { code });
    assert.match(list.body, new RegExp(`eindigt op ${second.slice(-2)}`));
    const kept = (await owned(scene)).find(({ kind }) => kind === 'sms');
    assert.ok((kept?.coolsUntil ?? 0) > clock.now(), 'a new number is no way back in yet');
  });

  test('have one number once: it gets no second code, and a further number is welcome', async () => {
    const phone = newNumber();
    const scene = await somebody('zelfde.nummer', { withPhone: phone });
    const refused = await scene.browser.press(await beginAdding(scene, 'sms'), 'continue', { phone });
    assert.match(refused.body, /Dit nummer is al ingesteld/);
    assert.equal(sentTo(installation, phone).length, 0);
    const further = newNumber();
    const sent = await scene.browser.press(refused, 'continue', { phone: further });
    await scene.browser.press(sent, 'continue', { code: codeIn(newestTo(installation, further)) });
    assert.equal((await owned(scene)).filter(({ kind }) => kind === 'sms').length, 2);
  });

  test('are joined by a key; the same one a second time is refused', async () => {
    const scene = await somebody('sleutel.erbij');
    const key = new SoftwareKey();
    const list = await addKey(scene, await beginAdding(scene, 'yubikey'), key, { label: 'Kantoor' });
    assert.match(list.body, /Passkey of YubiKey: Kantoor/);
    const twice = await addKey(scene, await beginAdding(scene, 'yubikey'), key);
    assert.match(twice.body, /is al ingesteld/);
    const stopped = await scene.browser.press(twice, 'use-passkey', { credential: '{"error":"cancelled"}' });
    assert.match(stopped.body, /Er is geen passkey of sleutel gebruikt/);
    assert.equal((await owned(scene)).length, 2);
  });

  test('are replaced in one step, also the only one; name and order go along', async () => {
    const scene = await somebody('nieuwe.telefoon', { withPhone: newNumber() });
    await scene.browser.press(await pageOf(scene, 'totp'), 'save', { label: 'Mijn telefoon' });
    await scene.browser.press(await pageOf(scene, 'totp'), 'ask-first');
    const former = await idOf(installation, scene, 'totp');
    const page = await scene.browser.press(await pageOf(scene, 'totp'), 'replace');
    assert.equal(page.step, 'enrol-app');
    assert.match(page.body, /value="Mijn telefoon"/);
    assert.equal(await idOf(installation, scene, 'totp'), former, 'nothing is gone before the new one works');
    const list = await proveApp(scene, page, clock.now(), { label: 'Mijn telefoon' });
    assert.match(list.body, /De nieuwe werkt\. De oude is weggehaald/);
    const [now] = await owned(scene);
    assert.notEqual(now?.id, former);
    assert.equal(now?.label, 'Mijn telefoon');
    assert.ok(now?.preferredAt !== undefined, 'it is asked first as the former was');
    assert.equal((await lastEvent(scene, 'method.removed'))?.detail?.replaced, true);
    assert.match((await pageOf(scene, 'sms')).body, /id="replace" href="\/account\/phone"/);
  });

  test('are replaced among the methods, but for a number: that is changed where the old one is told', async () => {
    const phone = newNumber();
    const scene = await somebody('nummer.vervangen', { withPhone: phone });
    const replace = await idOf(installation, scene, 'sms');
    const led = await scene.browser.press(await scene.open('/account/methods'), 'add-sms', { replace });
    assert.equal(led.step, 'settings-phone');
    assert.equal(
      (await scene.open('/account/methods/add/sms')).step,
      'settings-methods',
      'nothing was begun',
    );
  });

  test('are removed after one more question, never the last; a removed number is told as well', async () => {
    const phone = newNumber();
    const scene = await somebody('opgeruimd', { withPhone: phone });
    const sure = await scene.browser.open(`${(await pageOf(scene, 'sms')).url}/remove`);
    assert.equal(sure.step, 'settings-method-remove');
    const list = await scene.browser.press(sure, 'remove');
    assert.match(list.body, /is weggehaald/);
    assert.match(list.body, /id="see-sessions"/);
    await untilQueueIsEmpty(installation);
    assert.equal(sentTo(installation, phone).length, 1);
    assert.equal((await lastEvent(scene, 'method.removed'))?.detail?.replaced, false);
    const last = await pageOf(scene, 'totp', '/remove');
    assert.match(last.body, /U kunt deze manier niet weghalen/);
    assert.match(last.body, /id="add-first"/);
    assert.doesNotMatch(last.body, /id="remove"/);
    const twice = await scene.browser.press(sure, 'remove');
    assert.match(twice.body, /is er niet meer/, 'a second press finds it done');
    assert.equal((await owned(scene)).length, 1);
  });

  test('ask for both steps when those are no longer fresh; what was typed is there afterwards', async () => {
    const scene = await somebody('niet.vers');
    const page = await pageOf(scene, 'totp');
    clock.advance(6 * MINUTE);
    const asked = await scene.browser.press(page, 'save', { label: 'Bewaard' });
    assert.equal(asked.step, 'password');
    const back = await again(scene, asked);
    assert.equal(back.step, 'settings-method');
    assert.match(back.body, /id="resumed"/);
    assert.match(back.body, /value="Bewaard"/);
    assert.match((await scene.browser.press(back, 'save', { label: 'Bewaard' })).body, /De naam is/);
  });

  test('keep a half-done set-up while both steps are asked again: the same key, a new code', async () => {
    const scene = await somebody('halverwege');
    const page = await beginAdding(scene, 'app');
    clock.advance(6 * MINUTE);
    const asked = await proveApp(scene, page, clock.now(), { label: 'Nieuw' });
    assert.equal(asked.step, 'password');
    const back = await again(scene, asked);
    assert.equal(back.step, 'enrol-app');
    assert.equal(keyOn(back), keyOn(page));
    assert.match(back.body, /value="Nieuw"/);
    assert.match((await proveApp(scene, back, clock.now())).body, /U heeft er een manier bij/);
  });

  test('begin from the list also when steps are stale: the page comes behind them', async () => {
    const scene = await somebody('lang.gekeken');
    const list = await scene.open('/account/methods');
    clock.advance(6 * MINUTE);
    const asked = await scene.browser.press(list, 'add-app');
    assert.equal(asked.step, 'password');
    assert.equal((await again(scene, asked)).step, 'enrol-app');
  });

  test('are added once by two presses, and by the newest of two windows', async () => {
    const scene = await somebody('twee.vensters');
    const first = await beginAdding(scene, 'app');
    const second = await beginAdding(scene, 'app');
    const stale = await proveApp(scene, first, clock.now());
    assert.equal(stale.step, 'enrol-app');
    assert.match(stale.body, /in een ander venster/);
    assert.equal(keyOn(stale), keyOn(second), 'it shows what counts now');
    const presses = await Promise.all([1, 2, 3].map(() => proveApp(scene, second, clock.now())));
    assert.equal((await owned(scene)).length, 2);
    assert.ok(presses.every(({ status }) => status === 200));
    const late = await proveApp(scene, second, clock.now());
    assert.match(late.body, /Dit was al gedaan/);
    const latest = await proveApp(scene, first, clock.now());
    assert.match(latest.body, /was al klaar, of het duurde te lang/);
    assert.equal((await owned(scene)).length, 2);
    assert.equal((await scene.open('/account/methods/add/app')).step, 'settings-methods', 'nothing waits');
  });

  test('a new QR code ends the one before', async () => {
    const scene = await somebody('nieuwe.qr');
    const page = await beginAdding(scene, 'app');
    const renewed = await scene.browser.press(page, 'renew');
    assert.notEqual(keyOn(renewed), keyOn(page));
    assert.equal((await proveApp(scene, page, clock.now())).step, 'enrol-app');
    assert.equal((await owned(scene)).length, 1);
  });

  test('are explained, with the way back to where the person was', async () => {
    const scene = await somebody('uitgelegd');
    await beginAdding(scene, 'app');
    const page = await scene.open('/account/methods/add/app/explanation/app');
    assert.equal(page.step, 'explanation');
    assert.match(page.body, /id="back" href="\/account\/methods\/add\/app"/);
    assert.equal((await scene.open('/account/methods/add/app/explanation/nothing')).step, 'enrol-app');
  });

  test('are twenty at most, which is said where another would be added', async () => {
    const scene = await somebody('verzamelaar');
    const { factors } = installation.running.composition.durable;
    const [app] = await owned(scene);
    if (app === undefined) return assert.fail('no app');
    const { createdAt: _at, lastUsedAt: _used, ...like } = app;
    for (let count = 1; count < 20; count += 1) {
      await factors.add({ ...like, id: crypto.randomUUID() }, clock.now());
    }
    const list = await scene.open('/account/methods');
    assert.match(list.body, /id="most-methods"/);
    assert.doesNotMatch(list.body, /id="add-app"/);
  });
});
