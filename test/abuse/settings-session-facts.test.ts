import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ACCOUNT_CLIENT } from '#src/provider/account-client.ts';
import { factsIn } from '#src/provider/session-facts.ts';
import { Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { openSettings, signInToSettings } from '../support/settings.ts';

const NEXT_CODE = 61_000;
/** Each a little later in the way of the thief's request. */
const RACES = 8;

describe('what is known of a session, and its end', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1, clock });
  });

  const sessionsOf = async ({ tenantId, id }: { tenantId: string; id: string }) => {
    const found = await installation.running.composition.volatile.artifacts.ofAccount(
      tenantId,
      'Session',
      id,
    );
    return found.map(({ payload }) => payload);
  };

  /** The button to stay signed in, on the page on which an application asks to sign out. */
  const askToSignOut = async (browser: Browser, client: string) => {
    const page = await browser.open(`${installation.issuer}/session/end?client_id=${client}`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? assert.fail(`at ${page.step}`);
    return () => browser.post(`${installation.issuer}/session/end/confirm`, { xsrf });
  };

  test('a link of a stranger does not make a session forget how it began', async () => {
    const { browser, account } = await openSettings(
      installation,
      { loginName: 'gelokt' },
      { at: clock.now() },
    );
    const [before] = await sessionsOf(account);
    const stay = await askToSignOut(browser, ACCOUNT_CLIENT);
    assert.equal((await stay()).status, 303);
    const [after] = await sessionsOf(account);
    assert.deepEqual(factsIn(after?.authorizations), factsIn(before?.authorizations));
    assert.ok(factsIn(after?.authorizations));
  });

  test('a session that moves to another id at the moment it is ended stays ended', async () => {
    clock.advance(NEXT_CODE);
    const party = await createRelyingParty(installation.issuer);
    const { browser: first, ...who } = await openSettings(
      installation,
      { loginName: 'schuiver' },
      { at: clock.now() },
    );
    let there = first;
    const here = new Browser();
    const signIn = (browser: Browser, path: string) => {
      clock.advance(NEXT_CODE);
      const person = { loginName: 'schuiver', appData: who.appData, at: clock.now() };
      return signInToSettings(installation, browser, person, path);
    };
    await signIn(here, '/account');
    for (let race = 0; race < RACES; race += 1) {
      await there.open((await party.begin({ scope: 'openid' })).url);
      const move = await askToSignOut(there, CLIENT.client_id);
      const page = await here.open(`${installation.issuer}/account/sessions`);
      const late = async () => {
        for (let turns = 0; turns < race * 4; turns += 1) await new Promise(setImmediate);
        await move();
      };
      await Promise.all([here.press(page, 'end-others'), late()]);
      assert.equal((await there.open(`${installation.issuer}/account`)).step, 'password', `race ${race}`);
      assert.equal((await sessionsOf(who.account)).length, 1);
      there = new Browser();
      await signIn(there, '/account');
    }
  });
});
