import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { ANSWER, NEW_PASSWORD, QUESTION } from '../support/recovery.ts';
import { otherThan } from '../support/second-steps.ts';
import { reach } from '../support/wizard.ts';
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

/** What the page says of the password that is typed, once it says something else than `before`. */
const strength = '#password-strength.ready p';

/** Longer than both steps stay fresh, and than a new text message has to wait. */
const STALE_MS = 5 * 60_000 + 1000;

describe('looking after one’s own account, in Chromium', () => {
  const ending = endOfSuite();
  let scene: SettingsScene;
  const letterTo = (to: string) => newestTo(scene.installation, to);

  before(async () => {
    scene = await openSettingsScene(ending);
  });

  for (const [index, look] of LOOKS.entries()) {
    describe(look.title, () => {
      const number = `+3162030000${index}`;
      const newNumber = `+3162030001${index}`;
      const loginName = `instelling-${look.locale}`;
      let me: Owner;

      before(async () => {
        me = await openOwner(
          scene,
          look,
          await newPerson(scene, { loginName, phone: number, locale: look.locale }),
        );
        await me.signIn();
      });

      test('the first page tells how it stands, and lets signing out be found', async () => {
        const { page } = me;
        await inspect(page, 'settings');
        assert.equal(await textOf(page, 'h1'), look.locale === 'nl' ? 'Instellingen' : 'Settings');
        assert.equal(await page.isVisible('#one-way-left'), false, 'there are two ways');
        assert.match(await textOf(page, '.lead'), new RegExp(loginName));
        assert.ok(await page.isVisible('#sign-out'));
      });

      test('the password: what is wrong is said where it can be put right, and one stays signed in', async () => {
        const { page, hand, who } = me;
        await me.go('password', 'settings-password');
        assert.equal(await page.evaluate('document.activeElement.id'), 'current-password');
        await hand.press('#save');
        await me.assertRefused(
          { nl: /Dit moet nog ingevuld worden/, en: /Please fill in/ },
          'current-password',
        );
        await inspect(page, 'nothing typed');
        await hand.type('#current-password', 'geen-idee-meer-van');
        await hand.type('#password', NEW_PASSWORD);
        await page.waitForSelector(`${strength}:text("${look.locale === 'nl' ? 'sterk' : 'strong'}")`);
        await hand.press('#save');
        await me.assertRefused(
          { nl: /nu klopt niet/, en: /current password is not correct/ },
          'current-password',
        );
        assert.equal(await page.inputValue('#password'), '', 'it is not sent back');
        await hand.type('#current-password', who.password);
        await hand.type('#password', 'qwertyuiop12');
        await page.waitForSelector(`${strength}:text("${look.locale === 'nl' ? 'zwak' : 'weak'}")`);
        await hand.press('#save');
        await me.assertRefused({ nl: /Veel mensen gebruiken/, en: /Many people use/ }, 'password');
        await hand.type('#current-password', who.password);
        await hand.type('#password', NEW_PASSWORD);
        await hand.press('#save');
        await me.see('settings');
        await me.assertDone({ nl: /wachtwoord is gewijzigd/, en: /password was changed/ });
        who.password = NEW_PASSWORD;
        await page.reload();
        await me.see('settings');
        assert.equal(await page.isVisible('#done'), false, 'it is said once');
      });

      test('the number: a code to the new one, and the old one is told', async () => {
        const { page, hand } = me;
        await me.go('phone', 'settings-phone');
        await hand.press('#continue');
        await me.assertRefused({ nl: /geen code sturen/, en: /cannot send a code/ }, 'phone');
        await inspect(page, 'no number');
        await hand.type('#phone', newNumber.replace('+31', '0'));
        await hand.press('#continue');
        await me.see('settings-phone-code', '#code');
        assert.equal(await page.evaluate('document.activeElement.id'), 'code');
        const code = codeIn(letterTo(newNumber));
        await hand.type('#code', otherThan(code));
        await hand.press('#save');
        await me.assertRefused({ nl: /klopt niet/, en: /not correct/ }, 'code');
        await inspect(page, 'a wrong code');
        await hand.type('#code', code);
        await hand.press('#save');
        await me.see('settings');
        await me.assertDone({ nl: /nummer is gewijzigd/, en: /number was changed/ });
        me.who.phone = newNumber;
        assert.match(letterTo(number), look.locale === 'nl' ? /nummer.*gewijzigd/ : /number.*changed/);
      });

      test('the address: nothing changes before the code, and the old one is told', async () => {
        const { page, hand, who } = me;
        const email = `ander-${loginName}@voorbeeld.example`;
        await me.go('email', 'settings-email');
        await hand.type('#email', 'geen adres');
        await hand.press('#continue');
        await me.assertRefused({ nl: /e-mailadres/, en: /e-mail address/ }, 'email');
        assert.equal(await page.inputValue('#email'), 'geen adres', 'it can be put right');
        await hand.type('#email', email);
        await hand.press('#continue');
        await me.see('settings-email-code', '#code');
        await inspect(page, 'settings-email-code');
        const code = codeIn(letterTo(email));
        await hand.type('#code', otherThan(code));
        await hand.press('#confirm');
        await me.assertRefused({ nl: /klopt niet/, en: /not correct/ }, 'code');
        await hand.type('#code', code);
        await hand.press('#confirm');
        await me.see('settings');
        await me.assertDone({ nl: /e-mailadres is gewijzigd/, en: /e-mail address was changed/ });
        assert.match(await textOf(page, 'main'), new RegExp(email));
        who.email = email;
      });

      test('question and answer', async () => {
        const { page, hand } = me;
        await me.go('question', 'settings-question');
        assert.match(await textOf(page, '#question-now'), new RegExp(QUESTION.replace('?', '\\?')));
        await hand.choose('#question', 2);
        await hand.press('#save');
        await me.assertRefused({ nl: /antwoord/, en: /answer/ }, 'answer');
        await inspect(page, 'no answer');
        await hand.type('#answer', ANSWER);
        await hand.press('#save');
        await me.see('settings');
        await me.assertDone({
          nl: /vraag en antwoord zijn gewijzigd/,
          en: /question and answer were changed/,
        });
      });

      test('a new backup code can be copied, printed, kept and sent, and counts once one goes on', async () => {
        const { page, hand } = me;
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await me.go('backup-code', 'settings-backup-code');
        await hand.press('#make-new');
        await me.see('backup-code', '#backup-code');
        await inspect(page, 'backup-code');
        const code = await textOf(page, '#backup-code');
        assert.match(code, /^\d{4} \d{4}$/);
        await hand.press('#copy-backup-code');
        await page.waitForFunction(`navigator.clipboard.readText().then((text) => text === '${code}')`);
        const download = page.waitForEvent('download');
        await hand.press('#save-file');
        assert.ok((await readFile(await (await download).path(), 'utf8')).includes(code));
        await hand.press('#print');
        await me.see('backup-code-print');
        assert.equal(await textOf(page, '#backup-code'), code);
        await hand.press('#back');
        await me.see('backup-code');
        await hand.press('#send-backup-code');
        await page.waitForSelector('#backup-code-sent');
        assert.ok(letterTo(newNumber).includes(code));
        await hand.press('#continue');
        await me.see('settings');
        await me.assertDone({ nl: /nieuwe back-upcode werkt nu/, en: /new backup code works now/ });
      });

      test('after five minutes both steps are asked again, and what was typed is still there', async () => {
        const { page, hand } = me;
        await me.go('question', 'settings-question');
        await hand.choose('#question', 3);
        await hand.type('#answer', 'Langs de Berkel');
        scene.clock.advance(STALE_MS);
        await hand.press('#save');
        await reach({ page }, 'password', '#aim');
        await inspect(page, 'password asked again');
        assert.equal(await page.inputValue('#login-name'), loginName);
        await me.giveBothSteps();
        await me.see('settings-question', '#resumed');
        await inspect(page, 'resumed');
        assert.equal(await page.inputValue('#answer'), 'Langs de Berkel');
        assert.equal(await page.evaluate('document.querySelector("#question").selectedIndex'), 3);
        await hand.press('#save');
        await me.see('settings');
        await me.assertDone({
          nl: /vraag en antwoord zijn gewijzigd/,
          en: /question and answer were changed/,
        });
      });
    });
  }
});
