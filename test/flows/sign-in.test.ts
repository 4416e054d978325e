import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { codeOf, keyIn, keyOn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, signInFirstTime, signInWithApp, tokensFor, typePassword } from '../support/sign-in.ts';

describe('signing in', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  test('a first sign-in sets up an app and ends at the application with true claims', async () => {
    const { account } = await installation.createAccount({
      loginName: 'HR.Manager',
      roles: ['hr-manager'],
      email: 'hr@test.example',
    });
    const { browser, party, request, page } = await beginSignIn(installation);
    const { answer } = await signInFirstTime(browser, page, 'hr.manager');
    const tokens = await party.finish(request, answer.location);
    const claims = tokens.claims();
    assert.equal(claims?.sub, account.id);
    assert.equal(claims?.acr, 'urn:poortwachter:acr:mfa');
    assert.deepEqual(claims?.amr, ['pwd', 'otp', 'mfa']);
    assert.equal(claims?.tenant, 'default');
    const person = await party.userinfo(tokens.access_token, account.id);
    assert.equal(person.preferred_username, 'HR.Manager');
    assert.equal(person.email, 'hr@test.example');
    assert.equal(person.email_verified, true);
    assert.deepEqual(person.roles, ['hr-manager']);
  });

  test('a later sign-in asks for the code of the app and refuses one that was used', async () => {
    const { appData } = await installation.createAccount({ loginName: 'later', withApp: true });
    const first = await beginSignIn(installation);
    const done = await signInWithApp(first.browser, first.page, { loginName: 'later', appData });
    await first.party.finish(first.request, done.location);

    const second = await beginSignIn(installation, new Browser());
    const asked = await typePassword(second.browser, second.page, 'later');
    const used = /[A-Z2-7]{32}/.exec(appData ?? '')?.[0] ?? '';
    const again = await second.browser.submit(asked, { code: codeOf(used) });
    assert.equal(again.step, 'second-step');
  });

  test('a password alone leads to no code, whatever address is asked for', async () => {
    await installation.createAccount({ loginName: 'alleen', withApp: true });
    const { browser, page } = await beginSignIn(installation);
    const asked = await typePassword(browser, page, 'alleen');
    const uid = new URL(asked.url).pathname.split('/').at(-1);
    const resumed = await browser.get(`${installation.issuer}/auth/${uid}`);
    assert.equal(resumed.location?.includes('code='), false);
  });

  test('single sign-on: a second request in the same browser needs no password', async () => {
    const { browser, party } = await tokensFor(installation, 'eenmaal');
    const request = await party.begin();
    const answer = await browser.open(request.url);
    const tokens = await party.finish(request, answer.location);
    assert.ok(tokens.id_token);
  });

  for (const { step, withApp } of [
    { step: 'second-step', withApp: true },
    { step: 'enrol-app', withApp: false },
  ]) {
    test(`an account disabled at the ${step} page is told so, and nothing of it is spent or kept`, async () => {
      const from = installation.logged.length;
      const { account, appData } = await installation.createAccount({ loginName: `dicht-${step}`, withApp });
      const { browser, page } = await beginSignIn(installation);
      const asked = await typePassword(browser, page, `dicht-${step}`);
      assert.equal(asked.step, step);
      const { durable, tenant } = installation.running.composition;
      await durable.accounts.setDisabled(tenant.id, account.id, Date.now());
      const code = codeOf(withApp ? keyIn(appData ?? '') : keyOn(asked));
      assert.equal((await browser.submit(asked, { code })).step, 'blocked');
      const kept = await durable.factors.list(tenant.id, account.id);
      assert.deepEqual(
        kept.map(({ lastCounter }) => lastCounter),
        withApp ? [undefined] : [],
      );
      assert.equal(
        installation.logged.slice(from).some((line) => line.includes('"sign-in.done"')),
        false,
      );
    });
  }
});
