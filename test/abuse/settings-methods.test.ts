import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { beginAdding, idOf, methodsOf, proveApp } from '../support/methods.ts';
import { endOfSuite } from '../support/postgres.ts';
import { newNumbers, sentTo, tenantWith } from '../support/second-steps.ts';
import { addTenant, type SecondTenant } from '../support/second-tenant.ts';
import { openSettings, type SettingsScene } from '../support/settings.ts';
import { signInWithApp, typePassword } from '../support/sign-in.ts';

const stampOn = ({ body }: Answer): string => /name="stamp" value="([^"]+)"/.exec(body)?.[1] ?? '';

describe('methods of somebody else, and the last one of one’s own', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  const newNumber = newNumbers();
  let installation: Installation;
  let zuid: SecondTenant;

  before(async () => {
    installation = await startInstallation(ending, {
      settings: { tenant: tenantWith('sms', 'webauthn', 'totp') },
      clock,
    });
    zuid = await addTenant(installation, 'zuid');
  });

  const somebody = (loginName: string, withPhone?: string) =>
    openSettings(installation, withPhone === undefined ? { loginName } : { loginName, withPhone }, {
      at: clock.now(),
    });

  const post = (scene: SettingsScene, path: string, fields: Readonly<Record<string, string>> = {}) =>
    scene.browser.post(`${installation.issuer}/account/methods/${path}`, {
      stamp: stampOn(scene.page),
      ...fields,
    });

  /** Somebody at the second step of a sign-in elsewhere. */
  const openAtSecondStep = async (loginName: string) => {
    const browser = new Browser();
    const page = await typePassword(browser, await browser.open(`${installation.issuer}/account`), loginName);
    assert.equal(page.step, 'second-step');
    return {
      tryApp: (appData: string | undefined) =>
        browser.submit(page, { code: codeOf(keyIn(appData ?? ''), clock.now()) }),
    };
  };

  /** Everything that can be asked about one method. */
  const tryAll = async (scene: SettingsScene, id: string): Promise<void> => {
    for (const [path, fields] of [
      [`${id}/name`, { label: 'van mij' }],
      [`${id}/first`, {}],
      [`${id}/remove`, {}],
      ['add/app/begin', { replace: id }],
    ] as const) {
      const answer = await scene.browser.follow(await post(scene, path, fields));
      assert.equal(answer.step, 'settings-methods', path);
      assert.match(answer.body, /is er niet meer/, path);
    }
    for (const page of ['', '/remove']) {
      const answer = await scene.open(`/account/methods/${id}${page}`);
      assert.equal(answer.step, 'settings-methods');
      assert.match(answer.body, /is er niet meer/);
    }
  };

  test('are as good as not there: neither seen, named, ordered, removed nor replaced', async () => {
    const owner = await somebody('eigenaar', newNumber());
    const other = await zuid.createAccount({ loginName: 'elders', withApp: true });
    const thief = await somebody('indringer');
    const { factors } = installation.running.composition.durable;
    const elsewhere = () => factors.list(zuid.tenant.id, other.account.id);
    const [before, beforeElsewhere] = [await methodsOf(installation, owner), await elsewhere()];
    const own = await methodsOf(installation, thief);
    for (const { id } of [...before, ...beforeElsewhere]) await tryAll(thief, id);
    await tryAll(thief, randomUUID());
    for (const id of ["' or true --", 'order', '%00', 'a'.repeat(500)]) {
      const answer = await post(thief, `${encodeURIComponent(id)}/remove`);
      assert.ok([303, 400, 404].includes(answer.status), `${id}: ${answer.status}`);
    }
    assert.deepEqual(await methodsOf(installation, owner), before);
    assert.deepEqual(await elsewhere(), beforeElsewhere);
    assert.deepEqual(await methodsOf(installation, thief), own);
  });

  test('a set-up is begun for pages of the tenant’s only, and in the place of one’s own kind only', async () => {
    const scene = await somebody('knutselaar', newNumber());
    for (const page of ['nothing', '__proto__', 'backup-code']) {
      const answer = await scene.browser.follow(await post(scene, `add/${page}/begin`));
      assert.equal(answer.step, 'settings-methods');
    }
    // An app is no number: there is nothing on that page in its place.
    const app = await idOf(installation, scene, 'totp');
    const answer = await scene.browser.follow(await post(scene, 'add/sms/begin', { replace: app }));
    assert.equal(answer.step, 'settings-methods');
    // And a number is changed where the old one is told of it, whatever page is named.
    const number = await idOf(installation, scene, 'sms');
    const elsewhere = await scene.browser.follow(await post(scene, 'add/app/begin', { replace: number }));
    assert.equal(elsewhere.step, 'settings-phone');
    // Nor is a method of another page proved on this one.
    const page = await beginAdding(scene, 'app');
    const stray = await scene.browser.press(page, 'continue', { method: 'sms', phone: newNumber() });
    assert.equal(stray.step, 'enrol-app');
    assert.equal((await methodsOf(installation, scene)).length, 2);
  });

  test('the last one stays, also when two go at once', async () => {
    for (const round of [1, 2, 3]) {
      const scene = await somebody(`allebei.${round}`, newNumber());
      const owned = await methodsOf(installation, scene);
      const answers = await Promise.all(owned.map(({ id }) => post(scene, `${id}/remove`)));
      assert.deepEqual(
        answers.map(({ location }) => location?.endsWith('/remove')).toSorted(),
        [false, true],
        'one went, the other is told why not',
      );
      const left = await methodsOf(installation, scene);
      assert.equal(left.length, 1);
      const refused = await scene.open(`/account/methods/${left[0]?.id}/remove`);
      assert.match(refused.body, /U kunt deze manier niet weghalen/);
    }
  });

  test('ten presses remove one method once', async () => {
    const scene = await somebody('ongeduldig', newNumber());
    const id = await idOf(installation, scene, 'sms');
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(scene, `${id}/remove`)));
    assert.ok(answers.every(({ status }) => status === 303));
    assert.equal((await methodsOf(installation, scene)).length, 1);
  });

  test('a session alone changes nothing: steps that are not fresh are asked again', async () => {
    const phone = newNumber();
    const scene = await somebody('oude.sessie', phone);
    const id = await idOf(installation, scene, 'sms');
    const page = await beginAdding(scene, 'sms');
    const before = await methodsOf(installation, scene);
    const task = /name="task" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    clock.advance(6 * 60_000);
    const number = newNumber();
    for (const [path, fields] of [
      [`${id}/name`, { label: 'x' }],
      [`${id}/first`, {}],
      [`${id}/remove`, {}],
      ['order', {}],
      ['add/sms', { task, method: 'sms', phone: number }],
      ['add/sms', { task, method: 'sms', code: '123456' }],
      ['add/sms/send', { task, channel: 'sms' }],
      ['add/sms/renew', { task }],
    ] as const) {
      const answer = await post(scene, path, fields);
      assert.equal(answer.status, 303, path);
      assert.match(answer.location ?? '', /\/auth\?/, path);
    }
    for (const path of [id, `${id}/remove`, 'add/sms']) {
      assert.equal((await scene.open(`/account/methods/${path}`)).step, 'password', path);
    }
    assert.deepEqual(await methodsOf(installation, scene), before);
    assert.equal(sentTo(installation, number).length, 0);
  });

  test('a page of another sign-in changes nothing, nor does a set-up of another person', async () => {
    const victim = await somebody('slachtoffer', newNumber());
    const id = await idOf(installation, victim, 'sms');
    const begun = await beginAdding(victim, 'app');
    const thief = await somebody('dief');
    const forged = await victim.browser.post(`${installation.issuer}/account/methods/${id}/remove`, {
      stamp: stampOn(thief.page),
    });
    assert.equal(forged.status, 409);
    const elsewhere = await proveApp(thief, begun, clock.now());
    assert.equal(elsewhere.status, 409);
    const own = await proveApp(thief, begun, clock.now(), { stamp: stampOn(thief.page) });
    assert.equal(own.step, 'settings-methods', 'there is no such set-up of theirs');
    assert.equal((await methodsOf(installation, thief)).length, 1);
    assert.equal((await methodsOf(installation, victim)).length, 2);
    const cross = await victim.browser.post(
      `${installation.issuer}/account/methods/${id}/remove`,
      { stamp: stampOn(victim.page) },
      { origin: 'https://evil.example' },
    );
    assert.equal(cross.status, 403);
  });

  test('who signs in after somebody in the same browser does not go on with their set-up', async () => {
    const first = await somebody('eerste.hier');
    await beginAdding(first, 'app');
    const { appData } = await installation.createAccount({ loginName: 'tweede.hier', withApp: true });
    clock.advance(6 * 60_000);
    const asked = await first.open('/account/methods/add/app');
    assert.equal(asked.step, 'password');
    const who = { loginName: 'tweede.hier', appData, at: clock.now() };
    const page = await signInWithApp(first.browser, asked, who);
    assert.notEqual(page.step, 'enrol-app');
  });

  test('a removed method signs nobody in, also one who was asked for it already', async () => {
    const phone = newNumber();
    const scene = await somebody('net.weg', phone);
    const id = await idOf(installation, scene, 'totp');
    clock.advance(60_000);
    const fresh = await openAtSecondStep(scene.account.loginName);
    await scene.browser.follow(await post(scene, `${id}/remove`));
    const answer = await fresh.tryApp(scene.appData);
    assert.equal(answer.step, 'second-step');
  });
});
