import assert from 'node:assert/strict';
import { PASSWORD, type SignInPlace } from './accounts.ts';
import { codeOf, keyIn, keyOn } from './authenticator.ts';
import { type Answer, Browser } from './browser.ts';
import { createRelyingParty, type PartyOptions, type Request } from './relying-party.ts';

export type RelyingParty = Awaited<ReturnType<typeof createRelyingParty>>;

/** Who sends the person, and with which parameters in the authorization request. */
export interface Visit {
  client?: PartyOptions;
  parameters?: Record<string, string>;
}

/** A person at a browser, sent to sign in by the sample client or the one named. */
export async function beginSignIn(
  installation: SignInPlace,
  browser = new Browser(),
  { client = {}, parameters = {} }: Visit = {},
) {
  const party = await createRelyingParty(installation.issuer, client);
  const request = await party.begin(parameters);
  const page = await browser.open(request.url);
  assert.equal(page.step, 'password');
  return { browser, party, request, page };
}

/** Types login name and password. */
export function typePassword(browser: Browser, page: Answer, loginName: string, password = PASSWORD) {
  return browser.submit(page, { login_name: loginName, password });
}

/** A whole sign-in by somebody who has an app; resolves to the address that carries the code. */
export async function signInWithApp(
  browser: Browser,
  page: Answer,
  { loginName, appData, at }: { loginName: string; appData: string | undefined; at?: number },
): Promise<Answer> {
  const second = await typePassword(browser, page, loginName);
  assert.equal(second.step, 'second-step');
  return browser.submit(second, { code: codeOf(keyIn(appData ?? ''), at) });
}

/** A first sign-in: sets up the app that the page shows; resolves to the answer and the app's key. */
export async function signInFirstTime(browser: Browser, page: Answer, loginName: string) {
  const setUp = await typePassword(browser, page, loginName);
  assert.equal(setUp.step, 'enrol-app');
  const key = keyOn(setUp);
  return { key, answer: await browser.submit(setUp, { code: codeOf(key) }) };
}

/** An account with an app signs in at a browser; `answer` is where the provider sent it, with the code. */
export async function codeFor(
  installation: SignInPlace,
  loginName: string,
  browser = new Browser(),
  visit: Visit = {},
) {
  const { account, appData } = await installation.createAccount({
    loginName,
    withApp: true,
    roles: ['tester'],
  });
  const begun = await beginSignIn(installation, browser, visit);
  const answer = await signInWithApp(browser, begun.page, { loginName, appData });
  return { ...begun, account, appData, answer };
}

/** Signs in somebody with a fresh app account and exchanges the code. */
export async function tokensFor(
  installation: SignInPlace,
  loginName: string,
  browser = new Browser(),
  visit: Visit = {},
) {
  const { account, appData, party, request, answer } = await codeFor(installation, loginName, browser, visit);
  const tokens = await party.finish(request, answer.location);
  return { account, appData, browser, party, request, tokens };
}

/** The code in the address that a browser was sent back to. */
export function codeIn(location: string | undefined): string {
  const code = new URL(location ?? 'about:blank').searchParams.get('code');
  assert.ok(code, `no code in ${location}`);
  return code;
}

export type { Request };
