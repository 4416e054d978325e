import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Factor } from '#src/sign-in/ports.ts';
import { codeOf, keyOn } from './authenticator.ts';
import type { Answer } from './browser.ts';
import type { Installation } from './installation.ts';
import type { SettingsScene } from './settings.ts';
import type { SoftwareKey } from './software-authenticator.ts';

/** The methods of a person, as the store has them. */
export function methodsOf(
  { running }: Pick<Installation, 'running'>,
  { account: { tenantId, id } }: Pick<SettingsScene, 'account'>,
): Promise<Factor[]> {
  return running.composition.durable.factors.list(tenantId, id);
}

/** Id of a person's only method of a kind. */
export async function idOf(
  installation: Pick<Installation, 'running'>,
  scene: Pick<SettingsScene, 'account'>,
  kind: string,
): Promise<string> {
  const [factor, ...more] = (await methodsOf(installation, scene)).filter((one) => one.kind === kind);
  assert.ok(factor !== undefined && more.length === 0, `not one ${kind}`);
  return factor.id;
}

/** Begins to add a method, from the list. */
export async function beginAdding({ browser, open }: SettingsScene, page: string): Promise<Answer> {
  return browser.press(await open('/account/methods'), `add-${page}`);
}

/** Proves the app of a page that shows one. */
export function proveApp(
  { browser }: Pick<SettingsScene, 'browser'>,
  page: Answer,
  at: number,
  fields: Record<string, string> = {},
): Promise<Answer> {
  return browser.press(page, 'continue', { code: codeOf(keyOn(page), at), ...fields });
}

const options = z.looseObject({ challenge: z.string() });

/** What the browser is asked to make a key for, on a page of the settings. */
export async function keyOptions({ browser }: Pick<SettingsScene, 'browser'>, page: Answer) {
  const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const answer = await browser.post(`${page.url.split('?')[0]}/passkey-options`, {
    purpose: 'set-up',
    stamp,
  });
  assert.equal(answer.status, 200, answer.body);
  return options.parse(JSON.parse(answer.body));
}

/** Sets up a key on the page that offers it. */
export async function addKey(
  scene: Pick<SettingsScene, 'browser'>,
  page: Answer,
  key: SoftwareKey,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const credential = key.register(await keyOptions(scene, page), new URL(page.url).origin);
  return scene.browser.press(page, 'use-passkey', { credential, ...fields });
}
