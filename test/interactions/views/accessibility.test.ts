import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { galleryPages } from '../../support/gallery-pages.ts';
import { useGallery } from './gallery-view.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const openView = useGallery();

/** What depends on colours and width. All else is the same in every look, and was asked once. */
const OF_LOOKS = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable'];

async function findings(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axeSource);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const results = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`),
  );
}

/** Two looks, each with one page that goes from view to view: a page of its own for each would take thrice as long. */
const LOOKS = { desk: ['light', 1280], phone: ['dark', 320] } as const;
const views = new Map<keyof typeof LOOKS, Page>();

async function openLook(look: keyof typeof LOOKS): Promise<Page> {
  const [colorScheme, width] = LOOKS[look];
  // Under the CSP a page's own world can't be given a script: axe runs with it bypassed, the pages were made under it.
  const { page } = await openView({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
  // A page that leaves by itself can't be looked at.
  await page.route('**/auto-submit.*', (route) => route.abort());
  return page;
}

async function open(path: string, look: keyof typeof LOOKS): Promise<Page> {
  const page = views.get(look) ?? (await openLook(look));
  // After a view that can't be opened the next one begins with a page of its own.
  views.delete(look);
  await page.goto(path);
  views.set(look, page);
  // What is folded away is looked at too.
  await page.evaluate('document.querySelectorAll("details").forEach((part) => { part.open = true; })');
  return page;
}

/** Texts under 16 px and controls under 24 px, by id or class. */
const tooSmall = `[
  ...[...document.body.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).fontSize) < 16),
  ...[...document.querySelectorAll('button, select, main input:not([type=hidden]), summary')].filter((e) => {
    if (!e.checkVisibility()) return false;
    const { width, height } = e.getBoundingClientRect();
    return width < 24 || height < 24;
  }),
].map((e) => e.id || e.className || e.tagName)`;

for (const name of Object.keys(galleryPages)) {
  describe(name, () => {
    test('axe-core finds nothing, in the light on a desk', async () => {
      assert.deepEqual(await findings(await open(`/nl/${name}`, 'desk')), []);
    });

    test('nor in the dark on a phone, with awkward colours; all fits, nothing is too small (WCAG 1.4.10, 2.5.8)', async () => {
      const page = await open(`/en/${name}?awkward`, 'phone');
      assert.deepEqual(await findings(page, OF_LOOKS), []);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
      assert.deepEqual(await page.evaluate(tooSmall), []);
    });
  });
}

test('axe-core does find a colour that can not be read', async () => {
  const page = await open('/en/password?awkward', 'phone');
  await page.evaluate('document.querySelector("h1").style.color = "#222"');
  assert.match((await findings(page, OF_LOOKS)).join(), /color-contrast/);
});

test('axe-core does find a fault that is there', async () => {
  const page = await open('/nl/password', 'desk');
  await page.evaluate('document.querySelector("label").remove()');
  assert.match((await findings(page)).join(), /label/);
});
