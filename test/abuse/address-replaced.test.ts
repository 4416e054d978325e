import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { RawSettings } from '#config/settings.ts';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { ANSWER, type Lost, linkIn, NEW_PASSWORD, type WaysBack, waysBack } from '../support/recovery.ts';
import { behindPassword, sentTo, untilQueueIsEmpty } from '../support/second-steps.ts';
import { signInToSettings } from '../support/settings.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const tenant = { ...TEST_TENANT, firstSignIn: { asks: 'email' } } satisfies RawSettings['tenant'];

const NOTICE = /het e-mailadres gewijzigd/;

describe('a proved address that a first sign-in replaces', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant } });
  });

  /** First sign-in of somebody whose address the organisation knows, up to the address that is saved. */
  const saving = async (loginName: string, known: string, typed: string) => {
    await installation.createAccount({ loginName, email: known });
    const { browser, page } = await behindPassword(installation, loginName);
    const asked = await browser.submit(page, { code: codeOf(keyOn(page)) });
    assert.equal(asked.step, 'security-question');
    await browser.press(asked, 'save', { email: typed });
    await untilQueueIsEmpty(installation);
    return (to: string) => sentTo(installation, to).filter(({ text }) => NOTICE.test(text)).length;
  };

  test('is told of it: whoever got hold of the first password types an address of their own', async () => {
    const noticesTo = await saving('onderschept', 'oud@test.example', 'dief@test.example');
    assert.deepEqual([noticesTo('oud@test.example'), noticesTo('dief@test.example')], [1, 0]);
  });

  test('by itself, in whatever spelling, is told nothing', async () => {
    const noticesTo = await saving('zelfde', 'zelfde@test.example', 'Zelfde@TEST.example');
    assert.equal(noticesTo('zelfde@test.example') + noticesTo('Zelfde@TEST.example'), 0);
  });
});

describe('an address that is replaced in the settings', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    const asks = { ...TEST_TENANT, firstSignIn: {} } satisfies RawSettings['tenant'];
    installation = await startInstallation(ending, { settings: { tenant: asks } });
    ways = waysBack(installation);
  });

  /** Somebody signs in and has another address; both are told. Resolves to the browser that did it. */
  const replace = async (someone: Lost, email: string): Promise<Browser> => {
    const browser = new Browser();
    const page = await signInToSettings(installation, browser, someone, '/account/email');
    const asked = await browser.press(page, 'continue', { email });
    const code = /^(\d{6})$/m.exec(sentTo(installation, email)[0]?.text ?? '')?.[1] ?? '';
    assert.equal((await browser.press(asked, 'confirm', { code })).step, 'settings');
    await untilQueueIsEmpty(installation);
    return browser;
  };
  /** The link that a replaced address was sent. */
  const wayBack = async (someone: Lost) => linkIn(await ways.mailTo(someone.email, NOTICE.source), '/not-me');
  const standing = async ({ accountId }: Lost) => {
    const { durable, tenant } = installation.running.composition;
    const account = await durable.accounts.findById(tenant.id, accountId);
    const { suspendedBy } = (await durable.accounts.findStanding(tenant.id, accountId)) ?? {};
    return [account?.email, suspendedBy];
  };

  test('by a thief who is in comes back: the thief is out, and its person in again by question and second step', async () => {
    const someone = await ways.person({ asked: true });
    const dief = 'dief1@test.example';
    const thief = await replace(someone, dief);
    const mine = new Browser();
    const page = await mine.open(await wayBack(someone));
    assert.equal(page.step, 'not-me');
    assert.match(page.body, /weer uw e-mailadres bij ons/);
    assert.match(page.body, /beveiligingsvraag en uw tweede stap/);
    const done = await mine.press(page, 'confirm-not-me');
    assert.equal(done.step, 'not-me-restored');
    assert.deepEqual(await standing(someone), [someone.email, 'person']);
    assert.equal((await thief.open(ways.at('/account'))).step, 'password', 'every session is over');
    assert.equal((await ways.behind(someone.loginName, PASSWORD)).page.step, 'blocked');
    await untilQueueIsEmpty(installation);
    for (const to of [someone.email, dief]) {
      const told = await ways.mailTo(to, 'Dat vorige adres geldt nu weer');
      assert.doesNotMatch(told, /\/not-me\?/, 'there is no way back from the way back');
    }
    const letter = linkIn(await ways.letterFor(someone));
    assert.deepEqual(ways.sentTo(dief, '/recover/link'), []);
    const asked = await ways.press(letter, mine);
    assert.equal(asked.step, 'recover-question');
    const anew = await mine.submit(asked, { answer: ANSWER });
    assert.equal((await mine.submit(anew, { password: NEW_PASSWORD })).step, 'recover-done');
    assert.deepEqual(await standing(someone), [someone.email, undefined]);
    assert.equal((await ways.behind(someone.loginName, NEW_PASSWORD)).page.step, 'second-step');
  });

  test('because a thief reads the old mailbox gives that thief nothing: question and second step stand there', async () => {
    const someone = await ways.person({ asked: true });
    await replace(someone, 'veilig2@test.example');
    const thief = new Browser();
    await thief.press(await thief.open(await wayBack(someone)), 'confirm-not-me');
    const asked = await ways.press(linkIn(await ways.letterFor(someone)), thief);
    assert.equal(asked.step, 'recover-question');
    const wrong = await thief.submit(asked, { answer: 'iets anders' });
    assert.equal(wrong.step, 'recover-question');
    assert.equal((await ways.behind(someone.loginName, PASSWORD)).page.step, 'blocked');
    assert.match(
      await ways.mailTo('veilig2@test.example', 'Dat vorige adres geldt nu weer'),
      /helpdesk@test\.example/,
    );
  });

  test('stays replaced where no question stands behind it: nobody gets in before the help desk looked', async () => {
    const someone = await ways.person();
    await replace(someone, 'veilig3@test.example');
    const thief = new Browser();
    const page = await thief.open(await wayBack(someone));
    assert.match(page.body, /tot de helpdesk heeft vastgesteld wie u bent/);
    assert.doesNotMatch(page.body, /weer uw e-mailadres/);
    const held = await thief.press(page, 'confirm-not-me');
    assert.equal(held.step, 'not-me-held');
    assert.match(held.body, /helpdesk@test\.example/);
    assert.doesNotMatch(held.body, /recover-password/);
    assert.deepEqual(await standing(someone), ['veilig3@test.example', 'former-address']);
    await ways.ask(new Browser(), someone.loginName);
    await ways.untilAnswered();
    assert.deepEqual(ways.sentTo(someone.email, '/recover/link'), []);
    assert.deepEqual(ways.sentTo('veilig3@test.example', '/recover/link'), []);
    assert.match(
      await ways.mailTo('veilig3@test.example', 'De helpdesk kan het account weer openen'),
      /gesloten/,
    );
  });
});
