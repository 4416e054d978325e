import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { CLIENT, type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { behindPassword, otherThan } from '../support/second-steps.ts';
import { beginSignIn, codeFor, codeIn, tokensFor, typePassword } from '../support/sign-in.ts';
import { FULL_TENANT, TEST_TENANT } from '../support/test-tenant.ts';

const recordSchema = z.looseObject({
  msg: z.string(),
  event: z.string().optional(),
  reference: z.string().optional(),
  outcome: z.string().optional(),
  reason: z.string().optional(),
  account: z.string().optional(),
  path: z.string().optional(),
  method: z.string().optional(),
  page: z.string().optional(),
});
type LogRecord = z.infer<typeof recordSchema>;

describe('what a sign-in leaves in the log', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** Everything logged while this ran; the record of a request may come a moment after its answer. */
  const recordsOf = async (act: () => Promise<unknown>): Promise<LogRecord[]> => {
    const from = installation.logged.length;
    await act();
    const end = `/end-of-${crypto.randomUUID()}`;
    await fetch(installation.issuer + end);
    while (!installation.logged.some((line) => line.includes(end) && line.includes('"msg":"request"'))) {
      await new Promise(setImmediate);
    }
    const lines = installation.logged.slice(from).map((line) => recordSchema.parse(JSON.parse(line)));
    return lines.filter(({ path }) => path !== end);
  };
  const outcomes = (records: LogRecord[]) => records.filter(({ msg }) => msg !== 'request');

  /** Each record belongs to a request, and each request has a number: its own, or that of its sign-in. */
  const assertPaired = (records: LogRecord[]) => {
    const asked = records.filter(({ msg }) => msg === 'request');
    const requests = asked.map(({ reference }) => reference);
    const own = asked.filter(({ path }) => !/^\/(interaction|auth)\/./.test(path ?? ''));
    const others = requests.length - own.length > 0 ? 1 : 0;
    assert.equal(new Set(requests).size, own.length + others, 'one number a sign-in, and one for all else');
    for (const record of outcomes(records)) assert.ok(requests.includes(record.reference), record.msg);
  };

  test('is one record a step, with its outcome and its reason, under the number of its sign-in', async () => {
    const { account, appData } = await installation.createAccount({ loginName: 'stap', withApp: true });
    const seed = keyIn(appData ?? '');
    const records = await recordsOf(async () => {
      const { browser, page, party, request } = await beginSignIn(installation);
      await typePassword(browser, page, 'stap', 'a-wrong-password-of-some-length');
      const second = await typePassword(browser, page, 'stap');
      await browser.submit(second, { code: '000000' });
      const done = await browser.submit(second, { code: codeOf(seed) });
      await party.finish(request, done.location);
    });
    assertPaired(records);
    assert.deepEqual(
      outcomes(records).map(({ event, outcome, reason }) => [event, outcome, reason]),
      [
        ['sign-in.password', 'failure', 'refused'],
        ['sign-in.password', 'success', 'accepted'],
        ['sign-in.second-step', 'failure', 'wrong'],
        ['sign-in.second-step', 'success', 'proved'],
        ['browser.known', undefined, undefined],
        ['sign-in.done', undefined, undefined],
        ['authorization.granted', undefined, undefined],
        ['tokens.issued', undefined, undefined],
      ],
    );
    for (const record of outcomes(records).slice(1)) assert.equal(record.account, account.id, record.event);
  });

  test('a code that is sent is one record, also the first one, and one that could not be sent says why', async () => {
    const place = await startInstallation(ending, { settings: { tenant: FULL_TENANT } });
    const { account } = await place.createAccount({ loginName: 'bericht', withPhone: '+31612345678' });
    const begun = await beginSignIn(place);
    const second = await typePassword(begun.browser, begun.page, 'bericht');
    await begun.browser.post(`${second.url}/send`, { channel: 'sms' });
    const codes = place.logged
      .map((line) => recordSchema.parse(JSON.parse(line)))
      .filter(({ event }) => event === 'code.requested');
    assert.deepEqual(
      codes.map(({ outcome, reason, account: whose }) => [outcome, reason, whose]),
      [
        ['success', 'sent', account.id],
        ['failure', 'wait', account.id],
      ],
    );
  });

  test('a refused set-up, a skipped page and a demand that is given up are one record each', async () => {
    const tenant = {
      ...TEST_TENANT,
      secondStep: { methods: ['totp', 'webauthn'], backupCode: 'none' as const },
    };
    const place = await startInstallation(ending, { settings: { tenant } });
    const { account } = await place.createAccount({ loginName: 'geeft-op' });
    const demand = { parameters: { acr_values: ACR_PHISHING_RESISTANT } };
    const { browser, page } = await behindPassword(place, 'geeft-op', demand);
    assert.equal(page.step, 'enrol-app');
    const from = place.logged.length;
    const refused = await browser.press(page, 'continue', { code: otherThan(codeOf(keyOn(page))) });
    const keys = await browser.press(refused, 'skip');
    const why = await browser.press(keys, 'skip');
    const { location } = await browser.press(why, 'give-up');
    assert.match(location ?? '', /error=unmet_authentication_requirements/);
    const told = place.logged
      .slice(from)
      .map((line) => recordSchema.parse(JSON.parse(line)))
      .filter(({ event }) => event !== undefined)
      .map(({ event, reason, method, page: where, account: whose }) => [
        event,
        reason,
        method ?? where,
        whose,
      ]);
    assert.deepEqual(told, [
      ['method.refused', 'wrong', 'totp', account.id],
      ['method.skipped', undefined, 'app', account.id],
      ['sign-in.demand-unmet', 'not-set-up', undefined, account.id],
    ]);
  });

  test('a sign-in at a second application is a record too, though nobody typed anything', async () => {
    const { browser, party } = await tokensFor(installation, 'tweede');
    const records = await recordsOf(async () => browser.open((await party.begin()).url));
    assert.deepEqual(
      outcomes(records).map(({ event }) => event),
      ['authorization.granted'],
    );
    assertPaired(records);
  });

  test('tokens issued, refused and taken back are one record each', async () => {
    const { party, tokens } = await tokensFor(installation, 'tokens');
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    const told = async (act: () => Promise<unknown>) => {
      const records = await recordsOf(act);
      assertPaired(records);
      return outcomes(records).map(({ msg, reason, by }) => [msg, reason ?? by]);
    };
    assert.deepEqual(await told(() => party.askToken(refresh)), [['tokens.issued', undefined]]);
    assert.deepEqual(await told(() => party.askToken(refresh)), [['tokens.issued', undefined]], 'the grace');
    const reused = await told(() => party.askToken(refresh));
    assert.deepEqual(reused.map(([msg]) => msg).sort(), ['grant.ended', 'tokens refused']);
    assert.ok(
      reused.some(([, why]) => why?.toString().includes('refresh token already used') || why === 'reuse'),
    );
    const wrong = { ...refresh, client_secret: `${CLIENT.client_secret}x` };
    assert.deepEqual(
      (await told(() => party.askToken(wrong))).map(([msg]) => msg),
      ['tokens refused'],
    );
    assert.deepEqual(
      (await told(() => userinfoStatus(installation.issuer, 'no-such-token'))).map(([msg]) => msg),
      ['userinfo refused'],
    );
  });

  test('a revocation and a sign-out say what ended', async () => {
    const revoked = await tokensFor(installation, 'herroepen');
    const records = await recordsOf(() => revoked.party.revoke(revoked.tokens.refresh_token ?? ''));
    assert.deepEqual(
      outcomes(records).map(({ event, by }) => [event, by]),
      [['grant.ended', 'application']],
    );
    const { browser, account } = await tokensFor(installation, 'afmelden');
    const page = await browser.open(`${installation.issuer}/session/end`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const ended = await recordsOf(() =>
      browser.post(`${installation.issuer}/session/end/confirm`, { xsrf, logout: 'yes' }),
    );
    assertPaired(ended);
    assert.deepEqual(
      outcomes(ended).map(({ event, by, account: whose }) => [event, by ?? whose]),
      [
        ['grant.ended', 'sign-out'],
        ['sign-out', account.id],
      ],
    );
  });

  test('the number on an error page is that of its record and of what it was about', async () => {
    for (const [path, msg] of [
      ['/auth', 'authorization refused'],
      ['/session/end?id_token_hint=x', 'sign-out refused'],
      ['/session/end?client_id=nobody', 'sign-out refused'],
    ]) {
      const numbers: string[] = [];
      const records = await recordsOf(async () => {
        const { body } = await new Browser().get(`${installation.issuer}${path}`);
        numbers.push(/[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/.exec(body)?.[0] ?? 'none');
      });
      assertPaired(records);
      assert.deepEqual(
        outcomes(records).map((record) => [record.msg, record.reference]),
        [[msg, numbers[0]]],
      );
    }
  });

  test('a code that comes twice is told as refused, and as the end of what it had bought', async () => {
    const { party, request, answer } = await codeFor(installation, 'dubbel');
    const fields = {
      grant_type: 'authorization_code',
      code: codeIn(answer.location),
      redirect_uri: party.redirectUri,
      code_verifier: request.verifier,
    };
    await party.askToken(fields);
    const records = await recordsOf(() => party.askToken(fields));
    assertPaired(records);
    assert.deepEqual(
      outcomes(records)
        .map(({ msg }) => msg)
        .sort(),
      ['grant.ended', 'tokens refused'],
    );
  });
});
