import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#src/errors.ts';
import { referenceOf } from '#src/reference.ts';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, codeFor, codeIn, signInWithApp, typePassword } from '../support/sign-in.ts';

const EVERY = { after: 0, limit: 1_000 };

describe('the audit log of a sign-in', () => {
  const ending = endOfSuite();
  let installation: Installation;
  before(async () => {
    installation = await startInstallation(ending);
  });
  const composition = () => installation.running.composition;
  const auditOf = () => composition().durable.audit;
  const written = () => auditOf().events.page(composition().tenant.id, EVERY);

  /** The log does not take anything until this is disposed of. */
  const breakLog = (): Disposable => {
    const { events } = auditOf();
    const { append } = events;
    events.append = async () => {
      throw new AppError('store-unavailable', 503, 'the test says that the log can not be written');
    };
    return {
      [Symbol.dispose]: () => {
        events.append = append;
      },
    };
  };
  const assertRefused = (page: Answer) => {
    assert.equal(page.status, 503, page.body);
    assert.equal(page.headers.get('location'), null);
    assert.deepEqual(page.headers.getSetCookie(), []);
    assert.match(page.body, /[0-9A-Z]{4}-[0-9A-Z]{4}/);
  };

  test('has one number, from the first form to the code, and tells who, about whom and how it went', async () => {
    const { account, appData } = await installation.createAccount({ loginName: 'verhaal', withApp: true });
    const { browser, page, party, request } = await beginSignIn(installation);
    const uid = /interaction\/([^/?]+)/.exec(page.url)?.[1] ?? '';
    await typePassword(browser, page, 'verhaal', 'a-wrong-password-of-some-length');
    const answer = await signInWithApp(browser, page, { loginName: 'verhaal', appData });
    await party.finish(request, answer.location);
    const { id: tenantId } = composition().tenant;
    const story = await auditOf().events.byReference(tenantId, referenceOf(uid), 50);
    const person = { kind: 'person', id: account.id };
    assert.deepEqual(
      story
        .filter(({ event }) => event !== 'browser.known')
        .map(({ event, outcome, actor, subject }) => [event, outcome, actor, subject]),
      [
        ['sign-in.password', 'failure', { kind: 'anonymous' }, account.id],
        ['sign-in.password', 'success', person, account.id],
        ['sign-in.second-step', 'success', person, account.id],
        ['sign-in.done', 'success', person, account.id],
        ['authorization.granted', 'success', person, account.id],
      ],
    );
    for (const record of story) {
      assert.equal(record.trace, uid, record.event);
      assert.ok(record.address !== undefined && record.addressDigest !== undefined, record.event);
    }
    const tokens = (await written()).find(({ event }) => event === 'tokens.issued');
    assert.deepEqual([tokens?.actor, tokens?.subject], [{ kind: 'client', id: 'app' }, account.id]);
  });

  test('tells of a name that is nobody’s only a digest, which is the same when it comes again', async () => {
    const { browser, page } = await beginSignIn(installation);
    for (const name of ['Niemand-Hier', 'niemand-hier', 'iemand-anders']) {
      await typePassword(browser, page, name, 'some-password-or-other');
    }
    const tried = (await written()).slice(-3).map(({ subject, detail }) => ({ subject, name: detail?.name }));
    assert.deepEqual(new Set(tried.map(({ subject }) => subject)), new Set([undefined]));
    const [first, again, other] = tried.map(({ name }) => name);
    assert.match(String(first), /^[A-Za-z0-9_-]{43}$/);
    assert.deepEqual([again === first, other === first], [true, false]);
  });

  test('holds no password, code, seed, token, cookie or name that was typed, whatever a person does', async () => {
    const { account, appData } = await installation.createAccount({
      loginName: 'geheim-genoeg',
      withApp: true,
    });
    const seed = keyIn(appData ?? '');
    const code = codeOf(seed);
    const { browser, page, party, request } = await beginSignIn(installation);
    await typePassword(browser, page, 'a-password-typed-as-a-name', 'geheim-genoeg');
    await typePassword(browser, page, 'geheim-genoeg', 'another-wrong-password-of-mine');
    const second = await typePassword(browser, page, 'geheim-genoeg');
    await browser.submit(second, { code: '987612' });
    const answer = await browser.submit(second, { code });
    const tokens = await party.finish(request, answer.location);
    const cookies = browser.cookies.map(({ value }) => value).filter(({ length }) => length > 8);
    // The interaction's id travels as a cookie too, and is worth nothing without its signature.
    const records = (await written()).map(({ trace: _, ...record }) => record);
    const all = JSON.stringify(records);
    assert.ok(all.includes(account.id));
    for (const secret of [
      ...['a-password-typed-as-a-name', 'another-wrong-password-of-mine', PASSWORD, '987612', code],
      ...['geheim-genoeg', codeIn(answer.location), String(seed)],
      ...[tokens.access_token, tokens.id_token, tokens.refresh_token].map(String),
      ...cookies,
    ]) {
      assert.ok(!all.includes(secret), secret);
    }
  });

  test('is written first: while it can not be, nobody gets any further, and afterwards everybody does', async () => {
    const { appData } = await installation.createAccount({ loginName: 'eerst', withApp: true });
    const { browser, page, party, request } = await beginSignIn(installation);
    {
      using _broken = breakLog();
      assertRefused(await typePassword(browser, page, 'eerst'));
    }
    const again = await browser.open(page.url);
    assert.equal(again.step, 'password');
    const second = await typePassword(browser, again, 'eerst');
    assert.equal(second.step, 'second-step');
    {
      using _broken = breakLog();
      const before = codeOf(keyIn(appData ?? ''), Date.now() - 30_000);
      assertRefused(await browser.submit(second, { code: before }));
    }
    // The code is used and its record is lost, so what it bought is lost too.
    const from = await browser.open(page.url);
    assert.equal(from.step, 'password');
    const answer = await signInWithApp(browser, from, { loginName: 'eerst', appData });
    assert.ok(answer.location, answer.body);
    await party.finish(request, answer.location);
  });

  test('is written first: no code and no token leaves without it', async () => {
    const { party, request, answer } = await codeFor(installation, 'zonder');
    const fields = {
      ...{ grant_type: 'authorization_code', code: codeIn(answer.location) },
      ...{ redirect_uri: party.redirectUri, code_verifier: request.verifier },
    };
    {
      using _broken = breakLog();
      const { status, json } = await party.askToken(fields);
      assert.equal(status, 503);
      assert.equal(json.error, 'temporarily_unavailable');
      assert.equal('access_token' in json, false);
    }
    const signedIn = await codeFor(installation, 'zonder-code');
    {
      using _broken = breakLog();
      assertRefused(await signedIn.browser.get((await signedIn.party.begin()).url));
    }
    const through = await signedIn.browser.get((await signedIn.party.begin()).url);
    assert.match(through.headers.get('location') ?? '', /code=/);
  });

  /** What was noted under a number; answers do not wait for it. */
  const notedUnder = async (number: string) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const [record] = await auditOf().events.byReference(composition().tenant.id, number, 10);
      if (record !== undefined) return record;
      await sleep(10);
    }
    return undefined;
  };

  test('has the failures that somebody met, under the number that the page showed', async () => {
    const { browser, page } = await beginSignIn(installation);
    const { flows } = composition().volatile;
    const { load } = flows;
    flows.load = async () => {
      throw new AppError('store-unavailable', 503, 'the test says that Redis did not answer');
    };
    const failed = await typePassword(browser, page, 'iemand').finally(() => {
      flows.load = load;
    });
    assert.equal(failed.status, 503);
    const number = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(failed.body)?.[0] ?? '';
    const record = await notedUnder(number);
    assert.deepEqual(
      [record?.event, record?.outcome, record?.detail],
      ['error.shown', 'failure', { error: 'store-unavailable', status: 503 }],
    );
  });

  test('has the refusals that somebody was shown a number for, ours and those of the protocol', async () => {
    const browser = new Browser();
    const { issuer } = installation;
    for (const [address, error] of [
      [`${issuer}/auth?client_id=nobody&response_type=code`, 'invalid_client'],
      [`${issuer}/there-is-no-such-page`, 'not-found'],
    ] as const) {
      const page = await browser.get(address);
      assert.equal(page.step, 'error');
      const number = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(page.body)?.[0] ?? '';
      const record = await notedUnder(number);
      assert.deepEqual([record?.event, record?.detail?.error], ['error.shown', error]);
    }
  });

  test('a failure that can not be written either is shown all the same, and refuses nothing afterwards', async () => {
    const { browser, page } = await beginSignIn(installation);
    {
      using _broken = breakLog();
      assertRefused(await typePassword(browser, page, 'iemand'));
    }
    const again = await typePassword(browser, await browser.open(page.url), 'iemand');
    assert.equal((await browser.open(again.location ?? again.url)).status, 200);
  });

  test('is sealed by the serving process, and whole', async () => {
    const { audit, durable, tenant } = composition();
    await audit.sealer.seal();
    const found = await durable.verifyAudit(tenant.id);
    assert.deepEqual([found.pending, found.faults], [0, []]);
    assert.ok(found.seals > 0);
  });
});
