import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { startChromium } from '../support/chromium.ts';
import { CLAIMS, openStage, type Stage } from './stage.ts';

/** Everything that can be pressed, followed, opened, filled in or scrolled, and every id, as the browser sees them. */
const LOOK = `(() => {
  const interactive = 'a, button, input, select, textarea, summary, [tabindex]';
  return {
    step: document.querySelector('main').dataset.step,
    nameless: [...document.querySelectorAll(interactive)].filter(({ id }) => id === '').map((element) => element.outerHTML),
    marked: [...document.querySelectorAll(interactive)].map(({ id }) => id),
    ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
  };
})()`;

const marks = z.object({
  step: z.string(),
  nameless: z.array(z.string()),
  marked: z.array(z.string()),
  ids: z.array(z.string()),
});

const PAGES = {
  '/': 'overview',
  '/employees': 'employees',
  '/tasks': 'tasks',
  '/manuals': 'manuals',
  '/settings': 'settings',
  '/nowhere': 'trouble',
  '/login?iss=https://other.example': 'trouble',
};

const FRAME = ['skip', 'brand', 'return-to', 'language-nl', 'language-en'];
const MENU = ['menu-absence', 'menu-employees', 'menu-tasks', 'menu-manuals', 'menu-settings'];

/** Checks the page and resolves to its marks. */
async function look(page: Page, step: string) {
  const seen = marks.parse(await page.evaluate(LOOK));
  assert.equal(seen.step, step);
  assert.deepEqual(seen.nameless, [], `${step}: everything interactive has an id`);
  assert.deepEqual(seen.ids.toSorted(), [...new Set(seen.ids)].toSorted(), `${step}: no id twice`);
  for (const id of seen.ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/, step);
  for (const id of FRAME) assert.ok(seen.marked.includes(id), `${step}: ${id}`);
  return seen.marked;
}

function hasAll(seen: readonly string[], expected: readonly string[]): void {
  assert.deepEqual(
    expected.filter((id) => !seen.includes(id)),
    [],
  );
}

describe('every page names itself and everything on it that can be used', () => {
  let chromium: Browser;
  before(async () => {
    chromium = await startChromium();
  });
  after(() => chromium.close());

  async function visit(stage: Stage, locale: string): Promise<Page> {
    const context = await chromium.newContext({ locale });
    const page = await context.newPage();
    await page.goto(stage.origin);
    return page;
  }

  test('before, during and after a sign-in, with the same ids in both languages', async () => {
    await using stage = await openStage();
    const seen: string[][] = [];
    for (const locale of ['nl', 'en']) {
      const page = await visit(stage, locale);
      const all: string[] = [];
      hasAll(await look(page, 'home'), ['sign-in']);
      await page.click('#sign-in');
      for (const [path, step] of Object.entries(PAGES)) {
        await page.goto(`${stage.origin}${path}`);
        const marked = await look(page, step);
        hasAll(marked, [...MENU, 'sign-out']);
        all.push(...marked);
      }
      hasAll(all, ['refresh-tokens', 'claims', 'sign-out-here', 'manual-report-sick', 'home', 'again']);
      await page.goto(stage.origin);
      await page.click('#sign-out-here');
      hasAll(await look(page, 'signed-out'), ['sign-in']);
      seen.push(all);
      await page.context().close();
    }
    assert.deepEqual(seen[0], seen[1]);
  });

  test('for somebody without a role', async () => {
    await using stage = await openStage({ claims: { ...CLAIMS, roles: [] } });
    const page = await visit(stage, 'nl');
    await page.click('#sign-in');
    for (const path of ['/', '/employees']) {
      await page.goto(`${stage.origin}${path}`);
      hasAll(await look(page, 'no-access'), [
        ...MENU,
        'sign-out',
        'refresh-tokens',
        'claims',
        'sign-out-here',
      ]);
    }
    await page.context().close();
  });
});
