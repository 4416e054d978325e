import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { NewTestAccount } from '../support/accounts.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { createTestClock } from '../support/clock.ts';
import { pointing } from '../support/hands.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import { giveKey } from '../support/virtual-key.ts';
import { arrive, enter, reach, touchKey } from '../support/wizard.ts';
import { inspect, openScene, type Scene } from './scene.ts';
import { textOf } from './stage.ts';

const focused = 'document.activeElement.id';
const WAIT_MS = 30_000;
const LOOK_MS = 5_000;

describe('a later sign-in in Chromium', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let scene: Scene;
  let numbers = 20_100_000;

  before(async () => {
    const tenant = { firstSignIn: { asks: 'nothing' } } as const;
    scene = await openScene(ending, { tenant, clock });
  });

  /** Somebody who did all of the first sign-in before, at the second step of today. */
  const regular = async (loginName: string, wanted: Partial<NewTestAccount> = {}, backupCode?: string) => {
    numbers += 1;
    const number = `+316${numbers}`;
    const { account, appData } = await scene.installation.createAccount({
      loginName,
      withPhone: number,
      ...wanted,
    });
    const { durable, secondStep } = scene.installation.running.composition;
    const { tenantId, id } = account;
    if (backupCode !== undefined)
      await secondStep.backupCodes.keep(tenantId, id, backupCode, undefined, clock.now());
    await durable.enrolments.finish(tenantId, id, clock.now());
    const { page, context, complaints } = await scene.visitor();
    // The page's clock goes on by itself, and can be put forward.
    await page.clock.install();
    const person = scene.person(page, pointing(page, 'click'), loginName);
    await enter(person);
    await reach(person, 'second-step');
    const appKey = keyIn(appData ?? `"${'A'.repeat(32)}"`);
    return { ...person, number, appKey, context, complaints };
  };

  const passes = async (ms: number, page: Page): Promise<void> => {
    clock.advance(ms);
    await page.clock.fastForward(ms);
  };

  /** Every post to the second step from now on. */
  const postsOf = (page: Page): string[] => {
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/second-step'))
        posts.push(request.postData() ?? '');
    });
    return posts;
  };

  for (const kind of ['usb', 'synced'] as const) {
    test(`a ${kind} key is asked for first once it was set up; broken off says so, and then lets in`, async () => {
      const { page, context, complaints } = await scene.visitor();
      const loginName = `sleutel-${kind}`;
      const person = scene.person(page, pointing(page, 'click'), loginName);
      await scene.installation.createAccount({ loginName });
      const key = await giveKey(page, kind);
      await enter(person);
      await reach(person, 'enrol-sms');
      await person.hand.press('#skip');
      await touchKey(person);
      await reach(person, 'enrol-app', '#works');
      await person.hand.press('#skip');
      await reach(person, 'backup-code');
      await person.hand.press('#continue');
      await arrive(person);
      await person.hand.press('#sign-out');
      await page.waitForURL(`${scene.sample}/signed-out*`);

      await enter(person);
      await page.waitForSelector('main[data-method=webauthn]');
      await inspect(page, 'second-step');
      await key.touch(false);
      await person.hand.press('#use-passkey');
      await page.waitForSelector('#use-passkey[aria-busy=true]');
      await person.hand.press('#use-passkey');
      await page.waitForSelector('#error-summary');
      assert.match(await textOf(page, '#error-summary'), /Er is geen passkey of sleutel gebruikt/);
      assert.equal(await page.evaluate(focused), 'error-summary');
      await inspect(page, 'a passkey that was broken off');
      await key.touch(true);
      await person.hand.press('#use-passkey');
      await arrive(person);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  test('no SMS comes: the wait is counted down, another SMS is sent, the old code is dead, the new one lets in', async () => {
    const { page, hand, number, context, complaints, ...person } = await regular('wacht-op-sms');
    const news = { state: 'accepted' };
    await context.route('**/delivery', (route) => route.fulfill({ json: news }));
    const old = codeIn(newestTo(scene.installation, number));
    await hand.press('#stuck');
    await reach({ page }, 'stuck');
    assert.equal(await textOf(page, 'h1'), 'Inloggen mislukt');
    await inspect(page, 'stuck');
    assert.match(await textOf(page, '#resend-sms-note'), /over 0:(30|2\d) weer een sms/);
    await page.click('#resend-sms', { force: true });
    assert.equal(codeIn(newestTo(scene.installation, number)), old, 'nothing is sent before its time');
    await passes(WAIT_MS - 10_000, page);
    await page.locator('#resend-sms-note', { hasText: /over 0:(10|0\d) weer/ }).waitFor();
    await passes(10_000, page);
    await page.waitForSelector('#resend-sms:not([aria-disabled])');
    await hand.press('#resend-sms');
    await page.waitForSelector('main[data-step=second-step] #sent-again');
    assert.equal(
      await textOf(page, '#sent-again span'),
      'Nieuwe sms verstuurd. De oude code werkt niet meer.',
    );
    await inspect(page, 'sent again');

    await passes(LOOK_MS, page);
    await page.locator('#delivery', { hasText: 'onderweg' }).waitFor();
    news.state = 'delivered';
    await passes(LOOK_MS, page);
    await page.locator('#delivery', { hasText: 'bezorgd op' }).waitFor();

    await hand.type('#code', old);
    await hand.press('#continue');
    await page.waitForSelector('#error-summary');
    assert.equal(await page.evaluate(focused), 'code');
    await hand.type('#code', codeIn(newestTo(scene.installation, number)));
    await hand.press('#continue');
    await arrive({ page, sample: person.sample });
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('the code is spoken to who asks to be called', async () => {
    const { page, hand, sample, number, context, complaints } = await regular('laat-zich-bellen');
    await hand.press('#stuck');
    await reach({ page }, 'stuck');
    await passes(WAIT_MS, page);
    await page.waitForSelector('#call-me:not([aria-disabled])');
    await hand.press('#call-me');
    await page.waitForSelector('main[data-step=second-step] #sent-again');
    assert.match(await textOf(page, '#code-hint'), /Wij bellen het nummer dat eindigt op \d\d/);
    const spoken = newestTo(scene.installation, number);
    assert.match(spoken, /(\d, ){5}\d/, 'digit by digit');
    await hand.type('#code', codeIn(spoken));
    await hand.press('#continue');
    await arrive({ page, sample });
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('another way of one’s own is one choice away, and the SMS leaves with that choice', async () => {
    const { page, hand, sample, number, appKey, context } = await regular('heeft-er-twee', { withApp: true });
    assert.equal(await page.getAttribute('main', 'data-method'), 'totp', 'the one used last comes first');
    assert.throws(() => newestTo(scene.installation, number));
    await hand.press('#stuck');
    await hand.press('#method-sms');
    await page.waitForSelector('main[data-method=sms]');
    assert.ok(codeIn(newestTo(scene.installation, number)));
    await hand.press('#stuck');
    await hand.press('#method-totp');
    await page.waitForSelector('main[data-method=totp]');
    await hand.type('#code', codeOf(appKey, clock.now()));
    await hand.press('#continue');
    await arrive({ page, sample });
    await context.close();
  });

  test('a backup code lets in once, is told to its owner, and a new one is offered at once', async () => {
    const code = '00917356';
    const { page, hand, sample, number, context, complaints } = await regular('zonder-telefoon', {}, code);
    await hand.press('#stuck');
    await hand.press('#use-backup-code');
    await page.waitForSelector('main[data-method=backup-code]');
    await inspect(page, 'backup code asked');
    await hand.type('#code', '1234 5678');
    await hand.press('#continue');
    await page.waitForSelector('#error-summary');
    assert.match(await textOf(page, '#error-summary'), /klopt niet of is al gebruikt/);
    assert.equal(await page.evaluate(focused), 'code');
    await hand.type('#code', '0091 7356');
    await hand.press('#continue');
    await reach({ page }, 'backup-code');
    assert.equal(await textOf(page, 'h1'), 'Uw nieuwe back-upcode');
    assert.notEqual(await textOf(page, '#backup-code'), '0091 7356');
    await inspect(page, 'a new backup code');
    assert.match(newestTo(scene.installation, number), /back-upcode.*gebruikt/i);
    await hand.press('#continue');
    await arrive({ page, sample });
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a code that is pasted with blanks is sent by itself, whole and once', async () => {
    const { page, sample, number, context } = await regular('plakt');
    const posts = postsOf(page);
    const code = codeIn(newestTo(scene.installation, number));
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(`navigator.clipboard.writeText(' ${code.slice(0, 3)} ${code.slice(3)} ')`);
    await page.focus('#code');
    await page.keyboard.press('Control+V');
    await arrive({ page, sample });
    assert.equal(posts.length, 1);
    await context.close();
  });

  test('a code that the browser fills in is sent by itself, once', async () => {
    const { page, sample, number, context } = await regular('laat-invullen');
    const posts = postsOf(page);
    assert.equal(await page.getAttribute('#code', 'autocomplete'), 'one-time-code');
    const code = codeIn(newestTo(scene.installation, number));
    // As browsers do: the value all at once, and then word of it.
    await page.evaluate(`(() => {
      const field = document.querySelector('#code');
      field.value = '${code}';
      for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
    })()`);
    await arrive({ page, sample });
    assert.equal(posts.length, 1);
    await context.close();
  });

  test('a code that is typed waits for Enter, and Enter pressed twice sends it once', async () => {
    const { page, sample, number, context } = await regular('typt-zelf');
    const posts = postsOf(page);
    assert.equal(await page.evaluate(focused), 'code', 'the cursor is there');
    await page.keyboard.type(codeIn(newestTo(scene.installation, number)));
    assert.equal(posts.length, 0);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter').catch(() => undefined);
    await arrive({ page, sample });
    assert.equal(posts.length, 1);
    await context.close();
  });
});
