import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { factsIn } from '#src/provider/session-facts.ts';
import type { SessionFacts } from '#src/session/ports.ts';
import { Browser } from '../../support/browser.ts';
import { CLIENT } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { createRelyingParty } from '../../support/relying-party.ts';
import { FACTS, openProviderPlace, type ProviderPlace, WITH_APP } from './provider-place.ts';

const clients = [
  {
    ...{ client_id: 'app', client_secret: CLIENT.client_secret, first_party: true },
    redirect_uris: [...CLIENT.redirect_uris],
  },
];

describe('what a session remembers of its sign-in', () => {
  const ending = endOfSuite();
  let place: ProviderPlace;

  before(async () => {
    place = await openProviderPlace(ending, { clients, acrValues: ['urn:poortwachter:acr:mfa'] });
  });

  /** Signs in with these facts, or again; resolves to what the sessions of the person then tell. */
  const signIn = async (browser: Browser, facts: SessionFacts, parameters: Record<string, string> = {}) => {
    place.deed = (gateway, req, res) =>
      gateway.signIn(req, res, { accountId: 'person', assurance: WITH_APP, at: Date.now(), facts });
    const party = await createRelyingParty(place.issuer);
    const answer = await browser.open((await party.begin(parameters)).url);
    assert.ok(answer.location?.includes('code='), answer.body);
    const sessions = await place.artifacts.ofAccount('tenant', 'Session', 'person');
    return sessions.map(({ payload }) => factsIn(payload.authorizations));
  };
  const again = { prompt: 'login' };

  test('is what the last sign-in told, and stays while applications go in and out', async () => {
    const browser = new Browser();
    assert.deepEqual(await signIn(browser, FACTS), [FACTS]);
    const later = { ...FACTS, passwordAt: FACTS.passwordAt + 1, address: '192.0.2.7', browser: 'lane' };
    assert.deepEqual(await signIn(browser, later), [FACTS], 'nobody was asked: nothing new was told');
    assert.deepEqual(await signIn(browser, later, again), [later]);
    await place.artifacts.endAccount('tenant', 'person');
  });

  test('is that a computer is shared, until somebody signs out of it', async () => {
    const browser = new Browser();
    const shared = { ...FACTS, shared: true };
    assert.deepEqual(await signIn(browser, shared), [shared]);
    assert.deepEqual(
      await signIn(browser, FACTS, again),
      [shared],
      'it does not become one’s own by a second sign-in',
    );
    await place.artifacts.endAccount('tenant', 'person');
    assert.deepEqual(await signIn(browser, FACTS), [FACTS]);
    await place.artifacts.endAccount('tenant', 'person');
  });

  test('is nothing where it is not what a sign-in of ours tells', () => {
    for (const kept of [undefined, null, 'x', {}, { 'poortwachter-account': { facts: { shared: 1 } } }]) {
      assert.equal(factsIn(kept), undefined);
    }
  });
});
