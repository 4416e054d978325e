import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, beforeEach, describe, test } from 'node:test';
import type { AuditRecord } from '#src/audit/ports.ts';
import { createCommandHouse } from '#src/compose/command-house.ts';
import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { type LogoutListener, openLogoutListener, readLogoutToken } from '../support/logout-listener.ts';
import { endOfSuite } from '../support/postgres.ts';
import { eventually } from '../support/product-process.ts';
import { type Lost, linkIn, NEW_PASSWORD, type WaysBack, waysBack } from '../support/recovery.ts';
import { beginSignIn, type RelyingParty, signInWithApp } from '../support/sign-in.ts';

const DAY = 24 * 3_600_000;
const SECRET = 'a-secret-of-another-client-0123456789';
const base = {
  client_secret: SECRET,
  redirect_uris: [CLIENT.redirect_uris[0]],
  post_logout_redirect_uris: [CLIENT.post_logout_redirect_uris[0]],
  first_party: true,
};

const xsrfOn = (page: Answer) => /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';

interface SignedIn {
  someone: Lost;
  account: string;
  browser: Browser;
  party: RelyingParty;
  idToken: string;
  sid: unknown;
  refreshToken: string;
}

function read(tokens: Awaited<ReturnType<RelyingParty['finish']>>) {
  const { id_token: idToken = '', refresh_token: refreshToken = '' } = tokens;
  return { idToken, refreshToken, sid: tokens.claims()?.sid };
}

