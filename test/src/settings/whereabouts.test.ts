import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListedLane, STRANGERS } from '#src/lockout/ports.ts';
import type { Grant, Session } from '#src/session/ports.ts';
import { shortName } from '#src/settings/short-name.ts';
import { browserNamed, createWhereabouts, sessionNamed } from '#src/settings/whereabouts.ts';

const AT = Date.UTC(2026, 0, 15, 9);

function session(uid: string, more: Partial<Session> = {}): Session {
  const facts = { passwordAt: AT, shared: false, userAgent: 'A browser', address: '192.0.2.1' };
  return { uid, accountId: 'anna', signedInAt: AT, lastUsedAt: AT, facts, applications: [], ...more };
}

function lane(name: string, more: Partial<ListedLane> = {}): ListedLane {
  const open = { failures: 0, codeFailures: 0, blockedAt: undefined };
  return { lane: name, firstSeenAt: AT, lastSeenAt: AT, agent: undefined, ...open, ...more };
}

function grant(id: string, clientId: string, since: number, scopes: string[] = ['openid']): Grant {
  return { id, clientId, since, scopes };
}

/** What somebody has, as they ask from a session. */
function whereabouts({
  asking = session('here'),
  sessions = [asking],
  grants = [],
  lanes = [],
}: {
  asking?: Session;
  sessions?: Session[];
  grants?: Grant[];
  lanes?: ListedLane[];
}) {
  const names: Record<string, string> = { app: 'Verzuim', agenda: 'Agenda' };
  const reads = createWhereabouts({
    sessions: { list: async () => sessions, grants: async () => grants },
    lanes: { list: async () => lanes },
    applicationNames: async () => (clientId) => names[clientId] ?? clientId,
  });
  const turn = { tenantId: 'tenant', account: { id: 'anna' }, session: asking };
  return { sessions: () => reads.sessions(turn), access: () => reads.access(turn) };
}

test('the session that asks comes first, however long ago another one was used', async () => {
  const sessions = [session('there'), session('here'), session('elsewhere')];
  const found = await whereabouts({ sessions }).sessions();
  assert.deepEqual(
    found.sessions.map(({ here }) => here),
    [true, false, false],
  );
});

test('applications of a session are those that still hold something in it, by name', async () => {
  const applications = [
    { clientId: 'app', sid: 's', grantId: 'alive' },
    { clientId: 'agenda', sid: 's', grantId: 'alive too' },
    { clientId: 'withdrawn', sid: 's', grantId: 'dead' },
    { clientId: 'never', sid: 's', grantId: undefined },
  ];
  const grants = [grant('alive', 'app', AT), grant('alive too', 'agenda', AT)];
  const [found] = (await whereabouts({ asking: session('here', { applications }), grants }).sessions())
    .sessions;
  assert.deepEqual(found?.applications, ['Agenda', 'Verzuim']);
});

test('a session of which little is known is shown with what is known', async () => {
  const [found] = (await whereabouts({ asking: session('here', { facts: undefined }) }).sessions()).sessions;
  assert.deepEqual([found?.userAgent, found?.address, found?.shared], [undefined, undefined, false]);
});

test('no real name of a session or a browser is on a page', async () => {
  const asking = session('uid-of-a-session');
  const found = await whereabouts({ asking, lanes: [lane('digest-of-a-mark')] }).sessions();
  assert.doesNotMatch(JSON.stringify(found), /uid-of|digest-of/);
});

test('strangers are no browser, and the one that asks is marked when it is remembered', async () => {
  const lanes = [lane(STRANGERS, { firstSeenAt: undefined }), lane('phone'), lane('laptop')];
  const facts = { passwordAt: AT, shared: false, browser: 'laptop' };
  const found = await whereabouts({ asking: session('here', { facts }), lanes }).sessions();
  assert.deepEqual(
    found.browsers.map(({ here }) => here),
    [true, false],
  );
  const unknown = await whereabouts({ lanes }).sessions();
  assert.deepEqual(
    unknown.browsers.map(({ here }) => here),
    [false, false],
  );
});

test('access is told once for each application: everything it sees, and since when', async () => {
  const grants = [
    grant('1', 'app', AT + 5, ['openid', 'email']),
    grant('2', 'agenda', AT),
    grant('3', 'app', AT + 1, ['openid', 'profile']),
  ];
  assert.deepEqual(await whereabouts({ grants }).access(), [
    { clientId: 'agenda', name: 'Agenda', scopes: ['openid'], since: AT },
    { clientId: 'app', name: 'Verzuim', scopes: ['openid', 'email', 'profile'], since: AT + 1 },
  ]);
});

test('what goes by a name is found by that person’s own name for it only', () => {
  const own = session('uid');
  const turn = { tenantId: 'tenant', account: { id: 'anna' }, session: own };
  assert.equal(sessionNamed([own], shortName('session', 'anna', 'uid')), own);
  const laptop = lane('laptop');
  assert.equal(browserNamed([laptop], turn, shortName('browser', 'anna', 'laptop')), laptop);
  for (const name of ['uid', 'laptop', '', shortName('session', 'bram', 'uid')]) {
    assert.equal(sessionNamed([own], name), undefined);
    assert.equal(browserNamed([laptop], turn, name), undefined);
  }
  assert.equal(browserNamed([lane(STRANGERS)], turn, shortName('browser', 'anna', STRANGERS)), undefined);
  assert.notEqual(shortName('browser', 'anna', 'x'), shortName('session', 'anna', 'x'));
});
