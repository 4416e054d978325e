import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type GalleryView, useGallery } from './gallery-view.ts';

const openView = useGallery();

/* Every fault in the page fails the test that opened it. */
async function withPage(
  name: string,
  check: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  await using view = await openView(options);
  const { page, faults } = view;
  await page.clock.install();
  await page.goto(`/nl/${name}`);
  assert.deepEqual(faults, []);
  await check(page);
}

/** How often this page sent its form, which stays where it is. Counted in the page, so nothing is still on its way. */
async function countSent(page: Page): Promise<() => Promise<number>> {
  const form = page.locator('main form').first();
  await form.evaluate((element) => {
    element.addEventListener('submit', (event: Event) => {
      const sent = Number(element.getAttribute('data-sent') ?? 0) + (event.defaultPrevented ? 0 : 1);
      element.setAttribute('data-sent', String(sent));
      event.preventDefault();
    });
  });
  return async () => Number((await form.getAttribute('data-sent')) ?? 0);
}

describe('password field', () => {
  test('shows and hides what is typed, says which, and is a password again when sent', () =>
    withPage('password', async (page) => {
      const field = page.locator('#password');
      const toggle = page.locator('#show-password');
      await field.fill('Geheim!');
      await toggle.click();
      assert.equal(await field.getAttribute('type'), 'text');
      assert.equal(await toggle.textContent(), 'Verberg');
      assert.equal(await toggle.getAttribute('aria-label'), 'Verberg wachtwoord');
      await toggle.click();
      assert.equal(await field.getAttribute('type'), 'password');
      await toggle.click();
      await countSent(page);
      await page.locator('#sign-in').click();
      assert.equal(await field.getAttribute('type'), 'password');
      assert.equal(await field.inputValue(), 'Geheim!');
    }));

  test('says that Caps Lock is on, and stops saying it', () =>
    withPage('password', async (page) => {
      const press = (modifierCapsLock: boolean) =>
        page.locator('#password').dispatchEvent('keydown', { key: 'a', modifierCapsLock });
      await press(true);
      assert.equal(await page.locator('#caps-lock').textContent(), 'Caps Lock staat aan.');
      await press(false);
      assert.equal(await page.locator('#caps-lock').textContent(), '');
    }));

  test('nothing moves when the button and the warning appear', () =>
    withPage('password', async (page) => {
      const place = async () => (await page.locator('#sign-in').boundingBox())?.y;
      const before = await place();
      await page.locator('#password').dispatchEvent('keydown', { key: 'a', modifierCapsLock: true });
      await page.locator('#show-password').click();
      assert.equal(await place(), before);
    }));
});

