import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { NEW_PASSWORD, type WaysBack, waysBack } from '../support/recovery.ts';
import { hasCode } from '../support/second-steps.ts';
import { beginSignIn, codeFor, typePassword } from '../support/sign-in.ts';

const SECOND = 1_000;

/*
 * Somebody who has a person's password and second step, and signs in over and over, always has a sign-in under way when
 * the person at last chooses another password.
 */
describe('a sign-in that is under way while its password is replaced', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    installation = await startInstallation(ending);
    ways = waysBack(installation);
  });

  /** The change alone, at the worst moment: of whatever a recovery ends before and after it there is nothing yet. */
  const replace = async ({ tenantId, id }: { tenantId: string; id: string }) => {
    const { durable, hasher, clock } = installation.running.composition;
    const hash = await hasher.hash(NEW_PASSWORD);
    const change = { hash, at: clock.now(), provesEmail: undefined };
    assert.ok(await durable.accounts.changePassword(tenantId, id, change));
  };

  test('ends, also when the old one was just being judged', async (t) => {
    const tick = stopClock(t);
    const { hasher } = installation.running.composition;
    const { account, appData } = await installation.createAccount({ loginName: 'gewogen', withApp: true });
    const verify = hasher.verify.bind(hasher);
    const slow = t.mock.method(hasher, 'verify', async (hash: string | undefined, password: string) => {
      const verdict = await verify(hash, password);
      await replace(account);
      tick(SECOND);
      return verdict;
    });
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'gewogen', PASSWORD);
    slow.mock.restore();
    const end = await browser.submit(second, { code: codeOf(keyIn(appData ?? ''), Date.now()) });
    assert.equal(hasCode(end), false);
    assert.equal(end.step, 'password');
  });

  test('ends, also when its second step was just being judged', async (t) => {
    const { durable, tenant } = installation.running.composition;
    const { factors } = durable;
    const someone = await ways.person();
    const account = { tenantId: tenant.id, id: someone.accountId };
    const use = factors.use.bind(factors);
    t.mock.method(factors, 'use', async (...of: Parameters<typeof use>) => {
      const fresh = await use(...of);
      await replace(account);
      return fresh;
    });
    const { browser, answer } = await ways.enter(someone, PASSWORD);
    assert.equal(hasCode(answer), false);
    const again = await beginSignIn(installation, browser);
    assert.equal(again.page.step, 'password', 'there is no session');
  });

  test('has no tokens by a code that it got before', async (t) => {
    const tick = stopClock(t);
    const { account, party, request, answer } = await codeFor(installation, 'code-van-voor', new Browser());
    tick(SECOND);
    await replace(account);
    await assert.rejects(party.finish(request, answer.location), /invalid_grant|invalid grant|response body/);
  });
});
