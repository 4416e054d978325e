import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import { createOperatorEvents } from '#src/operator-events.ts';
import { REPORT_LIFE } from '#src/recovery/mail-links.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { linkIn } from '../support/recovery.ts';
import { newNumbers, sentTo, settle, untilQueueIsEmpty } from '../support/second-steps.ts';
import { signInAgain, signInToSettings } from '../support/settings.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const PATH = '/account/data';
const CODE = '01234567';
const ANSWER = 'Sproetje van de hoek';
const MINUTE = 60_000;

/** Every text and number in a document, with the names of its fields. */
function leavesOf(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`));
}

const file = z.looseObject({
  format: z.literal('poortwachter-account'),
  version: z.literal(1),
  account: z.looseObject({ id: z.string(), loginName: z.string() }),
  formerEmails: z.array(z.object({ email: z.string(), replacedAt: z.string(), comesBackUntil: z.string() })),
  methods: z.array(z.looseObject({ kind: z.string(), number: z.string().nullable() })),
  securityQuestion: z.string().nullable(),
  backupCode: z.object({ state: z.string(), madeAt: z.string().nullable() }),
  knownBrowsers: z.array(z.looseObject({})),
  sessions: z.array(z.looseObject({ address: z.string().nullable() })),
  messages: z.array(z.looseObject({ channel: z.string().nullable() })),
  activity: z.object({
    complete: z.boolean(),
    events: z.array(z.looseObject({ event: z.string(), operator: z.string().nullable() })),
    failedPasswordTries: z.array(z.looseObject({ count: z.number() })),
  }),
});

describe('the file with all that is kept of somebody', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  const number = newNumbers();
  let installation: Installation;

  before(async () => {
    const secondStep = { methods: ['totp', 'sms'], backupCode: 'digits' as const };
    const tenant = { ...TEST_TENANT, secondStep, firstSignIn: {} };
    installation = await startInstallation(ending, { clock, replicas: 1, settings: { tenant } });
  });

  /** Somebody of whom as much as possible is known, at the page of the settings about it. */
  const somebody = async (loginName: string) => {
    const { durable, hasher, tenant, secondStep } = installation.running.composition;
    const phone = number();
    const person = { loginName, email: `${loginName}@test.example`, withApp: true, withPhone: phone };
    const { account, appData } = await installation.createAccount(person);
    const questions = createSecurityQuestions({ hasher, digester: durable.digester });
    const question = {
      ...{ key: 'first-pet', text: 'Hoe heette uw eerste huisdier?' },
      answerHash: await questions.hash(account.id, ANSWER),
    };
    await durable.enrolments.saveFirstSignIn(
      tenant.id,
      account.id,
      { question, email: person.email },
      clock.now(),
    );
    await settle(installation, account, CODE);
    const context = { tenant, accountId: account.id, now: clock.now() };
    await secondStep.notices.tell(context, 'method-added');
    await untilQueueIsEmpty(installation);
    const browser = new Browser();
    const who = () => {
      clock.advance(MINUTE / 2);
      return { loginName, appData, at: clock.now() };
    };
    const page = await signInToSettings(installation, browser, who(), PATH);
    return { ...{ browser, page, who, account, appData, phone, question, email: person.email } };
  };

  const fetched = async (browser: Browser, page: Answer) => {
    const answer = await browser.press(page, 'export');
    assert.equal(answer.status, 200, answer.body.slice(0, 300));
    return { answer, document: file.parse(JSON.parse(answer.body)) };
  };

  test('is handed to them as a download that nobody keeps, and that is recorded', async () => {
    const { browser, page, account, phone, question } = await somebody('alles.van.mij');
    assert.equal(page.step, 'settings-data');
    const { answer, document } = await fetched(browser, page);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="account-data.json"');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(document.account.id, account.id);
    assert.deepEqual(document.methods.map(({ kind }) => kind).toSorted(), ['sms', 'totp']);
    assert.ok(document.methods.some((method) => method.number === phone));
    assert.equal(document.securityQuestion, question.text);
    assert.equal(document.backupCode.state, 'works');
    assert.equal(document.sessions[0]?.address, browser.address);
    assert.equal(document.knownBrowsers.length, 1);
    assert.deepEqual(document.messages.map(({ channel }) => channel).toSorted(), ['email', 'sms']);
    assert.ok(document.activity.complete);
    assert.ok(document.activity.events.some(({ event }) => event === 'sign-in.done'));
    const { durable, tenant } = installation.running.composition;
    const [recorded] = await durable.audit.events.bySubject(tenant.id, account.id, 1);
    assert.deepEqual([recorded?.event, recorded?.actor.kind], ['data.exported', 'person']);
  });

  test('tells what operators did and why, and how often a password was wrong', async () => {
    const { browser, page, account } = await somebody('ook.de.helpdesk');
    const { log, audit, tenant } = installation.running.composition;
    const events = createOperatorEvents(log, audit.trail);
    const context = { tenantId: tenant.id, operator: 'm.desk', reason: 'belde vandaag', reference: 'desk' };
    events.explained(context, { account: account.id });
    for (let tries = 0; tries < 3; tries += 1) {
      const entry = { tenantId: tenant.id, event: 'sign-in.password', outcome: 'failure' } as const;
      const anonymous = { actor: { kind: 'anonymous' }, reason: 'refused', reference: 'desk' } as const;
      audit.trail.record({ ...entry, ...anonymous, subject: account.id });
    }
    await audit.trail.settled('desk');
    const { document } = await fetched(browser, page);
    const [looked] = document.activity.events.filter(({ event }) => event === 'user.explained');
    assert.partialDeepStrictEqual(looked, { by: 'operator', operator: 'm.desk', reason: 'belde vandaag' });
    assert.deepEqual(
      document.activity.failedPasswordTries.map(({ count }) => count),
      [3],
    );
  });

  test('has a replaced address while it can come back, and nothing of the link that brings it back', async () => {
    const { browser, page, account, email } = await somebody('oud.adres');
    const { durable, tenant } = installation.running.composition;
    assert.deepEqual((await fetched(browser, page)).document.formerEmails, []);
    await durable.enrolments.proveEmail(tenant.id, account.id, email);
    const wanted = 'nieuw.adres@test.example';
    const at = (path: string) => `${installation.issuer}${path}`;
    const asked = await browser.press(await browser.open(at('/account/email')), 'continue', {
      email: wanted,
    });
    const [mail] = sentTo(installation, wanted);
    const done = await browser.press(asked, 'confirm', {
      code: /^(\d{6})$/m.exec(mail?.text ?? '')?.[1] ?? '',
    });
    assert.match(done.body, /Uw e-mailadres is gewijzigd/);
    await untilQueueIsEmpty(installation);
    const { answer, document } = await fetched(browser, await browser.open(at(PATH)));
    const [replacedAt, comesBackUntil] = [clock.now(), clock.now() + REPORT_LIFE].map((time) =>
      new Date(time).toISOString(),
    );
    assert.deepEqual(document.formerEmails, [{ email, replacedAt, comesBackUntil }]);
    const link = linkIn(sentTo(installation, email)[0]?.text ?? '', '/not-me');
    const token = new URL(link).searchParams.get('token') ?? '';
    assert.ok(token.length > 20);
    for (const secret of [token, secretHash(token)]) assert.ok(!answer.body.includes(secret));
    for (const path of ['/account', '/account/activity', '/account/sessions', PATH])
      assert.ok(!(await browser.open(at(path))).body.includes(email), `${path} tells it`);
    await durable.links.endAll(tenant.id, account.id, clock.now(), { formerBefore: 0 });
    const after = await fetched(browser, await browser.open(at(PATH)));
    assert.deepEqual(after.document.formerEmails, [], 'it was wiped');
  });

  test('has no secret, hash, digest or name of a session in it, and nothing of anybody else', async () => {
    const { browser, page, account, appData, question, email } = await somebody('zonder.geheimen');
    const other = await somebody('iemand.anders');
    const { durable, tenant } = installation.running.composition;
    const { id: tenantId } = tenant;
    const canonical = { canonical: 'zonder.geheimen', email: undefined };
    const found = await durable.accounts.findForSignIn(tenantId, canonical);
    const code = await durable.backupCodes.find(tenantId, account.id);
    const factors = await durable.factors.list(tenantId, account.id);
    const lanes = await durable.lanes.list(tenantId, account.id);
    const records = await durable.audit.events.bySubject(tenantId, account.id, 100);
    const seed = z.looseObject({ seed: z.string() }).parse(JSON.parse(appData ?? ''));
    const planted = [
      ...[PASSWORD, CODE, `${CODE.slice(0, 4)} ${CODE.slice(4)}`, ANSWER, seed.seed, found?.passwordHash],
      ...[code?.hash, code?.id, question.answerHash, ...browser.cookies.map(({ value }) => value)],
      ...factors.flatMap(({ id, identity }) => [id, identity]),
      ...lanes.map(({ lane }) => lane),
      ...records.flatMap(({ id, trace, session, addressDigest, agentDigest }) => [
        ...[id, trace, session, addressDigest, agentDigest],
      ]),
      ...[other.account.id, other.account.loginName, other.phone, other.email],
    ].filter((text) => text !== undefined && text !== '');
    assert.ok(planted.length > 25, `${planted.length} are planted`);
    const { answer, document } = await fetched(browser, page);
    assert.ok(answer.body.includes(email));
    for (const [path, text] of leavesOf(document)) {
      for (const secret of planted) assert.ok(!text.includes(secret ?? ''), `${path} tells ${secret}`);
      assert.doesNotMatch(text, /\$argon2|^v\d\./, path);
    }
    const names = leavesOf(document).map(([path]) => path);
    assert.deepEqual(
      names.filter((path) => /hash|digest|secret|seed|token|answer|\.(seq|trace)\b/i.test(path)),
      [],
    );
  });

  test('asks for both steps again when they are old, and for a page of this very sign-in', async () => {
    const { browser, page, who } = await somebody('niet.vers');
    clock.advance(6 * MINUTE);
    const asked = await browser.press(page, 'export');
    assert.deepEqual([asked.step, asked.headers.get('content-disposition')], ['password', null]);
    assert.equal((await browser.open(`${installation.issuer}${PATH}`)).step, 'password');
    const back = await signInAgain(browser, await browser.press(page, 'export'), who());
    assert.equal(back.step, 'settings-data');
    await fetched(browser, back);
  });

  test('is nobody’s without a session, a stamp or an origin of ours, and no address that can be linked to', async () => {
    const { browser, page } = await somebody('niet.zomaar');
    const address = `${installation.issuer}${PATH}/export`;
    const stamp = /name="stamp" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const other = await somebody('met.een.zegel');
    const tries = {
      'no session': () => new Browser().post(address, { stamp }),
      'no stamp': () => browser.post(address, {}),
      'another one’s stamp': () => other.browser.post(address, { stamp }),
      'another site': () => browser.post(address, { stamp }, { origin: 'https://evil.example' }),
      'a link': () => browser.get(address),
    };
    for (const [what, attempt] of Object.entries(tries)) {
      const answer = await attempt();
      assert.ok(answer.status >= 400, `${what}: ${answer.status}`);
      assert.doesNotMatch(answer.body, /poortwachter-account"/, what);
    }
  });
});