describe('applications hear that a session ended', () => {
  const ending = endOfSuite();
  let listener: LogoutListener;
  let installation: Installation;
  let ways: WaysBack;

  before(async () => {
    listener = await openLogoutListener(ending);
    const told = { ...base, backchannel_logout_uri: listener.uri };
    installation = await startInstallation(ending, {
      replicas: 1,
      clients: [
        { ...told, client_id: 'by-session', backchannel_logout_session_required: true },
        { ...told, client_id: 'by-person' },
      ],
    });
    ways = waysBack(installation);
  });

  beforeEach(() => {
    listener.tokens.splice(0);
    listener.asked.splice(0);
    listener.answers = 200;
  });

  /** Somebody who is signed in to an application, which is told of it by default; with offline access where it is wanted. */
  const signedIn = async ({ client = 'by-session', offline = false } = {}): Promise<SignedIn> => {
    const someone = await ways.person();
    const visit = client === 'app' ? {} : { client: { id: client, secret: SECRET } };
    const { browser, party, request, page } = await beginSignIn(installation, new Browser(), visit);
    const { location } = await signInWithApp(browser, page, someone);
    const tokens = await party.finish(request, location);
    const signed = { ...{ someone, account: someone.accountId, browser, party }, ...read(tokens) };
    if (!offline) return signed;
    const more = await party.begin({ scope: 'openid offline_access', prompt: 'consent' });
    const consented = await browser.submit(await browser.open(more.url), {});
    return { ...signed, ...read(await party.finish(more, consented.location)) };
  };

  /** The tokens that came, once there are that many, and nothing waits any more. */
  const heard = async (most = 1): Promise<string[]> => {
    await eventually(
      async () => listener.tokens.length,
      (count) => count >= most,
    );
    await ways.untilAnswered();
    assert.equal(listener.tokens.length, most);
    return listener.tokens;
  };

  const claimsOf = async (token: string | undefined, audience = 'by-session') =>
    (await readLogoutToken(token, { issuer: installation.issuer, audience })).claims;

  /** What the audit log has of telling about somebody; written as far as possible, so soon and not at once. */
  const recorded = async (account: string, least: number): Promise<AuditRecord[]> => {
    const { durable, tenant } = installation.running.composition;
    const look = async () => {
      const all = await durable.audit.events.page(tenant.id, { after: 0, limit: 10_000 });
      return all.filter(({ event, subject }) => event === 'logout.told' && subject === account);
    };
    return eventually(look, ({ length }) => length >= least);
  };

  const delivery = async (account: string) => {
    const { durable, tenant } = installation.running.composition;
    const all = await durable.queue.ofAccount(tenant.id, account, 20);
    return all.filter(({ kind }) => kind === LOGOUT_KIND);
  };

  const isDead = async (party: RelyingParty, refreshToken: string | undefined) => {
    const fields = { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' };
    return (await party.askToken(fields)).json.error === 'invalid_grant';
  };

  const signOut = async (browser: Browser) => {
    const page = await browser.open(`${installation.issuer}/account`);
    assert.equal((await browser.press(page, 'sign-out')).step, 'signed-out');
  };

  test('that a person ended in the settings, by the name it has in their ID token; offline access ends too', async () => {
    const { browser, party, refreshToken, sid, account } = await signedIn({ offline: true });
    assert.equal(typeof sid, 'string');
    await signOut(browser);
    const claims = await claimsOf((await heard())[0]);
    assert.deepEqual([claims.sub, claims.sid], [account, sid]);
    assert.equal(await isDead(party, refreshToken), true);
    const [record] = await recorded(account, 1);
    assert.deepEqual(
      [record?.outcome, record?.reason, record?.client, record?.actor],
      ['success', 'told', 'by-session', { kind: 'system' }],
    );
  });

  test('of a person, where an application does not ask for the session: the token names none', async () => {
    const { browser, account, sid } = await signedIn({ client: 'by-person' });
    assert.equal(sid, undefined);
    await signOut(browser);
    const claims = await claimsOf((await heard())[0], 'by-person');
    assert.deepEqual([claims.sub, 'sid' in claims], [account, false]);
  });

  test('only where they registered an address: the others take no room in the queue', async () => {
    const { browser, account } = await signedIn({ client: 'app' });
    await signOut(browser);
    assert.deepEqual(await delivery(account), []);
    assert.deepEqual(listener.asked, []);
  });

  test('that a new password ended, offline access with it', async () => {
    const { someone, party, refreshToken, sid, account } = await signedIn({ offline: true });
    const browser = new Browser();
    const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
    assert.equal((await browser.press(fresh, 'save', { password: NEW_PASSWORD })).step, 'recover-done');
    const claims = await claimsOf((await heard())[0]);
    assert.deepEqual([claims.sub, claims.sid], [account, sid]);
    assert.equal(await isDead(party, refreshToken), true);
  });

  test('that an operator ended by a command in a process of its own', async () => {
    const { account, party, refreshToken, sid } = await signedIn({ offline: true });
    await using operations = await createCommandHouse().open(installation.config);
    assert.deepEqual(await operations.endAccount(account), { sessions: 1, grants: 1 });
    const claims = await claimsOf((await heard())[0]);
    assert.equal(claims.sid, sid);
    assert.equal(await isDead(party, refreshToken), true);
  });

  test('that is over already where only offline access was left: of the person then', async () => {
    const { account, party, refreshToken } = await signedIn({ offline: true });
    const { operations, volatile, tenant } = installation.running.composition;
    const [session] = await volatile.artifacts.ofAccount(tenant.id, 'Session', account);
    await volatile.artifacts.destroy(tenant.id, 'Session', session?.id ?? '');
    assert.deepEqual(await operations.endAccount(account), { sessions: 0, grants: 1 });
    const claims = await claimsOf((await heard())[0]);
    assert.deepEqual([claims.sub, 'sid' in claims], [account, false]);
    assert.equal(await isDead(party, refreshToken), true);
  });

  test('later when they are down, once, and with a token made then', async (t) => {
    const tick = stopClock(t);
    const { browser, account } = await signedIn();
    await listener.stop();
    await signOut(browser);
    const failed = await eventually(
      () => delivery(account),
      ([item]) => item?.fault !== undefined,
    );
    assert.deepEqual(
      failed.map(({ state, fault }) => [state, fault]),
      [['waiting', 'unreachable']],
    );
    await listener.start();
    tick(30_000);
    const { iat = 0 } = await claimsOf((await heard())[0]);
    assert.ok(iat >= Math.floor(Date.now() / 1000) - 1);
    assert.deepEqual(
      (await delivery(account)).map(({ state, attempts }) => [state, attempts]),
      [['done', 2]],
    );
    const records = await recorded(account, 2);
    assert.deepEqual(
      records.map(({ outcome, reason }) => [outcome, reason]),
      [
        ['failure', 'unreachable'],
        ['success', 'told'],
      ],
    );
  });

  test('for a day when they refuse it, and a redirect is a refusal too', async (t) => {
    const tick = stopClock(t);
    for (const [answers, fault] of [
      [400, 'status-400'],
      ['elsewhere', 'status-307'],
    ] as const) {
      listener.answers = answers;
      const { browser, account } = await signedIn();
      await signOut(browser);
      await eventually(
        () => delivery(account),
        ([item]) => item?.fault === fault,
      );
      tick(DAY - 1_000);
      await eventually(
        () => delivery(account),
        ([item]) => item?.state === 'dead' && item.fault === fault,
      );
      assert.deepEqual(listener.asked.splice(0), ['POST /told', 'POST /told']);
      assert.equal((await recorded(account, 1)).length, 1, 'the tries between are not told one by one');
    }
  });

  describe('at a sign-out that one of them began', () => {
    const endSession = async ({ browser, party, idToken }: SignedIn) => {
      const [back] = CLIENT.post_logout_redirect_uris;
      const url = party.endSessionUrl({ id_token_hint: idToken, post_logout_redirect_uri: back });
      const page = await browser.open(url);
      const fields = { xsrf: xsrfOn(page), logout: 'yes' };
      return browser.post(`${installation.issuer}/session/end/confirm`, fields);
    };

    test('before the browser goes on', async () => {
      const signed = await signedIn();
      assert.equal((await endSession(signed)).status, 303);
      assert.equal(listener.tokens.length, 1);
      const claims = await claimsOf(listener.tokens[0]);
      assert.equal(claims.sid, signed.sid);
      assert.deepEqual(await delivery(signed.account), []);
      const [record] = await recorded(signed.account, 1);
      assert.deepEqual([record?.outcome, record?.client], ['success', 'by-session']);
    });

    test('later, when one does not answer in time: the person waits for a few seconds at most', async (t) => {
      const tick = stopClock(t);
      const signed = await signedIn();
      listener.answers = 'hang';
      const began = performance.now();
      assert.equal((await endSession(signed)).status, 303);
      assert.ok(performance.now() - began < 10_000);
      listener.answers = 200;
      await eventually(
        async () => {
          tick(30_000);
          return delivery(signed.account);
        },
        ([item]) => item?.state === 'done',
      );
      assert.equal((await claimsOf(listener.tokens.at(-1))).sid, signed.sid);
      const [first] = await recorded(signed.account, 2);
      assert.deepEqual([first?.outcome, first?.reason], ['failure', 'timeout']);
    });
  });

  test('but nothing that another version put into the queue, or that is of an organisation elsewhere', async () => {
    const { durable, tenant } = installation.running.composition;
    const { account } = await installation.createAccount({ loginName: 'vreemde-taal' });
    const notice = { issuer: 'https://gone.example', accountId: account.id, clientId: 'by-session' };
    const item = { tenantId: tenant.id, accountId: account.id, kind: LOGOUT_KIND };
    const times = { createdAt: Date.now(), expiresAt: Date.now() + DAY };
    await durable.queue.put([
      { ...item, ...times, id: randomUUID(), payload: 'of no version' },
      { ...item, ...times, id: randomUUID(), payload: JSON.stringify(notice) },
    ]);
    const items = await eventually(
      () => delivery(account.id),
      (found) => found.every(({ state }) => state === 'dead'),
    );
    assert.deepEqual(items.map(({ fault }) => fault).toSorted(), ['malformed', 'no-such-tenant']);
    assert.deepEqual(listener.asked, []);
  });
});
