import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { RawSettings } from '#config/settings.ts';
import type { Account } from '#src/account/account.ts';
import type { Message } from '#src/message/ports.ts';
import type { PasskeyPurpose } from '#src/sign-in/factor.ts';
import type { SignInPlace } from './accounts.ts';
import { type Answer, Browser } from './browser.ts';
import type { Installation } from './installation.ts';
import { beginSignIn, typePassword, type Visit } from './sign-in.ts';
import type { Lies, SoftwareKey } from './software-authenticator.ts';
import { TEST_TENANT } from './test-tenant.ts';

/** Whether a browser was sent back with an authorization code: somebody is signed in. */
export const hasCode = ({ location }: Answer): boolean =>
  new URL(location ?? 'about:blank').searchParams.has('code');

/** A tenant of these methods, whose people are in once one of them is proved. */
export function tenantWith(...methods: string[]): RawSettings['tenant'] {
  return { ...TEST_TENANT, secondStep: { methods, backupCode: 'none' } };
}

/** Mobile numbers that nobody else in this process has (E.164). */
export function newNumbers(): () => string {
  let last = 20_000_000;
  return () => {
    last += 1;
    return `+316${last}`;
  };
}

/** What was sent to a number or address, newest first. */
export function sentTo({ outbox }: Pick<Installation, 'outbox'>, to: string): Message[] {
  return outbox.messages().filter((message) => message.to === to);
}

/** Somebody who typed the right password, in a browser of their own, at the page behind it. */
export async function behindPassword(
  place: SignInPlace,
  loginName: string,
  { browser = new Browser(), ...visit }: Visit & { browser?: Browser } = {},
) {
  const begun = await beginSignIn(place, browser, visit);
  return { ...begun, page: await typePassword(begun.browser, begun.page, loginName) };
}

/** A code of six digits that is not this one. */
export const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000');

const options = z.looseObject({ challenge: z.string() });

/** What the page's script is asked to sign. */
export async function passkeyOptions(browser: Browser, page: Answer, purpose: PasskeyPurpose) {
  const answer = await browser.post(`${page.url}/passkey-options`, { purpose });
  assert.equal(answer.status, 200, answer.body);
  return options.parse(JSON.parse(answer.body));
}

/** Sets up a key on the page that offers it. */
export async function registerKey(browser: Browser, page: Answer, key: SoftwareKey, lies: Lies = {}) {
  const asked = await passkeyOptions(browser, page, 'set-up');
  const credential = key.register(asked, new URL(page.url).origin, lies);
  return browser.follow(await browser.post(`${page.url}/enrol`, { method: 'webauthn', credential }));
}

/** Touches a key at the second step. */
export async function touchKey(browser: Browser, page: Answer, key: SoftwareKey, lies: Lies = {}) {
  const asked = await passkeyOptions(browser, page, 'sign-in');
  const credential = key.sign(asked, new URL(page.url).origin, lies);
  return browser.follow(await browser.post(`${page.url}/second-step`, { credential }));
}

/** Marks somebody's first sign-in as done, and gives them this backup code (plain) where one is named. */
export async function settle(
  { running }: Pick<Installation, 'running'>,
  { tenantId, id }: Pick<Account, 'tenantId' | 'id'>,
  backupCode?: string,
): Promise<void> {
  const { durable, secondStep, clock } = running.composition;
  await durable.enrolments.finish(tenantId, id, clock.now());
  if (backupCode === undefined) return;
  const kept = await secondStep.backupCodes.keep(tenantId, id, backupCode, undefined, clock.now());
  assert.ok(kept, 'the backup code was not kept');
}

/** Resolves once `met` holds: what is sent in the background has left. */
export async function untilSent(met: () => boolean): Promise<void> {
  for (let tries = 0; !met(); tries += 1) {
    assert.ok(tries < 500, 'it was not sent');
    await sleep(10);
  }
}

/** Resolves once everything that was told so far has been put into the queue, and has left it. */
export async function untilQueueIsEmpty({ running }: Pick<Installation, 'running'>): Promise<void> {
  const { durable, secondStep } = running.composition;
  await secondStep.notices[Symbol.asyncDispose]();
  for (let tries = 0; (await durable.queue.depth()).some(({ waiting }) => waiting > 0); tries += 1) {
    assert.ok(tries < 500, 'the queue was not emptied');
    await sleep(10);
  }
}
