import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { momentInWords } from '#interactions/views/moment.ts';
import { PHONE_KIND, phoneData, phoneIdentity, phoneIn } from '#src/message/phone-factor.ts';
import type { Answer } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { recoverPassword } from '../support/renumbered.ts';
import {
  behindPassword,
  newNumbers,
  otherThan,
  sentTo,
  tenantWith,
  untilQueueIsEmpty,
} from '../support/second-steps.ts';
import { openSettings, type SettingsScene, signInAgain } from '../support/settings.ts';

const MINUTE = 60_000;
const PATH = '/account/phone';
const newNumber = newNumbers();

/** A number as people type it. */
const typed = (number: string) => `0${number.slice(3)}`;
const pathOf = ({ url }: Answer) => new URL(url).pathname;
const fieldOn = ({ body }: Answer, field: string) =>
  new RegExp(`name="${field}"[^>]*value="([^"]*)"`).exec(body)?.[1];
const alertOn = ({ body }: Answer) => /id="error-summary"[\s\S]*?<\/div>/.exec(body)?.[0] ?? '';

describe('the mobile number in the settings', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    const settings = { tenant: tenantWith('sms', 'totp') };
    installation = await startInstallation(ending, { settings, clock, replicas: 1 });
  });

  /** Somebody with an app and a number, whose steps are fresh. */
  const opened = async (
    loginName: string,
    { withPhone = newNumber(), email }: { withPhone?: string; email?: string } = {},
  ) => {
    // An app's code is good once, and every account of this file goes by one clock.
    clock.advance(MINUTE);
    const person = { loginName, withPhone, ...(email !== undefined && { email }) };
    const scene = await openSettings(installation, person, { at: clock.now() });
    return { ...scene, loginName, phone: withPhone, page: await scene.open(PATH) };
  };

  const numbersOf = async ({ account }: Pick<SettingsScene, 'account'>): Promise<string[]> => {
    const { factors } = installation.running.composition.durable;
    const owned = await factors.list(account.tenantId, account.id);
    return owned.filter(({ kind }) => kind === PHONE_KIND).map(phoneIn);
  };

  const addNumber = async ({ account }: Pick<SettingsScene, 'account'>, number: string): Promise<string> => {
    const { factors, digester } = installation.running.composition.durable;
    const { tenantId, id: accountId } = account;
    const id = randomUUID();
    const factor = {
      ...{ id, tenantId, accountId, kind: PHONE_KIND, label: 'werk', lastCounter: undefined },
      ...{ data: phoneData(number), identity: phoneIdentity(digester, tenantId, number) },
    };
    assert.ok(await factors.add(factor, clock.now()));
    return id;
  };

  const logged = (event: string, account: string) =>
    installation.logged.filter((line) => line.includes(`"event":"${event}"`) && line.includes(account));

  test('is changed once the new one is proved, and both numbers and the mailbox are told (R23)', async () => {
    const email = 'ander.nummer@test.example';
    const scene = await opened('ander.nummer', { email });
    const { browser, phone, account, page } = scene;
    const next = newNumber();
    assert.equal(page.step, 'settings-phone');
    assert.match(page.body, new RegExp(`eindigt op ${phone.slice(-2)}`));
    const asked = await browser.press(page, 'continue', { phone: typed(next) });
    assert.equal(asked.step, 'settings-phone-code');
    assert.equal(pathOf(asked), `${PATH}/code`);
    assert.match(asked.body, new RegExp(`eindigt op ${next.slice(-2)}`));
    assert.deepEqual(await numbersOf(scene), [phone], 'a number counts before it is proved');

    const done = await browser.press(asked, 'save', { code: codeIn(newestTo(installation, next)) });
    assert.equal(done.step, 'settings');
    assert.match(done.body, /id="done"[^>]*>.*Uw mobiele nummer is gewijzigd/);
    assert.deepEqual(await numbersOf(scene), [next]);

    await untilQueueIsEmpty(installation);
    for (const to of [phone, next, email]) {
      const [notice] = sentTo(installation, to);
      assert.match(notice?.text ?? '', /nummer/, to);
      assert.match(notice?.text ?? '', /\/recover\/not-me|\/not-me/, to);
    }
    const [line] = logged('phone.changed', account.id);
    const until = clock.now() + 72 * 60 * MINUTE;
    assert.ok(line?.includes(new Date(until).toISOString()));
    const about = installation.logged.join('');
    for (const secret of [phone, next, typed(next)])
      assert.ok(!about.includes(secret), 'a number is in the log');

    const again = await scene.open(PATH);
    assert.ok(again.body.includes(`Telt vanaf ${momentInWords(until, 'nl')} mee`));
    assert.doesNotMatch(again.body, /id="under-way"/);
  });

  test('that is new is no way in behind a password that was forgotten', async () => {
    const scene = await opened('wachtwoord.kwijt');
    const next = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: next });
    await scene.browser.press(asked, 'save', { code: codeIn(newestTo(installation, next)) });
    clock.advance(MINUTE);
    await recoverPassword(installation, scene.account);
    const { browser, page } = await behindPassword(installation, 'wachtwoord.kwijt');
    assert.match(page.body, /data-method="totp"/);
    assert.doesNotMatch((await browser.get(`${page.url}/stuck`)).body, /id="method-sms"/);
  });

  test('is taken in every usual form, and what can be none is told with what was typed', async () => {
    const { browser, page, phone } = await opened('alle.vormen');
    for (const [wrong, why] of [
      ['', /U heeft niets ingevuld|kunnen wij geen code sturen/],
      ['12345', /kunnen wij geen code sturen/],
      ['+32 470 12 34 56', /Naar dit land sturen wij geen codes/],
      ['<b>06', /kunnen wij geen code sturen/],
      [typed(phone), /Dit nummer is al ingesteld/],
    ] as const) {
      const refused = await browser.press(page, 'continue', { phone: wrong });
      assert.equal(refused.step, 'settings-phone', wrong);
      assert.match(alertOn(refused), why, wrong);
      assert.equal(fieldOn(refused, 'phone') ?? '', wrong.replace('<', '&lt;').replace('>', '&gt;'));
      assert.match(refused.body, /id="phone"[^>]*aria-invalid="true"/);
      assert.doesNotMatch(alertOn(refused), /sla dit over/i);
      // It survives a reload, and is gone when the page is opened anew.
      assert.equal(alertOn(await browser.get(refused.url)), alertOn(refused));
      assert.equal(alertOn(await browser.get(`${installation.issuer}${PATH}`)), '');
    }
    for (const write of [
      (number: string) => `00${number.slice(1)}`,
      (number: string) => number.replace('+31', '+31 (0)'),
      (number: string) => `${typed(number).slice(0, 2)}-${typed(number).slice(2)}`,
    ]) {
      clock.advance(20 * MINUTE);
      const someone = await opened(`vorm.${randomUUID().slice(0, 8)}`);
      const next = newNumber();
      const asked = await someone.browser.press(someone.page, 'continue', { phone: write(next) });
      assert.equal(asked.step, 'settings-phone-code', write(next));
      assert.equal(sentTo(installation, next).length, 1);
    }
  });

  test('is not changed by a wrong, an empty or an old code, each told at its field', async () => {
    const scene = await opened('foute.code');
    const next = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: next });
    const right = codeIn(newestTo(installation, next));
    for (const [code, why] of [
      [otherThan(right), /Deze code klopt niet/],
      ['', /U heeft niets ingevuld/],
    ] as const) {
      const refused = await scene.browser.press(asked, 'save', { code });
      assert.equal(refused.step, 'settings-phone-code');
      assert.match(alertOn(refused), why);
      assert.match(refused.body, /id="code"[^>]*aria-invalid="true"/);
    }
    clock.advance(4 * MINUTE);
    const again = await scene.browser.press(asked, 'resend-sms');
    assert.match(again.body, /Nieuwe sms verstuurd. De oude code werkt niet meer/);
    const newer = codeIn(newestTo(installation, next));
    if (newer !== right) {
      assert.match(
        alertOn(await scene.browser.press(again, 'save', { code: right })),
        /Deze code klopt niet/,
      );
    }
    assert.equal((await scene.browser.press(again, 'save', { code: newer })).step, 'settings');
    assert.deepEqual(await numbersOf(scene), [next]);
  });

  test('that was mistyped can be typed anew, and the wait for another code is told', async () => {
    const scene = await opened('verschreven');
    const slip = newNumber();
    const next = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: slip });
    const early = await scene.browser.press(asked, 'resend-sms');
    assert.equal(early.step, 'settings-phone-code');
    assert.match(alertOn(early), /over \d+ seconden weer een code/);
    assert.match(early.body, /id="change-number" href="\/account\/phone"/);
    const first = await scene.open(PATH);
    assert.match(first.body, new RegExp(`id="under-way">[^<]*${slip.slice(-2)}.*href="/account/phone/code"`));
    clock.advance(MINUTE);
    const second = await scene.browser.press(first, 'continue', { phone: next });
    assert.equal(second.step, 'settings-phone-code');
    assert.match(second.body, new RegExp(`eindigt op ${next.slice(-2)}`));
    // A window that still shows the slip's code page is told, and changes nothing.
    const stale = await scene.browser.press(asked, 'save', { code: codeIn(newestTo(installation, slip)) });
    assert.equal(stale.step, 'settings-phone-code');
    assert.match(alertOn(stale), /in een ander venster/);
    assert.deepEqual(await numbersOf(scene), [scene.phone]);
    await scene.browser.press(stale, 'save', { code: codeIn(newestTo(installation, next)) });
    assert.deepEqual(await numbersOf(scene), [next]);
  });

  test('asked for twice at once gets one code, which is not lost', async () => {
    const scene = await opened('dubbel.gevraagd');
    const next = newNumber();
    const pressed = await Promise.all(
      [1, 2].map(() => scene.browser.press(scene.page, 'continue', { phone: next })),
    );
    for (const { step } of pressed) assert.match(step ?? '', /^settings-phone/);
    assert.equal(sentTo(installation, next).length, 1);
    const page = await scene.open(`${PATH}/code`);
    assert.equal(page.step, 'settings-phone-code');
    await scene.browser.press(page, 'save', { code: codeIn(newestTo(installation, next)) });
    assert.deepEqual(await numbersOf(scene), [next]);
  });

  test('proved twice at once is changed once, and told and recorded once', async () => {
    const scene = await opened('dubbel.bewezen');
    const next = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: next });
    const code = codeIn(newestTo(installation, next));
    await Promise.all([1, 2, 3].map(() => scene.browser.press(asked, 'save', { code })));
    assert.deepEqual(await numbersOf(scene), [next]);
    const later = await scene.browser.press(asked, 'save', { code });
    assert.match(later.body, /id="done"[^>]*>.*Dit was al gedaan/);
    await untilQueueIsEmpty(installation);
    assert.equal(sentTo(installation, scene.phone).length, 1);
    assert.equal(logged('phone.changed', scene.account.id).length, 1);
  });

  test('changed in another window meanwhile is told so, with how it is now', async () => {
    const scene = await opened('ander.venster');
    const next = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: next });
    await scene.browser.press(asked, 'save', { code: codeIn(newestTo(installation, next)) });
    clock.advance(MINUTE);
    const stale = await scene.browser.press(scene.page, 'continue', { phone: newNumber() });
    assert.equal(stale.step, 'settings-phone');
    assert.match(alertOn(stale), /in een ander venster al gewijzigd/);
    assert.match(stale.body, new RegExp(`eindigt op ${next.slice(-2)}`));
    assert.deepEqual(await numbersOf(scene), [next]);
  });

  test('of several is the one that was chosen', async () => {
    const scene = await opened('twee.nummers');
    const work = newNumber();
    const id = await addNumber(scene, work);
    const next = newNumber();
    const page = await scene.open(PATH);
    assert.equal(page.body.match(/type="radio"/g)?.length, 2);
    const asked = await scene.browser.press(page, 'continue', { factor: id, phone: next });
    await scene.browser.press(asked, 'save', { code: codeIn(newestTo(installation, next)) });
    assert.deepEqual((await numbersOf(scene)).toSorted(), [scene.phone, next].toSorted());
    const { factors } = installation.running.composition.durable;
    const owned = await factors.list(scene.account.tenantId, scene.account.id);
    assert.equal(
      owned.find(({ kind, label }) => kind === PHONE_KIND && label === 'werk')?.createdAt,
      clock.now(),
    );
  });

  test('that stays asked first, where that was wished', async () => {
    const scene = await opened('sms.eerst');
    const { factors } = installation.running.composition.durable;
    const { tenantId, id } = scene.account;
    const former = (await factors.list(tenantId, id)).find(({ kind }) => kind === PHONE_KIND);
    await factors.prefer(tenantId, id, former?.id, clock.now());
    const next = newNumber();
    const asked = await scene.browser.press(scene.page, 'continue', { phone: next });
    await scene.browser.press(asked, 'save', { code: codeIn(newestTo(installation, next)) });
    const [first] = await factors.list(tenantId, id);
    assert.equal(first && phoneIn(first), next);
    assert.ok(first?.preferredAt);
  });

  test('asks for both steps first where they are not fresh, and says what to do without the old one', async () => {
    const scene = await opened('niet.vers');
    clock.advance(6 * MINUTE);
    const page = await scene.open(PATH);
    assert.equal(page.step, 'settings-phone');
    assert.match(page.body, /Wij sturen eerst een code naar uw oude nummer/);
    assert.match(page.body, /mailto:helpdesk@test\.example/);
    assert.doesNotMatch(page.body, /name="phone"/);
    const asked = await scene.open(`${PATH}/prove`);
    assert.equal(asked.step, 'password');
    const back = await signInAgain(scene.browser, asked, { ...scene, at: clock.now() });
    assert.equal(pathOf(back), PATH);
    assert.match(back.body, /name="phone"/);
  });

  test('keeps what was typed while both steps are asked again', async () => {
    const scene = await opened('typt.langzaam');
    const next = newNumber();
    clock.advance(6 * MINUTE);
    const asked = await scene.browser.press(scene.page, 'continue', { phone: typed(next) });
    assert.equal(asked.step, 'password');
    assert.equal(sentTo(installation, next).length, 0);
    const back = await signInAgain(scene.browser, asked, { ...scene, at: clock.now() });
    assert.equal(back.step, 'settings-phone');
    assert.equal(fieldOn(back, 'phone'), typed(next));
    assert.match(back.body, /id="resumed"/);

    clock.advance(4 * MINUTE);
    const coded = await scene.browser.press(back, 'continue', { phone: typed(next) });
    const code = codeIn(newestTo(installation, next));
    clock.advance(2 * MINUTE);
    const late = await scene.browser.press(coded, 'save', { code });
    assert.equal(late.step, 'password');
    const again = await signInAgain(scene.browser, late, { ...scene, at: clock.now() });
    assert.equal(again.step, 'settings-phone-code');
    assert.equal(fieldOn(again, 'code'), code);
    assert.equal((await scene.browser.press(again, 'save', { code })).step, 'settings');
    assert.deepEqual(await numbersOf(scene), [next]);
  });

  test('that is not there is added among the methods', async () => {
    clock.advance(MINUTE);
    const scene = await openSettings(installation, { loginName: 'geen.nummer' }, { at: clock.now() });
    const page = await scene.open(PATH);
    assert.equal((await scene.browser.press(page, 'add')).step, 'enrol-sms');
    assert.doesNotMatch(page.body, /<form[^>]*action="\/account\/phone"/);
  });

  test('that ten accounts have already is refused with the reason and a way out', async () => {
    const full = newNumber();
    for (let n = 0; n < 10; n += 1) {
      await installation.createAccount({ loginName: `gedeeld.${n}`, withPhone: full });
    }
    const { browser, page } = await opened('de.elfde');
    const refused = await browser.press(page, 'continue', { phone: typed(full) });
    assert.match(alertOn(refused), /Dit nummer hoort al bij te veel accounts/);
    assert.match(refused.body, /Gebruik een ander nummer, of kies een andere manier/);
    assert.equal(sentTo(installation, full).length, 0);
  });
});
