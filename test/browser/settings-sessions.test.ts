import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { endOfSuite } from '../support/postgres.ts';
import { arrive, reach } from '../support/wizard.ts';
import { inspect } from './scene.ts';
import {
  LOOKS,
  newPerson,
  type Owner,
  openOwner,
  openSettingsScene,
  type SettingsScene,
} from './settings-person.ts';
import { textOf } from './stage.ts';

describe('looking after one’s own sessions and record, in Chromium', () => {
  const ending = endOfSuite();
  let scene: SettingsScene;

  before(async () => {
    scene = await openSettingsScene(ending);
  });

  for (const look of LOOKS) {
    describe(look.title, () => {
      const { locale } = look;
      const other = locale === 'nl' ? 'en' : 'nl';
      let me: Owner;

      before(async () => {
        me = await openOwner(scene, look, await newPerson(scene, { loginName: `plekken-${locale}`, locale }));
      });

      const rowWith = (button: string) =>
        me.page.locator('.setting', { has: me.page.locator(button) }).innerText();

      test('the application leads to the settings, and they lead back', async () => {
        const { page, hand } = me;
        await page.goto(`${scene.sample}/login`);
        await me.giveBothSteps();
        await arrive({ page, sample: scene.sample });
        await hand.press('#menu-settings');
        await me.see('settings');
        await hand.press('#to-application');
        await arrive({ page, sample: scene.sample });
        await page.goto(`${scene.installation.issuer}/account`);
        await me.see('settings');
      });

      test('another browser is signed out and forgotten from here', async () => {
        const { page, hand, who } = me;
        const there = await openOwner(scene, look, who);
        await there.signIn();
        await me.go('sessions', 'settings-sessions');
        await inspect(page, 'settings-sessions');
        assert.match(await rowWith('#sign-out'), /Linux[\s\S]*Verzuimloket/);
        await hand.press('#end-session-1');
        await me.see('settings-sessions', '#done');
        await me.assertDone({ nl: /Daar bent u nu uitgelogd/, en: /signed out there now/ });
        assert.equal(await page.isVisible('#end-others'), false);
        await there.page.reload();
        await reach(there, 'password');
        await hand.press('#forget-browser-1');
        await me.assertDone({ nl: /kennen wij niet meer/, en: /no longer know this browser/ });
        await there.page.context().close();
      });

      test('an application loses the access that it had', async () => {
        const { page, hand } = me;
        await me.go('sessions', 'settings-sessions');
        await hand.press('#applications');
        await me.see('settings-applications', '#withdraw-1');
        await inspect(page, 'settings-applications');
        assert.match(await rowWith('#withdraw-1'), /Verzuimloket/);
        await hand.press('#withdraw-1');
        await me.see('settings-applications', '#no-access');
        await me.assertDone({ nl: /heeft geen toegang meer/, en: /has no access any more/ });
      });

      test('what happened is told in plain words', async () => {
        const { page } = me;
        await me.go('activity', 'settings-activity');
        await inspect(page, 'settings-activity');
        assert.match(
          await textOf(page, '.events'),
          locale === 'nl'
            ? /U nam Verzuimloket de toegang af[\s\S]*U heeft ingelogd/
            : /You took access away from Verzuimloket[\s\S]*You signed in/,
        );
      });

      test('the language changes at once, on this page and the next', async () => {
        const { page, hand } = me;
        await me.go('language', 'settings-language');
        await inspect(page, 'settings-language');
        await hand.press(`#choose-${other}`);
        await page.waitForSelector(`html[lang=${other}] main[data-step=settings]`);
        await me.go('language', 'settings-language');
        await hand.press(`#choose-${locale}`);
        await page.waitForSelector(`html[lang=${locale}] main[data-step=settings]`);
        await me.assertDone({ nl: /taal is gewijzigd/, en: /language was changed/ });
      });

      test('all that is kept comes as a file, and the page can be used again', async () => {
        const { page, hand, who } = me;
        await me.go('data', 'settings-data');
        await inspect(page, 'settings-data');
        const download = page.waitForEvent('download');
        await hand.press('#export');
        const file = await download;
        assert.match(file.suggestedFilename(), /\.json$/);
        const kept = await readFile(await file.path(), 'utf8');
        assert.match(kept, new RegExp(who.email));
        assert.ok(!kept.includes(who.appKey));
        assert.equal(await page.getAttribute('#export', 'aria-busy'), null);
        await hand.press('#up');
        await me.see('settings');
      });

      test('on a shared computer every page says so, and signing out is always there', async () => {
        const { page, hand, who } = me;
        await me.go('activity', 'settings-activity');
        await hand.press('#up');
        await me.see('settings');
        await hand.press('#sign-out');
        await me.see('signed-out');
        await page.goto(`${scene.installation.issuer}/account`);
        await me.see('password');
        await hand.tick('#shared');
        assert.ok(await page.isChecked('#shared'));
        await me.giveBothSteps();
        await me.see('settings', '');
        await page.waitForSelector('#shared-computer');
        await inspect(page, 'settings on a shared computer');
        await me.go('sessions', 'settings-sessions');
        await page.waitForSelector('#shared-computer');
        await hand.press('#shared-sign-out');
        await me.see('signed-out');
        await page.goBack();
        await reach(me, 'password');
        assert.ok(!(await page.content()).includes(who.loginName), 'the browser keeps nothing of the person');
      });
    });
  }
});
