import assert from 'node:assert/strict';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { RawSettings } from '#config/settings.ts';
import type { Clock } from '#src/clock.ts';
import { openSampleApplication } from '../../demo/application.ts';
import { PASSWORD } from '../support/accounts.ts';
import { findings } from '../support/axe.ts';
import { startChromium } from '../support/chromium.ts';
import type { Hand } from '../support/hands.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { newestTo } from '../support/letters.ts';
import type { Ending } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { FULL_TENANT } from '../support/test-tenant.ts';
import type { Newcomer } from '../support/wizard.ts';
import { openVisitor, type Visitor } from './visitor.ts';

/** An installation with every method, the sample application, and one Chromium for all tests of a file. */
export interface Scene {
  installation: Installation;
  /** Origin of the sample application. */
  sample: string;
  visitor(options?: BrowserContextOptions): Promise<Visitor>;
  /** The page's visitor as somebody who signs in; every page that is reached goes through `see`. */
  person(page: Page, hand: Hand, loginName: string, see?: Newcomer['see']): Newcomer;
}

const CLIENT = { id: 'verzuimloket', secret: 'a-secret-of-the-sample-application-of-a-test' };

export interface SceneOptions {
  /** What the organisation decides beside what FULL_TENANT does. */
  tenant?: Partial<NonNullable<RawSettings['tenant']>>;
  settings?: Partial<RawSettings>;
  clock?: Clock;
}

/** Opens a scene; it ends with its suite. */
export async function openScene(
  ending: Ending,
  { tenant: own = {}, settings = {}, clock }: SceneOptions = {},
): Promise<Scene> {
  const port = await freePort();
  const sample = `http://localhost:${port}`;
  const client = {
    client_id: CLIENT.id,
    client_name: 'Verzuimloket',
    client_secret: CLIENT.secret,
    redirect_uris: [`${sample}/callback`],
    post_logout_redirect_uris: [`${sample}/signed-out`],
    first_party: true,
  };
  const tenant = { ...FULL_TENANT, ...own, initiateLoginUri: `${sample}/login` };
  const [installation, chromium] = await Promise.all([
    startInstallation(ending, {
      settings: { tenant, ...settings },
      clients: [client],
      ...(clock && { clock }),
    }),
    startChromium(),
  ]);
  ending.after(() => chromium.close());
  const { issuer } = installation;
  const { id: clientId, secret: clientSecret } = CLIENT;
  const application = await openSampleApplication({ issuer, clientId, clientSecret, port, origin: sample });
  ending.after(async () => application[Symbol.asyncDispose]());
  const letter = (to: string) => newestTo(installation, to);
  return {
    installation,
    sample,
    visitor: (options) => openVisitor(chromium, options),
    person: (page, hand, loginName, see = async () => {}) => ({
      ...{ page, hand, sample, loginName, password: PASSWORD, letter, see },
    }),
  };
}

/** The first thing that sticks out of the window at the right, by which it scrolls sideways; null when nothing does. */
const sticksOut = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return null;
  const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > clientWidth);
  return wide.at(-1)?.outerHTML.slice(0, 120) ?? 'something';
})()`;

/** Nothing scrolls sideways at any of these widths, in pixels. The window is left as wide as it was. */
export async function assertFits(page: Page, name: string, widths: readonly number[]): Promise<void> {
  const size = page.viewportSize();
  assert.ok(size);
  for (const width of widths) {
    await page.setViewportSize({ ...size, width });
    assert.equal(await page.evaluate(sticksOut), null, `${name} at ${width} px`);
  }
  await page.setViewportSize(size);
}

/**
 * Looks at a page as a tester of accessibility would: axe-core's findings, and nothing scrolls sideways at 320 px
 * (1280 at 400 %) or at 640 px (1280 at 200 %), there with text at 200 % as well (WCAG 1.4.4, 1.4.10).
 */
export async function inspect(page: Page, name: string): Promise<void> {
  assert.deepEqual(await findings(page), [], name);
  await assertFits(page, name, [320, 640]);
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 32 } });
  await assertFits(page, `${name} with text at 200 %`, [640]);
  await devTools.send('Page.setFontSizes', { fontSizes: { standard: 16, fixed: 16 } });
}
