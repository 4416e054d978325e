import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { addSampleMethod } from '../support/added-method.ts';
import type { Answer } from '../support/browser.ts';
import type { Installation } from '../support/installation.ts';

addSampleMethod();
// Behind it: whatever loads the registry has the method.
const { startInstallation } = await import('../support/installation.ts');
const { endOfSuite } = await import('../support/postgres.ts');
const { beginSignIn, codeIn, typePassword } = await import('../support/sign-in.ts');
const { codeOf, keyOn } = await import('../support/authenticator.ts');
const { FULL_TENANT } = await import('../support/test-tenant.ts');

/** The words that the set-up page shows, as a person would write them down. */
function wordsOn({ body }: Answer): string[] {
  const shown = /id="setup-key"[^>]*>(.*?)<\/p>/s.exec(body)?.[1] ?? '';
  return [...shown.matchAll(/>([A-Z2-7]{4})</g)].map(([, word]) => word ?? '');
}

describe('a method that was added by one file, its line in the registry and its texts', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const tenant = { ...FULL_TENANT, firstSignIn: { asks: 'nothing' as const } };
    // In this process only: another one has the registry as it is in the file.
    installation = await startInstallation(ending, { replicas: 1, settings: { tenant } });
  });

  const signIn = async (loginName: string) => {
    const begun = await beginSignIn(installation);
    return { ...begun, page: await typePassword(begun.browser, begun.page, loginName) };
  };

  /** Somebody new, behind a right password and at the page of an app. */
  const newcomer = async (loginName: string) => {
    await installation.createAccount({ loginName });
    const begun = await signIn(loginName);
    const yubikey = await begun.browser.press(begun.page, 'skip');
    const page = await begun.browser.press(yubikey, 'skip');
    assert.equal(page.step, 'enrol-app');
    return { ...begun, page };
  };

  test('has its place in the first sign-in, and counts as one of its steps', async () => {
    const { browser, page } = await newcomer('plaats');
    const added = await browser.press(page, 'skip');
    assert.equal(added.step, 'enrol-word-list');
    assert.match(added.body, /Stap 4 van 5/);
    assert.match(added.body, /Woord van een lijst/);
    assert.match(added.body, /Schrijf deze tien woorden op/);
  });

  test('is set up, and then signs in, with a token that says what it is', async () => {
    const { browser, page, party, request } = await newcomer('opzetten');
    const added = await browser.press(page, 'skip');
    const words = wordsOn(added);
    assert.equal(words.length, 10);
    const wrong = await browser.press(added, 'continue', { code: words[1] ?? '' });
    assert.equal(wrong.step, 'enrol-word-list');
    assert.deepEqual(wordsOn(wrong), words, 'what was written down stays good');
    const backup = await browser.press(wrong, 'continue', { code: words[0] ?? '' });
    assert.equal(backup.step, 'backup-code');
    const done = await browser.press(backup, 'continue');
    const tokens = await party.finish(request, done.location);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'otp', 'mfa']);

    const later = await signIn('opzetten');
    assert.equal(later.page.step, 'second-step');
    assert.match(later.page.body, /data-method="word-list"/);
    assert.match(later.page.body, /Vul woord 2 van uw lijst in/);
    const used = await later.browser.submit(later.page, { code: words[0] ?? '' });
    assert.equal(used.step, 'second-step', 'a word is good once');
    assert.ok(codeIn((await later.browser.submit(used, { code: words[1] ?? '' })).location));
  });

  test('is one of the other ways of who is stuck, and is asked once chosen', async () => {
    const first = await newcomer('twee-manieren');
    const added = await first.browser.press(first.page, 'continue', { code: codeOf(keyOn(first.page)) });
    const words = wordsOn(added);
    await first.browser.press(added, 'continue', { code: words[0] ?? '' });

    const { browser, page } = await signIn('twee-manieren');
    const withWords = await browser.open(`${page.url}/stuck`);
    const withApp = await browser.press(withWords, 'method-totp');
    assert.match(withApp.body, /data-method="totp"/);
    const stuck = await browser.open(`${page.url}/stuck`);
    assert.equal(stuck.step, 'stuck');
    assert.match(stuck.body, /Gebruik uw woordenlijst/);
    const chosen = await browser.press(stuck, 'method-word-list');
    assert.match(chosen.body, /Vul woord 2 van uw lijst in/);
    const next = await browser.submit(chosen, { code: words[1] ?? '' });
    assert.equal(next.step, 'backup-code', 'the first sign-in goes on where it was broken off');
  });
});
