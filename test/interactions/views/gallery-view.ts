import { after, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from '../../support/chromium.ts';
import { type Gallery, startGallery } from '../../support/gallery-server.ts';

/** A page in a context of its own, whose addresses begin at the gallery, with what went wrong in it so far. */
export interface GalleryView {
  page: Page;
  /** Every fault in the page, a refusal by the content security policy among them. */
  faults: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the gallery and Chromium for the tests of a file; gives what opens an empty page there. */
export function useGallery(): (options?: BrowserContextOptions) => Promise<GalleryView> {
  let gallery: Gallery;
  let browser: Browser;
  before(async () => {
    gallery = await startGallery();
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
    await gallery[Symbol.asyncDispose]();
  });
  return async (options = {}) => {
    const context = await browser.newContext({ baseURL: gallery.origin, ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    return { page, faults, [Symbol.asyncDispose]: () => context.close() };
  };
}