describe('code field', () => {
  /* What a browser does when it fills a field in: the value changes, and an event without a kind of input follows. */
  const fillIn = (page: Page, text: string) =>
    page.locator('#code').evaluate((field, value) => {
      Object.assign(field, { value });
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, text);

  for (const text of ['123456', '123 456', ' 123456\n']) {
    test(`a code filled in whole by the browser is sent at once (${JSON.stringify(text)})`, () =>
      withPage('second', async (page) => {
        const sent = await countSent(page);
        await fillIn(page, text);
        assert.equal(await sent(), 1);
      }));
  }

  test('a code pasted whole is sent at once', () =>
    withPage(
      'second',
      async (page) => {
        const sent = await countSent(page);
        await page.evaluate('navigator.clipboard.writeText("654 321")');
        await page.locator('#code').press('Control+V');
        assert.equal(await page.locator('#code').inputValue(), '654 321');
        assert.equal(await sent(), 1);
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  test('a typed code waits for the button', () =>
    withPage('second', async (page) => {
      const sent = await countSent(page);
      await page.locator('#code').pressSequentially('123456');
      assert.equal(await sent(), 0);
      await page.locator('#continue').click();
      assert.equal(await sent(), 1);
    }));

  test('a piece of a code waits for the rest', () =>
    withPage('second', async (page) => {
      const sent = await countSent(page);
      await fillIn(page, '12345');
      await fillIn(page, '12345a');
      assert.equal(await sent(), 0);
    }));
});

describe('copy button', () => {
  const permissions = { permissions: ['clipboard-read', 'clipboard-write'] };

  test('copies the number, says so, and keeps its width', () =>
    withPage(
      'error',
      async (page) => {
        const button = page.locator('#copy-reference');
        const width = (await button.boundingBox())?.width;
        await button.click();
        await page.getByRole('status').filter({ hasText: 'Gekopieerd' }).waitFor({ state: 'attached' });
        assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'K7QM-4ZT2');
        assert.equal((await button.boundingBox())?.width, width);
        await page.clock.runFor(3000);
        assert.equal(await page.getByRole('status').textContent(), '');
      },
      permissions,
    ));

  test('the key is copied without the blanks it is shown with', () =>
    withPage(
      'enrol',
      async (page) => {
        await page.locator('#copy-key').click();
        await page.getByRole('status').filter({ hasText: 'Gekopieerd' }).waitFor({ state: 'attached' });
        assert.equal(
          await page.evaluate('navigator.clipboard.readText()'),
          'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        );
      },
      permissions,
    ));
});

describe('countdown', () => {
  test('the button counts down, sends nothing meanwhile, then opens and says so once', () =>
    withPage('password-wait', async (page) => {
      const sent = await countSent(page);
      const button = page.locator('#sign-in');
      // The page's clock also runs by itself, as long as the machine takes.
      assert.match((await button.textContent()) ?? '', /^Wacht nog (2:00|1:5\d)$/);
      await page.clock.runFor(61_000);
      assert.match((await button.textContent()) ?? '', /^Wacht nog 0:5\d$/);
      await button.click({ force: true });
      assert.equal(await sent(), 0);
      await page.clock.runFor(60_000);
      assert.equal(await button.textContent(), 'Inloggen');
      assert.equal(await page.locator('#error-summary p').textContent(), 'U mag het nu opnieuw proberen.');
      await button.click();
      assert.equal(await sent(), 1);
    }));
});

describe('a way that can be chosen again after a wait', () => {
  test('counts down in its note, sends nothing meanwhile, then says what it does', () =>
    withPage('stuck-wait', async (page) => {
      const sent = await countSent(page);
      const button = page.locator('#resend-sms');
      const note = page.locator('#resend-sms-note');
      await page.clock.runFor(10_000);
      // The page's clock also runs by itself, as long as the machine takes.
      assert.match((await note.textContent()) ?? '', /^U kunt over 0:(20|1\d) weer een sms vragen\.$/);
      await button.click({ force: true });
      assert.equal(await sent(), 0);
      await page.clock.runFor(21_000);
      assert.match((await note.textContent()) ?? '', /^Naar het nummer dat eindigt op 12\./);
      await button.click();
      assert.equal(await sent(), 1);
      assert.equal(await page.locator('#resend-sms .icon').count(), 2);
    }));

  test('one press is enough there too, and the icon stays', () =>
    withPage('stuck', async (page) => {
      const sent = await countSent(page);
      await page.locator('#resend-sms').click();
      await page.clock.runFor(400);
      assert.equal(await page.locator('#resend-sms-label').textContent(), 'Bezig…');
      await page.locator('#resend-sms').click({ force: true });
      assert.equal(await sent(), 1);
      assert.equal(await page.locator('#resend-sms .icon').count(), 2);
    }));
});

describe('news of a message', () => {
  /* Answers with these states one after another, the last one from then on; counts how often it was asked. */
  async function answering(page: Page, states: readonly (string | undefined)[]) {
    let asked = 0;
    await page.route('**/delivery', (route) => {
      const state = states[Math.min(asked, states.length - 1)];
      asked += 1;
      return route.fulfill({ json: { state } });
    });
    /* As long as one look takes, with its answer. */
    const look = async () => {
      const answered = page.waitForResponse('**/delivery');
      await page.clock.runFor(5000);
      await (await answered).finished();
      // The script's own turn after the answer.
      await page.evaluate(
        'new Promise((resolve) => { const c = new MessageChannel(); c.port1.onmessage = resolve; c.port2.postMessage(0); })',
      );
    };
    return { look, asked: () => asked };
  }

  test('is shown when it comes, and no longer asked for once the message is there', () =>
    withPage('second-sms', async (page) => {
      const line = page.locator('#delivery');
      const { look, asked } = await answering(page, [undefined, 'accepted', 'delivered']);
      await look();
      assert.equal(await line.textContent(), '');
      await look();
      assert.match((await line.textContent()) ?? '', /^De sms is onderweg\./);
      await look();
      assert.equal(await line.textContent(), 'De sms is bezorgd op uw telefoon.');
      await page.clock.runFor(60_000);
      assert.equal(asked(), 3);
    }));

  test('a state that it does not know changes nothing, and it stops after two minutes', () =>
    withPage('second-sms', async (page) => {
      const { look, asked } = await answering(page, ['toString']);
      for (let looks = 0; looks < 24; looks += 1) await look();
      assert.equal(await page.locator('#delivery').textContent(), '');
      await page.clock.runFor(60_000);
      assert.equal(asked(), 24);
    }));
});

test('a print button opens the dialog', () =>
  withPage('backup-code-print', async (page) => {
    await page.evaluate('window.print = () => { document.title = "printed"; }');
    await page.locator('#open-print').click();
    assert.equal(await page.title(), 'printed');
  }));

describe('busy button', () => {
  test('a second press does nothing, and a slow answer is said on the button', () =>
    withPage('password', async (page) => {
      const sent = await countSent(page);
      const button = page.locator('#sign-in');
      const label = () => button.textContent();
      await button.click();
      assert.equal(await label(), 'Inloggen');
      await page.clock.runFor(400);
      assert.equal(await label(), 'Bezig met inloggen…');
      await button.click({ force: true });
      assert.equal(await sent(), 1);
    }));
});

describe('without script', () => {
  const options = { javaScriptEnabled: false };

  async function open(name: string): Promise<GalleryView> {
    const view = await openView(options);
    await view.page.goto(`/nl/${name}`);
    return view;
  }

  test('no button is shown that could do nothing', async () => {
    for (const name of [
      'password',
      'enrol',
      'enrol-key',
      'second-passkey',
      'backup-code',
      'backup-code-print',
      'error',
      'outbox',
    ]) {
      await using opened = await open(name);
      assert.equal(await opened.page.locator('button[type=button]:visible').count(), 0, name);
    }
  });

  test('a page for a passkey says what is missing', async () => {
    await using opened = await open('second-passkey');
    assert.equal(await opened.page.locator('.no-script').isVisible(), true);
    assert.equal(await opened.page.locator('#stuck').isVisible(), true);
  });

  test('every form still has its button, also while a wait lasts', async () => {
    await using opened = await open('password-wait');
    assert.equal(await opened.page.locator('#sign-in').textContent(), 'Inloggen');
    assert.equal(await opened.page.locator('#sign-in').isEnabled(), true);
  });
});

test('an automatic sign-out presses its own button', () =>
  withPage('password', async (page) => {
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.goto('/nl/logout-automatic', { waitUntil: 'commit' });
    assert.equal((await sent).postData(), 'xsrf=0f0f&logout=yes');
  }));
