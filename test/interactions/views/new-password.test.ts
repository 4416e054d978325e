import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { newPasswordError, newPasswordField } from '#interactions/views/new-password.ts';
import { NEW_PASSWORD_FAULTS } from '#src/recovery/recovery-flow.ts';
import { frameOf } from './frame.ts';
import { useGallery } from './gallery-view.ts';

describe('the field for a new password', () => {
  test('has its rules before it, so that they are read before anybody types', () => {
    const field = newPasswordField(frameOf()).toString();
    const input = field.indexOf('<input');
    for (const rule of [
      /Minstens 12 tekens\. Een zin is ook goed\./,
      /Gebruik niet uw naam/,
      /veel mensen/,
    ]) {
      const at = field.search(rule);
      assert.ok(at >= 0 && at < input, String(rule));
    }
    assert.match(field, /<input id="password"[^>]*aria-describedby="password-hint"/);
  });

  test('may be filled by a password manager and pasted into, whatever its length', () => {
    const field = newPasswordField(frameOf(), { loginName: 'hr.manager' }).toString();
    assert.match(field, /<input id="password"[^>]*autocomplete="new-password"/);
    assert.match(field, /value="hr\.manager" autocomplete="username"/);
    assert.doesNotMatch(field, / maxlength="/);
    assert.doesNotMatch(newPasswordField(frameOf()).toString(), /autocomplete="username"/);
  });

  test('keeps nothing of what was typed', () => {
    const error = newPasswordError(frameOf(), ['listed']);
    assert.doesNotMatch(newPasswordField(frameOf(), { error }).toString(), /<input id="password"[^>]*value=/);
  });
});

describe('a new password that is not taken', () => {
  for (const locale of ['nl', 'en'] as const) {
    test(`is told why in a sentence of its own for every reason (${locale})`, () => {
      const sentences = NEW_PASSWORD_FAULTS.map(
        (fault) => newPasswordError(frameOf({ locale }), [fault]).summary,
      );
      assert.equal(new Set(sentences).size, NEW_PASSWORD_FAULTS.length);
      for (const sentence of sentences) assert.match(sentence, /^[A-Z][^{}]+\.$/);
    });
  }

  test('is told every reason at once, each leading to the field', () => {
    const error = newPasswordError(frameOf(), ['too-short', 'context']);
    assert.match(error.field?.text ?? '', /te kort\. Neem minstens 12 tekens/);
    assert.equal(error.others?.length, 1);
    assert.equal(error.others?.[0]?.id, 'password');
    assert.notEqual(error.summary, error.field?.text);
  });

  test('for a reason of a newer version still gets a sentence', () => {
    assert.match(newPasswordError(frameOf(), ['unheard-of']).summary, /opnieuw/);
  });
});

const openView = useGallery();

/* Every fault in the page fails the test that opened it. */
async function withField(
  name: string,
  check: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  await using view = await openView(options);
  const { page, faults } = view;
  await page.goto(name);
  await check(page);
  assert.deepEqual(faults, []);
}

const METER = '#password-strength';
const READY = `${METER}.ready`;

/** Level, from 1 to 4, and words once `typed` is judged. */
async function judged(page: Page, typed: string): Promise<{ level: string | null; said: string | null }> {
  await page.waitForSelector(READY);
  await page.fill('#password', '');
  await page.waitForSelector(`${METER}[data-level=""]`);
  await page.fill('#password', typed);
  await page.waitForSelector(`${METER} p:not(:empty)`);
  return {
    level: await page.getAttribute(METER, 'data-level'),
    said: await page.textContent(`${METER} p`),
  };
}

describe('the strength of a new password', () => {
  test('is said in words while it is typed, with what would help', () =>
    withField('/nl/new-password-field', async (page) => {
      for (const [typed, level, said] of [
        ['hallo', '1', /^Sterkte: zwak\. Nog 7 tekens\.$/],
        ['hallo hallo', '1', /^Sterkte: zwak\. Nog 1 teken\.$/],
        ['aaaaaaaaaaaa', '1', /^Sterkte: zwak\. Een rij of herhaling/],
        ['wachtwoord1234', '1', /^Sterkte: zwak\. Gebruik geen naam van uzelf of uw organisatie\.$/],
        ['qwertyuiop123', '1', /^Sterkte: zwak\. Veel mensen/],
        ['Welkom2024!!', '2', /^Sterkte: redelijk\./],
        ['hemelsblauwe fietsbel', '4', /^Sterkte: sterk\.$/],
      ] as const) {
        const told = await judged(page, typed);
        assert.match(told.said ?? '', said, typed);
        assert.equal(told.level, level, typed);
      }
    }));

  test('counts names of the organisation and of the person as known to a guesser', () =>
    withField('/nl/new-password-field-named', async (page) => {
      const { said } = await judged(page, 'voorbeeld.hr.manager');
      assert.match(said ?? '', /^Sterkte: (zwak|redelijk)\. Gebruik geen naam/);
    }));

  test('is announced politely, in the language of the page, and moves nothing', () =>
    withField('/en/new-password-field', async (page) => {
      await page.waitForSelector(READY);
      const place = () => page.locator('#save').boundingBox();
      const before = await place();
      const { said } = await judged(page, 'jansen jansen 1985');
      assert.match(said ?? '', /^Strength: /);
      assert.equal(await page.locator(`${METER} [role=status]`).count(), 1);
      assert.deepEqual(await place(), before);
    }));

  test('only advises: nothing is sent or asked for while somebody types, and a weak one can be sent', () =>
    withField('/nl/new-password-field', async (page) => {
      await page.waitForSelector(READY);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
      await judged(page, 'aaaaaaaaaaaa');
      assert.deepEqual(asked, []);
      await page.click('#save');
      assert.deepEqual(asked, [`POST ${new URL('/new-password', page.url()).href}`]);
    }));

  test('is not spoken of without script, and the rules are there all the same', () =>
    withField(
      '/nl/new-password-field',
      async (page) => {
        assert.equal(await page.locator(METER).isVisible(), false);
        assert.equal(await page.locator('#password-rules').isVisible(), true);
        assert.equal(await page.locator('#save').isVisible(), true);
      },
      { javaScriptEnabled: false },
    ));

  test('is not spoken of when its lists don’t come', async () => {
    await using view = await openView();
    const { page } = view;
    await page.route('**/strength-lists.*', (route) => route.abort());
    await page.goto('/nl/new-password-field');
    await page.waitForSelector(METER, { state: 'detached' });
    assert.equal(await page.locator('#save').isVisible(), true);
  });
});
