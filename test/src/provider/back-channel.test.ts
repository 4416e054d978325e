import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type LogoutListener, openLogoutListener, readLogoutToken } from '../../support/logout-listener.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { openProviderPlace, type ProviderPlace } from './provider-place.ts';

const SECRET = 'a-secret-of-another-client-0123456789';
const client = { client_secret: SECRET, redirect_uris: ['https://app.example/callback'] };
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('what is relied on of the library that tells applications', () => {
  const ending = endOfSuite();
  let listener: LogoutListener;
  let place: ProviderPlace;
  const lastToken = () => listener.tokens.at(-1);

  before(async () => {
    listener = await openLogoutListener(ending);
    place = await openProviderPlace(ending, {
      acrValues: [],
      applicationReach: { loopback: true, privateNetwork: false },
      clients: [
        {
          ...{ ...client, client_id: 'by-session', backchannel_logout_uri: listener.uri },
          backchannel_logout_session_required: true,
        },
        { ...client, client_id: 'by-person', backchannel_logout_uri: listener.uri },
        { ...client, client_id: 'deaf' },
      ],
    });
  });

  const tell = (clientId: string, sid: string | undefined = 'session-1') =>
    place.channel.tellLogout({ clientId, accountId: 'person', sid });

  test('a logout token says what the specification has it say, for two minutes, and nothing else', async () => {
    assert.deepEqual(await tell('by-session'), { kind: 'told' });
    assert.deepEqual(listener.asked.splice(0), ['POST /told']);
    const of = { issuer: place.issuer, audience: 'by-session' };
    const { header, claims } = await readLogoutToken(lastToken(), of);
    assert.deepEqual([header.typ, header.alg], ['logout+jwt', 'ES256']);
    assert.deepEqual(Object.keys(claims).sort(), ['aud', 'events', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
    const { iat = 0, exp = 0 } = claims;
    assert.equal(exp - iat, 120);
    assert.deepEqual(
      [claims.sub, claims.sid, claims.events, claims.nonce],
      ['person', 'session-1', { [EVENT]: {} }, undefined],
    );
  });

  test('each try makes a new one', async () => {
    const of = { issuer: place.issuer, audience: 'by-session' };
    await tell('by-session');
    const first = await readLogoutToken(lastToken(), of);
    await tell('by-session');
    const second = await readLogoutToken(lastToken(), of);
    assert.notEqual(first.claims.jti, second.claims.jti);
  });

  test('an application that does not ask for the session hears of the person alone', async () => {
    assert.deepEqual(await tell('by-person'), { kind: 'told' });
    const { claims } = await readLogoutToken(lastToken(), { issuer: place.issuer, audience: 'by-person' });
    assert.deepEqual([claims.sub, 'sid' in claims], ['person', false]);
    assert.deepEqual(
      await place.channel.tellLogout({ clientId: 'by-session', accountId: 'p', sid: undefined }),
      {
        kind: 'told',
      },
    );
    const without = await readLogoutToken(lastToken(), { issuer: place.issuer, audience: 'by-session' });
    assert.equal('sid' in without.claims, false, 'nor one whose session is over already');
  });

  test('who wants to hear nothing, or is not there any more, is asked nothing', async () => {
    listener.asked.splice(0);
    assert.deepEqual(await tell('deaf'), { kind: 'nobody' });
    assert.deepEqual(await tell('removed'), { kind: 'nobody' });
    assert.deepEqual(listener.asked, []);
  });

  test('an answer that is not 200 or 204 is a failure, and a redirect is not followed', async () => {
    listener.answers = 204;
    assert.deepEqual(await tell('by-session'), { kind: 'told' });
    for (const status of [201, 400, 404, 503]) {
      listener.answers = status;
      assert.deepEqual(await tell('by-session'), { kind: 'failed', reason: `status-${status}` });
    }
    listener.answers = 'elsewhere';
    listener.asked.splice(0);
    assert.deepEqual(await tell('by-session'), { kind: 'failed', reason: 'status-307' });
    assert.deepEqual(listener.asked, ['POST /told']);
    listener.answers = 200;
  });

  test('one that does not answer is given up after a few seconds, one that is down at once', async () => {
    listener.answers = 'hang';
    const before = Date.now();
    assert.deepEqual(await tell('by-session'), { kind: 'failed', reason: 'timeout' });
    assert.ok(Date.now() - before < 5_000);
    await listener.stop();
    assert.deepEqual(await tell('by-session'), { kind: 'failed', reason: 'unreachable' });
    listener.answers = 200;
    await listener.start();
  });

  for (const privateNetwork of [false, true]) {
    test(`outside of the trial no address of this machine is told anything, with private networks ${privateNetwork ? 'allowed' : 'refused'}`, async () => {
      const port = new URL(listener.uri).port;
      const hosts = ['localhost', '127.0.0.1', '[::1]', 'inner.localhost'];
      const guarded = await openProviderPlace(ending, {
        acrValues: [],
        applicationReach: { loopback: false, privateNetwork },
        clients: hosts.map((host) => ({
          ...client,
          client_id: host.replaceAll(/[^a-z0-9.]/g, '-'),
          backchannel_logout_uri: `http://${host}:${port}/told`,
        })),
      });
      listener.asked.splice(0);
      for (const host of hosts) {
        const clientId = host.replaceAll(/[^a-z0-9.]/g, '-');
        const told = await guarded.channel.tellLogout({ clientId, accountId: 'person', sid: 'one' });
        // A server that listens on one of the two families only is not there for the other.
        assert.equal(told.kind, 'failed', host);
        if (host === 'localhost') assert.deepEqual(told, { kind: 'failed', reason: 'private-address' });
      }
      assert.deepEqual(listener.asked, []);
    });
  }
});
