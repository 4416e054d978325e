import assert from 'node:assert/strict';
import type { NewTestAccount, SignInPlace } from './accounts.ts';
import { type Answer, Browser } from './browser.ts';
import { signInWithApp } from './sign-in.ts';

/** Somebody who looks after their own account: signed in, and at the overview of the settings. */
export interface SettingsScene {
  browser: Browser;
  page: Answer;
  account: Awaited<ReturnType<SignInPlace['createAccount']>>['account'];
  appData: string | undefined;
  /** Opens a page of the settings. */
  open(path: string): Promise<Answer>;
}

/** Makes an account with an app and signs it in to the settings. `at`: the time that its app goes by. */
export async function openSettings(
  installation: SignInPlace,
  person: NewTestAccount & { loginName: string },
  { browser = new Browser(), at }: { browser?: Browser; at?: number } = {},
): Promise<SettingsScene> {
  const { account, appData } = await installation.createAccount({ withApp: true, ...person });
  const page = await signInToSettings(installation, browser, { loginName: person.loginName, appData, at });
  const open = (path: string) => browser.open(`${installation.issuer}${path}`);
  return { browser, page, account, appData, open };
}

/** Signs in for a page of the settings, by password and app; resolves to that page. */
export async function signInToSettings(
  { issuer }: Pick<SignInPlace, 'issuer'>,
  browser: Browser,
  who: { loginName: string; appData: string | undefined; at?: number | undefined },
  path = '/account',
): Promise<Answer> {
  const page = await browser.open(`${issuer}${path}`);
  assert.equal(page.step, 'password');
  return signInAgain(browser, page, who);
}

/** Gives both steps at the password page that a page of the settings led to. */
export async function signInAgain(
  browser: Browser,
  page: Answer,
  { loginName, appData, at }: { loginName: string; appData: string | undefined; at?: number | undefined },
): Promise<Answer> {
  const who = { loginName, appData };
  const signedIn = await signInWithApp(browser, page, at === undefined ? who : { ...who, at });
  return throughWizard(browser, signedIn);
}

/** What a test's organisation asks of a newcomer beside the app: left for later where it may be, else answered. */
async function throughWizard(browser: Browser, page: Answer): Promise<Answer> {
  switch (page.step) {
    case 'enrol-sms':
    case 'enrol-yubikey':
    case 'confirm-email':
      return throughWizard(browser, await browser.press(page, 'skip'));
    case 'backup-code':
      return throughWizard(browser, await browser.press(page, 'continue'));
    case 'security-question': {
      const typed = {
        question: 'first-concert',
        answer: 'Sproetje van de hoek',
        email: 'nieuw@test.example',
      };
      return throughWizard(browser, await browser.submit(page, typed));
    }
    default:
      return page;
  }
}
