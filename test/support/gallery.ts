/* Pictures of every page in every state, to be looked at: node test/support/gallery.ts <folder> [page …] */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { galleryPages } from './gallery-pages.ts';
import { startGallery } from './gallery-server.ts';

interface Shot {
  page: string;
  language: 'nl' | 'en';
  width: number;
  scheme: 'light' | 'dark';
  query?: string;
  zoom?: number;
}

function allShots(pages: readonly string[]): Shot[] {
  const shots: Shot[] = [];
  for (const page of pages) {
    for (const width of [320, 390, 1280]) {
      for (const language of ['nl', 'en'] as const) {
        for (const scheme of ['light', 'dark'] as const) shots.push({ page, language, width, scheme });
      }
    }
    shots.push({ page, language: 'nl', width: 1280, scheme: 'light', query: '?awkward' });
    shots.push({ page, language: 'nl', width: 320, scheme: 'dark', query: '?awkward' });
  }
  return [...shots, { page: 'password', language: 'nl', width: 1280, scheme: 'light', zoom: 2 }];
}

async function picture(browser: Browser, origin: string, folder: string, shot: Shot): Promise<void> {
  const { page, language, width, scheme, query = '', zoom = 1 } = shot;
  const view = await browser.newPage({
    viewport: { width: width / zoom, height: (width < 500 ? 780 : 860) / zoom },
    deviceScaleFactor: zoom,
    colorScheme: scheme,
  });
  await view.route('**/auto-submit.*', (route) => route.abort());
  await view.goto(`${origin}/${language}/${page}${query}`);
  const name = [page, language, width, scheme, query.slice(1), zoom > 1 && `zoom${zoom}`].filter(Boolean);
  await view.screenshot({ path: join(folder, `${name.join('-')}.png`), fullPage: true });
  await view.close();
}

const [folder, ...wanted] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node test/support/gallery.ts <folder> [page …]');
mkdirSync(folder, { recursive: true });
await using gallery = await startGallery();
await using browser = await startChromium();
const shots = allShots(wanted.length > 0 ? wanted : Object.keys(galleryPages));
for (const [index, shot] of shots.entries()) {
  await picture(browser, gallery.origin, folder, shot);
  process.stderr.write(`\r${index + 1} of ${shots.length}`);
}
process.stderr.write('\n');
