import assert from 'node:assert/strict';
import { codeOf, keyIn, keyOn } from './authenticator.ts';
import { type Answer, Browser } from './browser.ts';
import { type Installation, PASSWORD } from './installation.ts';
import { createRelyingParty, type Request } from './relying-party.ts';

export type RelyingParty = Awaited<ReturnType<typeof createRelyingParty>>;

/** A person at a browser, sent to sign in by the sample client. */
export async function beginSignIn(installation: Installation, browser = new Browser()) {
  const party = await createRelyingParty(installation.issuer);
  const request = await party.begin();
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

/** Signs in somebody with a fresh app account and exchanges the code. */
export async function tokensFor(installation: Installation, loginName: string, browser = new Browser()) {
  const { account, appData } = await installation.createAccount({
    loginName,
    withApp: true,
    roles: ['tester'],
  });
  const { party, request, page } = await beginSignIn(installation, browser);
  const answer = await signInWithApp(browser, page, { loginName, appData });
  const tokens = await party.finish(request, answer.location);
  return { account, appData, browser, party, request, tokens };
}

export type { Request };
