import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { beginSignIn, codeFor, codeIn, tokensFor, typePassword } from '../support/sign-in.ts';

const AT_ONCE = 50;
/** Wrong passwords that an account has before it must wait (security.md). */
const FREE_TRIES = 5;

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
