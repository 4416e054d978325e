import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { findings } from '../support/axe.ts';
import { startChromium } from '../support/chromium.ts';
import { openStage, type Stage } from './stage.ts';

const PAGES = [
  '/',
  '/employees',
  '/tasks',
  '/manuals',
  '/settings',
  '/nowhere',
  '/login?iss=https://other.example',
];
describe('in Chromium', () => {
  let stage: Stage;
  let chromium: Browser;
  before(async () => {
    [stage, chromium] = await Promise.all([openStage(), startChromium()]);
  });
  after(async () => {
    await chromium.close();
    await stage[Symbol.asyncDispose]();
  });

  const looks = [
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 320 },
  ] as const;
  for (const { colorScheme, width } of looks) {
    test(`no page has a finding of axe-core or scrolls sideways, ${colorScheme}, ${width} px`, async () => {
      const context = await chromium.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await context.newPage();
      await page.goto(`${stage.origin}/`);
      assert.deepEqual(await findings(page), [], 'landing page');
      await page.goto(`${stage.origin}/login`);
      await page.click('details.claims summary');
      assert.deepEqual(await findings(page), [], 'all claims open');
      for (const path of PAGES) {
        await page.goto(`${stage.origin}${path}`);
        assert.deepEqual(await findings(page), [], path);
      }
      await context.close();
    });
  }

  test('sign in, renew, change language and sign out work with the keyboard and without script', async () => {
    const context = await chromium.newContext({ javaScriptEnabled: false, locale: 'nl' });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (line) => {
      if (line.text().includes('Content Security Policy')) refused.push(line.text());
    });
    await page.goto(`${stage.origin}/`);
    await page.getByRole('link', { name: 'Inloggen' }).press('Enter');
    await page.getByRole('heading', { name: 'Wie ben ik?' }).waitFor();
    await page.getByRole('button', { name: 'Vernieuwen' }).press('Enter');
    await page.getByText(/Vernieuwd om/).waitFor();
    await page.getByRole('button', { name: 'English' }).press('Enter');
    await page.getByRole('heading', { name: 'Who am I?' }).waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Yes' }).press('Enter');
    await page.getByText('You are signed out.').waitFor();
    assert.equal(new URL(page.url()).origin, stage.origin);
    assert.deepEqual(refused, [], 'the policy stood in the way of nothing');
    await context.close();
  });
});
