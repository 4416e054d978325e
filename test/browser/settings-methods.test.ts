import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf } from '../support/authenticator.ts';
import { endOfSuite } from '../support/postgres.ts';
import { giveKey } from '../support/virtual-key.ts';
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

describe('looking after one’s own second steps, in Chromium', () => {
  const ending = endOfSuite();
  let scene: SettingsScene;

  before(async () => {
    scene = await openSettingsScene(ending);
  });

  for (const look of LOOKS) {
    describe(look.title, () => {
      const words = (said: Record<typeof look.locale, string>) => said[look.locale];
      const APP = words({ nl: 'Code uit een app', en: 'Code from an app' });
      const NAME = words({ nl: 'Sleutel op kantoor', en: 'Key at the office' });
      let me: Owner;

      before(async () => {
        const who = await newPerson(scene, { loginName: `manieren-${look.locale}`, locale: look.locale });
        me = await openOwner(scene, look, who);
        await me.signIn();
      });

      /** Opens the page of the method that is called so, from the list. */
      const open = async (name: string) => {
        const { page, hand } = me;
        if (!(await page.isVisible('main[data-step=settings-methods]')))
          await me.go('methods', 'settings-methods');
        const row = page.locator('#methods .setting', { hasText: name });
        await hand.press(`#${await row.getByRole('link').getAttribute('id')}`);
        await me.see('settings-method');
      };

      /** Types the code of the key that is shown; resolves to the key. */
      const setUpApp = async (): Promise<string> => {
        const { page, hand } = me;
        await me.see('enrol-app', '#code');
        const key = await textOf(page, '#setup-key');
        await hand.type('#code', codeOf(key, scene.clock.now()));
        await hand.press('#continue');
        await me.see('settings-methods');
        return key;
      };

      test('one way left is said first, with the way to a second one', async () => {
        const { page, hand } = me;
        await inspect(page, 'one way left');
        await hand.press('#one-way-left a');
        await me.see('settings-methods', '#one-way-left');
        await inspect(page, 'settings-methods with one');
      });

      test('the last one is not removed: why, and what to do first', async () => {
        const { page, hand } = me;
        await open(APP);
        await hand.press('#to-remove');
        await me.see('settings-method-remove', '#error-summary');
        assert.equal(await page.evaluate('document.activeElement.id'), 'error-summary');
        assert.equal(await page.isVisible('#remove'), false);
        await inspect(page, 'the last one is kept');
        await hand.press('#add-first');
        await me.see('settings-methods', '#add-yubikey');
      });

      test('a passkey is added, and a broken-off one says so', async () => {
        const { page, hand } = me;
        const key = await giveKey(page, 'device');
        await hand.press('#add-yubikey');
        await me.see('enrol-yubikey', '#use-passkey:not([hidden])');
        await inspect(page, 'enrol-yubikey in the settings');
        await key.touch(false);
        await hand.press('#use-passkey');
        await page.waitForSelector('#use-passkey[aria-busy=true]');
        await hand.press('#use-passkey');
        await me.assertRefused(
          { nl: /geen passkey of sleutel/, en: /[Nn]o passkey or key/ },
          'error-summary',
        );
        await key.touch(true);
        await hand.press('#use-passkey');
        await me.see('settings-methods', '#done');
        await me.assertDone({ nl: /een manier bij om in te loggen/, en: /one more way to sign in/ });
        await hand.press('#see-sessions');
        await me.see('settings-sessions');
      });

      test('an app is added, after a wrong code', async () => {
        const { page, hand } = me;
        await me.go('methods', 'settings-methods');
        await hand.press('#add-app');
        await me.see('enrol-app', '#code');
        await inspect(page, 'enrol-app in the settings');
        await hand.type('#code', '12');
        await hand.press('#continue');
        await me.assertRefused({ nl: /kan niet kloppen/, en: /cannot be right/ }, 'code');
        await setUpApp();
        await me.assertDone({ nl: /een manier bij om in te loggen/, en: /one more way to sign in/ });
        await inspect(page, 'settings-methods with three');
      });

      test('one is given a name, and asked for first until the last used one is again', async () => {
        const { page, hand } = me;
        await open('Passkey');
        await inspect(page, 'settings-method');
        await hand.type('#label', NAME);
        await hand.press('#save');
        await me.assertDone({ nl: /naam is gewijzigd/, en: /name was changed/ });
        await open(NAME);
        await hand.press('#ask-first');
        await me.assertDone({ nl: /volgorde is gewijzigd/, en: /order was changed/ });
        await me.go('methods', 'settings-methods');
        await hand.press('#last-used-first');
        await me.assertDone({ nl: /volgorde is gewijzigd/, en: /order was changed/ });
      });

      test('another app takes the place of the one that is used', async () => {
        const { page, hand, who } = me;
        await me.go('methods', 'settings-methods');
        await open(`${APP}: app`);
        await hand.press('#replace');
        who.appKey = await setUpApp();
        await me.assertDone({ nl: /oude is weggehaald/, en: /old one was removed/ });
        assert.equal(await page.locator('#methods .setting').count(), 3);
      });

      test('one is removed once it was asked whether that is meant', async () => {
        const { page, hand } = me;
        await open(NAME);
        await hand.press('#to-remove');
        await me.see('settings-method-remove', '#remove');
        await inspect(page, 'settings-method-remove');
        await hand.press('#keep');
        await me.see('settings-method');
        await hand.press('#to-remove');
        await me.see('settings-method-remove', '#remove');
        await hand.press('#remove');
        await me.see('settings-methods', '#done');
        await me.assertDone({ nl: /is weggehaald/, en: /was removed/ });
        assert.doesNotMatch(await textOf(page, '#methods'), new RegExp(NAME));
      });
    });
  }
});
