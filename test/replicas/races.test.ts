import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { LANE_LIMIT } from '#src/lockout/policy.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { otherThan } from '../support/second-steps.ts';
import { beginSignIn, codeFor, codeIn, tokensFor, typePassword } from '../support/sign-in.ts';

const AT_ONCE = 50;
/** Wrong passwords that an account has before it must wait (security.md). */
const FREE_TRIES = 5;

const waits = (page: Answer): boolean => page.body.includes('class="alert waiting"');

describe('two processes asked at once', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 2 });
  });

  test('sell a code once at most, and nothing of it works after it was asked for again', async () => {
    const { party, request, answer } = await codeFor(installation, 'koper');
    const code = codeIn(answer.location);
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: party.redirectUri,
      code_verifier: request.verifier,
    };
    const sold = await Promise.all(Array.from({ length: AT_ONCE }, () => party.askToken(fields)));
    const bought = sold.filter(({ status }) => status === 200);
    // The many others are taken for thieves: their use of the code may end even the first one's tokens under way.
    assert.ok(bought.length <= 1, `${bought.length} sold`);
    for (const { status, json } of sold) if (status !== 200) assert.equal(json.error, 'invalid_grant');
    for (const { json } of bought) {
      assert.equal(await userinfoStatus(installation.issuer, json.access_token ?? ''), 401);
      assert.equal(await userinfoStatus(installation.issuer, json.access_token ?? ''), 401);
    }
  });

  test('take a code of an app once, in whichever of two sign-ins', async () => {
    const { appData } = await installation.createAccount({ loginName: 'dubbel', withApp: true });
    const seconds = await Promise.all(
      [1, 2].map(async () => {
        const { browser, page } = await beginSignIn(installation);
        return { browser, second: await typePassword(browser, page, 'dubbel') };
      }),
    );
    const code = codeOf(keyIn(appData ?? ''));
    const ends = await Promise.all(seconds.map(({ browser, second }) => browser.submit(second, { code })));
    const finished = ends.filter(({ location }) => location?.includes('code='));
    assert.equal(finished.length, 1);
    assert.equal(ends.find((end) => !finished.includes(end))?.step, 'second-step');
  });

  test('count wrong passwords together', async () => {
    await installation.createAccount({ loginName: 'samen', withApp: true });
    for (let tried = 0; tried < FREE_TRIES; tried += 1) {
      const { browser, page } = await beginSignIn(installation);
      assert.equal((await typePassword(browser, page, 'samen', `verkeerd-${tried}`)).step, 'password');
    }
    for (const _turn of [1, 2, 3, 4]) {
      const { browser, page } = await beginSignIn(installation);
      const right = await typePassword(browser, page, 'samen');
      assert.equal(right.step, 'password', 'the right password has to wait too, wherever it is typed');
    }
  });

  test('let no more passwords be tried at once than one after the other', async () => {
    await installation.createAccount({ loginName: 'tegelijk', withApp: true });
    const opened = await Promise.all(Array.from({ length: AT_ONCE }, () => beginSignIn(installation)));
    const pages = await Promise.all(
      opened.map(({ browser, page }, tried) => typePassword(browser, page, 'tegelijk', `verkeerd-${tried}`)),
    );
    assert.equal(pages.filter((page) => !waits(page)).length, FREE_TRIES);
    const { browser, page } = await beginSignIn(installation);
    assert.ok(waits(await typePassword(browser, page, 'tegelijk')));
  });

  test('count wrong second steps together, over all sign-ins and new tabs', async () => {
    const { appData } = await installation.createAccount({ loginName: 'tabbladen', withApp: true });
    // One after the other: of right passwords at once, too, no more than five are being judged.
    const tabs: { browser: Browser; second: Answer }[] = [];
    while (tabs.length < 12) {
      const { browser, page } = await beginSignIn(installation);
      const second = await typePassword(browser, page, 'tabbladen');
      assert.equal(second.step, 'second-step');
      tabs.push({ browser, second });
    }
    const right = codeOf(keyIn(appData ?? ''));
    const answer = ({ browser, second }: (typeof tabs)[number], code: string) =>
      browser.submit(second, { code });
    const wrong = await Promise.all(tabs.slice(4).map((tab) => answer(tab, otherThan(right))));
    assert.equal(wrong.filter((page) => !waits(page)).length, FREE_TRIES);
    for (const tab of tabs.slice(0, 4)) assert.ok(waits(await answer(tab, right)), 'so has the right code');
  });

  test('count what one name asks for in mails together, and lead to one page whoever answers', async () => {
    const ask = async () => {
      const browser = new Browser();
      const page = await browser.open(`${installation.issuer}/recover/password`);
      return browser.press(page, 'send-mail', { login_name: 'vergeten' });
    };
    const pages = await Promise.all(Array.from({ length: 10 }, ask));
    assert.equal(pages.filter(({ step }) => step === 'recover-sent').length, 3);
    for (const _turn of [1, 2, 3, 4]) assert.equal((await ask()).step, 'recover-password');
  });

  test('put up one block together, and both know of it', async () => {
    const { account } = await installation.createAccount({ loginName: 'dicht', withApp: true });
    const { durable, tenant } = installation.running.composition;
    for (let tries = 1; tries < LANE_LIMIT; tries += 1) {
      const failure = { lane: STRANGERS, of: 'password', limit: LANE_LIMIT, at: Date.now() } as const;
      await durable.lanes.countFailure(tenant.id, account.id, failure);
    }
    const opened = await Promise.all([1, 2, 3, 4].map(() => beginSignIn(installation)));
    await Promise.all(
      opened.map(({ browser, page }) => typePassword(browser, page, 'dicht', 'a-wrong-password-at-last')),
    );
    for (const _turn of [1, 2, 3, 4]) {
      const { browser, page } = await beginSignIn(installation);
      assert.equal((await typePassword(browser, page, 'dicht')).step, 'blocked');
    }
    const told = (await durable.audit.events.bySubject(tenant.id, account.id, 50)).map(({ event }) => event);
    assert.equal(told.filter((event) => event === 'lockout.blocked').length, 1);
  });

  test('know at once that a session is over', async () => {
    const { account, browser, party, tokens } = await tokensFor(installation, 'voorbij');
    const { durable, operations, tenant } = installation.running.composition;
    await durable.accounts.setDisabled(tenant.id, account.id, Date.now());
    await operations.endAccount(account.id);
    for (const _turn of [1, 2, 3, 4]) {
      assert.equal(await userinfoStatus(installation.issuer, tokens.access_token), 401);
      const silent = await browser.open((await party.begin({ prompt: 'none' })).url);
      assert.equal(new URL(silent.location ?? '').searchParams.get('error'), 'login_required');
    }
    assert.equal((await new Browser().open((await party.begin()).url)).step, 'password');
  });
});
