import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { factsIn } from '#src/provider/session-facts.ts';
import { shortName } from '#src/settings/short-name.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { CLIENT, type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { addTenant, type SecondTenant } from '../support/second-tenant.ts';
import { openSettings, signInToSettings } from '../support/settings.ts';

const NEXT_CODE = 61_000;
const MINUTE = 60_000;

/** Every form of these pages, by where it posts to and its own field. */
const forms = [
  ['/sessions/end', 'session'],
  ['/sessions/end-others', undefined],
  ['/sessions/end-all', undefined],
  ['/browsers/forget', 'browser'],
  ['/browsers/forget-others', undefined],
  ['/applications/withdraw', 'client'],
] as const;

/** What a thief would change, who knows the password as well. */
const changes = [
  ['password', { password: PASSWORD, new_password: 'een-heel-ander-wachtwoord-83', since: '' }],
  ['email', { email: 'dief@test.example' }],
  ['phone/code', { id: '0198c2e4-7a1b-7c3d-8e4f-5a6b7c8d9e0f', code: '123456' }],
  ['methods/order', {}],
] as const;

const stampOn = ({ body }: Answer) =>
  /name="stamp" value="([^"]+)"/.exec(body)?.[1] ?? assert.fail('no stamp');
const saysAlready = ({ body }: Answer) => /id="done"[\s\S]*?Dit was al gedaan\./.test(body);

