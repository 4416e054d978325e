import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { PasskeyPurpose } from '#src/sign-in/factor.ts';
import { startChromium } from '../../support/chromium.ts';
import { giveKey } from '../../support/virtual-key.ts';
import { openPasskeyPlace, type PasskeyPlace } from './passkey-place.ts';

let browser: Browser;

before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

interface Scene {
  place: PasskeyPlace;
  page: Page;
  /** Opens the page of a purpose. */
  open(purpose: PasskeyPurpose): Promise<void>;
  /** Presses the button and waits for what the method made of it. */
  use(): Promise<NonNullable<PasskeyPlace['last']>['answer']>;
  answered(): Promise<NonNullable<PasskeyPlace['last']>['answer']>;
}

const BUTTON = '#use-passkey';
const UNSUPPORTED = '[data-passkey-unsupported]';

/** A site and a person at it; whatever the page complains about, a refusal by its policy among them, fails the test. */
async function withScene(
  play: (scene: Scene) => Promise<void>,
  { host = 'noord.localhost', options = {} }: { host?: string; options?: BrowserContextOptions } = {},
): Promise<void> {
  await using place = await openPasskeyPlace(host);
  await using context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  const answered = async () => {
    await page.waitForURL('**/done**');
    assert.ok(place.last);
    return place.last.answer;
  };
  await play({
    place,
    page,
    answered,
    async open(purpose) {
      await page.goto(`${place.origin}/?purpose=${purpose}`);
    },
    async use() {
      await page.click(BUTTON);
      return answered();
    },
  });
  assert.deepEqual(faults, []);
}

describe('a key in Chromium', () => {
  for (const [kind, amr] of [
    ['usb', ['hwk', 'pop', 'user']],
    ['device', ['hwk', 'pop', 'user']],
    ['synced', ['swk', 'pop', 'user']],
  ] as const) {
    test(`${kind}: is set up, and then signs in again and again`, () =>
      withScene(async ({ place, page, open, use }) => {
        await giveKey(page, kind);
        await open('set-up');
        const made = await use();
        assert.ok(made.ok, JSON.stringify(made));
        assert.deepEqual(made.proof, { amr, phishingResistant: true });
        for (let round = 0; round < 2; round += 1) {
          await open('sign-in');
          const check = await use();
          assert.ok(check.ok, JSON.stringify(check));
          assert.deepEqual(check.proof, { amr, phishingResistant: true });
        }
        assert.equal(place.factors.length, 1);
      }));
  }

  test('works at localhost itself as well', () =>
    withScene(
      async ({ page, open, use }) => {
        await giveKey(page, 'usb');
        await open('set-up');
        assert.equal((await use()).ok, true);
        await open('sign-in');
        assert.equal((await use()).ok, true);
      },
      { host: 'localhost' },
    ));

  test('the form stays far from the size that no form of ours may have', () =>
    withScene(async ({ place, page, open, use }) => {
      await giveKey(page, 'device');
      await open('set-up');
      await use();
      assert.ok(place.last && place.last.size < 4000, `${place.last?.size} characters`);
    }));

  test('that was set up before says so', () =>
    withScene(async ({ page, open, use }) => {
      await giveKey(page, 'usb');
      await open('set-up');
      assert.equal((await use()).ok, true);
      await open('set-up');
      assert.deepEqual(await use(), { ok: false, reason: 'taken' });
    }));
});

describe('what goes wrong is told by the server:', () => {
  test('a person who waits is told so, and breaks it off by a second press', () =>
    withScene(async ({ page, open, answered }) => {
      const key = await giveKey(page, 'usb');
      await key.touch(false);
      await open('set-up');
      const options = page.waitForResponse('**/options');
      await page.click(BUTTON);
      assert.equal(await page.textContent(BUTTON), 'Bezig');
      assert.equal(await page.getAttribute(BUTTON, 'aria-busy'), 'true');
      await (await options).finished();
      await page.click(BUTTON);
      assert.deepEqual(await answered(), { ok: false, reason: 'cancelled' });
    }));

  test('a press while the site is slow breaks it off as well', () =>
    withScene(async ({ page, open, answered }) => {
      await giveKey(page, 'usb');
      // Never answered: the page goes on before that.
      await page.route('**/options', () => {});
      await open('set-up');
      await page.click(BUTTON);
      await page.click(BUTTON);
      assert.deepEqual(await answered(), { ok: false, reason: 'cancelled' });
    }));

  test('a browser that refuses the site’s address', () =>
    withScene(
      async ({ page, open, use }) => {
        await giveKey(page, 'usb');
        await open('set-up');
        assert.deepEqual(await use(), { ok: false, reason: 'unsupported' });
      },
      { host: '127.0.0.1' },
    ));

  test('options that do not come', () =>
    withScene(async ({ place, page, open, use }) => {
      place.broken = true;
      await giveKey(page, 'usb');
      await open('set-up');
      assert.deepEqual(await use(), { ok: false, reason: 'cancelled' });
    }));
});

describe('before a key is asked for', () => {
  test('with script the button is there, and the words for who has none are not', () =>
    withScene(async ({ page, open }) => {
      await open('sign-in');
      assert.equal(await page.isVisible(BUTTON), true);
      assert.equal(await page.isVisible('.no-script'), false);
      assert.equal(await page.isVisible(UNSUPPORTED), false);
      assert.equal(await page.textContent(BUTTON), 'Gebruik');
    }));

  test('a browser without WebAuthn says so and shows no button that does nothing', () =>
    withScene(async ({ page, open }) => {
      await page.addInitScript('delete window.PublicKeyCredential');
      await open('sign-in');
      assert.equal(await page.isVisible(UNSUPPORTED), true);
      assert.equal(await page.isVisible(BUTTON), false);
      assert.equal(await page.isVisible('.no-script'), false);
    }));

  test('without script there is no button and the page says why', () =>
    withScene(
      async ({ page, open }) => {
        await open('sign-in');
        assert.equal(await page.isVisible(BUTTON), false);
        assert.equal(await page.isVisible('.no-script'), true);
      },
      { options: { javaScriptEnabled: false } },
    ));
});
