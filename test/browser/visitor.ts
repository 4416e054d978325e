import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** A person at a fresh browser. */
export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** What the browser itself complained about: script errors, what a policy blocked. */
  complaints: string[];
}

/** Gives somebody a browser that knows nothing yet; Dutch unless told otherwise. */
export async function openVisitor(chromium: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await chromium.newContext({ locale: 'nl-NL', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refused form is answered with 4xx, which Chromium logs as a failed load of the page itself.
    const expected = /status of 4\d\d/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(message.text());
  });
  return { context, page, complaints };
}