describe('ending what is not one’s own', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;
  let other: SecondTenant;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1, clock });
    other = await addTenant(installation, 'ander');
  });

  /** Somebody at their own sessions. */
  const at = async (
    loginName: string,
    place: Pick<SecondTenant, 'issuer' | 'createAccount'> = installation,
  ) => {
    clock.advance(NEXT_CODE);
    const scene = await openSettings(place, { loginName }, { at: clock.now() });
    const page = await scene.open('/account/sessions');
    assert.equal(page.step, 'settings-sessions');
    return { ...scene, loginName, page };
  };
  type Scene = Awaited<ReturnType<typeof at>>;

  /** What stands for a person in the stores: sessions, grants and browsers. */
  const holdings = async ({ account: { id, tenantId } }: Scene) => {
    const { volatile, durable } = installation.running.composition;
    const [sessions, grants, lanes] = await Promise.all([
      volatile.artifacts.ofAccount(tenantId, 'Session', id),
      volatile.artifacts.ofAccount(tenantId, 'Grant', id),
      durable.lanes.list(tenantId, id),
    ]);
    return {
      sessions: sessions.map(({ payload }) => payload),
      grants: grants.map((grant) => grant.id),
      lanes: lanes.map(({ lane }) => lane),
    };
  };

  /** How somebody signs in, and where they are reached. */
  const waysIn = async ({ account: { id, tenantId } }: Scene) => {
    const { accounts, factors } = installation.running.composition.durable;
    return [await accounts.findById(tenantId, id), await factors.list(tenantId, id)];
  };

  /** Every name that a thing of a person has, on their pages and inside. */
  const namesOf = async (victim: Scene) => {
    const { sessions, lanes } = await holdings(victim);
    const [session = assert.fail('no session')] = sessions;
    const lane = factsIn(session.authorizations)?.browser ?? assert.fail('no browser');
    assert.ok(lanes.includes(lane));
    const uid = String(session.uid);
    return {
      session: [uid, String(session.jti), shortName('session', victim.account.id, uid)],
      browser: [lane, shortName('browser', victim.account.id, lane)],
      client: [CLIENT.client_id],
    };
  };

  /** Gives an application something, so that there is something to take. */
  const useApplication = async ({ browser }: Scene) => {
    const party = await createRelyingParty(installation.issuer);
    const request = await party.begin({ scope: 'openid' });
    await party.finish(request, (await browser.open(request.url)).location);
  };

  /** Everything that somebody can post about somebody else’s things changes nothing, and looks like what is gone. */
  const assertOutOfReach = async (thief: Scene, victim: Scene, issuer: string) => {
    const names = await namesOf(victim);
    const whole = await holdings(victim);
    const stamp = stampOn(thief.page);
    for (const [path, field] of forms) {
      for (const value of field === undefined ? [] : names[field]) {
        const answer = await thief.browser.post(`${issuer}/account${path}`, { stamp, [field ?? '']: value });
        assert.equal(answer.status, 303);
        assert.ok(saysAlready(await thief.browser.follow(answer)), `${path} ${value}`);
      }
    }
    assert.deepEqual(await holdings(victim), whole);
  };

  test('somebody else’s sessions, browsers and access are out of reach by every name that they have', async () => {
    const victim = await at('slachtoffer');
    await useApplication(victim);
    const thief = await at('dief');
    await assertOutOfReach(thief, victim, installation.issuer);
    for (const all of ['end-others', 'end-all']) {
      await thief.browser.post(`${installation.issuer}/account/sessions/${all}`, {
        stamp: stampOn(thief.page),
      });
    }
    assert.equal((await victim.open('/account/sessions')).step, 'settings-sessions');
  });

  test('so are those of another tenant, and a session of one is none at the other', async () => {
    const victim = await at('overkant', other);
    const thief = await at('hierkant');
    await assertOutOfReach(thief, victim, installation.issuer);
    const cookies = victim.browser.thief();
    assert.equal((await cookies.open(`${installation.issuer}/account/sessions`)).step, 'password');
  });

  test('what another site makes a browser post ends nothing', async () => {
    const victim = await at('gelokt');
    const whole = await holdings(victim);
    const names = await namesOf(victim);
    const stamp = stampOn(victim.page);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      for (const [path, field] of forms) {
        const own = field === undefined ? {} : { [field]: names[field].at(-1) ?? '' };
        const url = `${installation.issuer}/account${path}`;
        const answer = await victim.browser.post(url, { stamp, ...own }, headers);
        assert.equal(answer.status, 403, path);
      }
    }
    assert.deepEqual(await holdings(victim), whole);
  });

  test('reading ends nothing', async () => {
    const victim = await at('lezer');
    const whole = await holdings(victim);
    for (const [path] of forms) {
      const url = `${installation.issuer}/account${path}?stamp=${stampOn(victim.page)}`;
      for (const method of ['GET', 'HEAD']) await victim.browser.send(url, { method });
    }
    assert.deepEqual(await holdings(victim), whole);
  });

  test('a form without its mark, or with one of another sign-in, ends nothing', async () => {
    const victim = await at('merkloos');
    const stranger = await at('vreemd');
    const whole = await holdings(victim);
    const names = await namesOf(victim);
    for (const [path, field] of forms) {
      const own = field === undefined ? {} : { [field]: names[field].at(-1) ?? '' };
      const url = `${installation.issuer}/account${path}`;
      assert.equal((await victim.browser.post(url, own)).status, 400, path);
      const answer = await victim.browser.post(url, { ...own, stamp: stampOn(stranger.page) });
      assert.deepEqual([answer.status, answer.step], [409, 'stale'], path);
      const more = { ...own, stamp: stampOn(victim.page), also: 'x' };
      assert.equal((await victim.browser.post(url, more)).status, 400, path);
    }
    assert.deepEqual(await holdings(victim), whole);
  });

  test('a page that was left open ends nothing of who signed in after it', async () => {
    const first = await at('eerder');
    await first.browser.press(first.page, 'sign-out');
    const { account, appData } = await installation.createAccount({ loginName: 'later', withApp: true });
    await signInToSettings(installation, first.browser, { loginName: 'later', appData, at: clock.now() });
    for (const button of ['sign-out', 'end-all', 'forget-this']) {
      assert.equal((await first.browser.press(first.page, button)).status, 409, button);
    }
    const { lanes, sessions } = await holdings({ ...first, account });
    assert.deepEqual([sessions.length, lanes.length], [1, 1]);
  });

  test('a stolen session can end, but not change how its person signs in', async () => {
    const victim = await at('bestolen');
    const thief = victim.browser.thief();
    clock.advance(6 * MINUTE);
    const ways = await waysIn(victim);
    for (const path of ['password', 'email', 'phone/prove', 'phone/code', 'data']) {
      const page = await thief.open(`${installation.issuer}/account/${path}`);
      assert.equal(page.step, 'password', path);
    }
    const stamp = stampOn(victim.page);
    for (const [path, fields] of changes) {
      const answer = await thief.post(`${installation.issuer}/account/${path}`, { stamp, ...fields });
      assert.equal(new URL(answer.location ?? '').searchParams.get('prompt'), 'login', path);
    }
    assert.deepEqual(await waysIn(victim), ways);
    const page = await thief.open(`${installation.issuer}/account/sessions`);
    await thief.press(page, 'end-all');
    assert.equal((await thief.open(`${installation.issuer}/account/sessions`)).step, 'password');
    const again = { loginName: victim.loginName, appData: victim.appData, at: clock.now() };
    assert.equal((await signInToSettings(installation, new Browser(), again)).step, 'settings');
  });

  test('a session that was ended is not brought back by requests that were under way', async () => {
    const victim = await at('onderweg');
    await useApplication(victim);
    const thief = victim.browser.thief();
    clock.advance(NEXT_CODE);
    const here = new Browser();
    const again = { loginName: victim.loginName, appData: victim.appData, at: clock.now() };
    const page = await signInToSettings(installation, here, again, '/account/sessions');
    const party = await createRelyingParty(installation.issuer);
    const busy = Array.from({ length: 20 }, async (_, nth) =>
      nth % 2 === 0
        ? thief.get(`${installation.issuer}/account/sessions`)
        : thief.get((await party.begin({ scope: 'openid', prompt: 'none' })).url),
    );
    const [ended] = await Promise.all([here.press(page, 'end-others'), ...busy]);
    assert.match(ended.body, /U bent overal elders uitgelogd\./);
    const { sessions } = await holdings(victim);
    assert.equal(sessions.length, 1, 'the one that ended the others');
    assert.equal((await thief.open(`${installation.issuer}/account/sessions`)).step, 'password');
  });
});
