import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { beginSignIn, signInWithApp, tokensFor, typePassword } from '../support/sign-in.ts';
import { setFaultStage } from './stage.ts';

test('an emptied Redis costs people a restart of their sign-in, and nothing else', async (t) => {
  const { place, redisUrl, product } = await setFaultStage(t);
  const redis = new Redis(redisUrl);
  t.after(() => redis.disconnect());
  const empty = async () => {
    await redis.flushall();
    await redis.script('FLUSH');
  };
  const startsAgain = async (
    loginName: string,
    appData: string | undefined,
    from: { browser: Begun['browser'] },
  ) => {
    const again = await beginSignIn(place, from.browser);
    const done = await signInWithApp(again.browser, again.page, { loginName, appData });
    assert.ok(await again.party.finish(again.request, done.location));
  };
  type Begun = Awaited<ReturnType<typeof beginSignIn>>;

  await t.test(
    'a password typed meanwhile gets the page that explains, and a fresh sign-in works',
    async () => {
      const { appData } = await place.createAccount({ loginName: 'typer', withApp: true });
      const begun = await beginSignIn(place);
      await empty();
      const page = await typePassword(begun.browser, begun.page, 'typer');
      assert.deepEqual([page.status, page.step], [410, 'stale']);
      await startsAgain('typer', appData, begun);
    },
  );

  await t.test('a code typed meanwhile gets the same page, and is not spent', async () => {
    const { appData } = await place.createAccount({ loginName: 'coder', withApp: true });
    const begun = await beginSignIn(place);
    const second = await typePassword(begun.browser, begun.page, 'coder');
    assert.equal(second.step, 'second-step');
    await empty();
    const page = await begun.browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
    assert.deepEqual([page.status, page.step], [410, 'stale']);
    await startsAgain('coder', appData, begun);
  });

  await t.test('a page that is opened again leads to the application', async () => {
    const { browser, page } = await beginSignIn(place);
    await empty();
    const shown = await browser.get(page.url);
    assert.equal(shown.status, 303);
    assert.match(shown.location ?? '', /^http:\/\/localhost:9\/login\?iss=/);
  });

  await t.test('whoever was signed in is not any more, and no token or code of before is good', async () => {
    const { browser, party, tokens } = await tokensFor(place, 'binnen');
    const pending = await party.begin();
    const answer = await browser.open(pending.url);
    await empty();
    assert.equal(await userinfoStatus(place.issuer, tokens.access_token), 401);
    for (const fields of [
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      {
        grant_type: 'authorization_code',
        code: new URL(answer.location ?? '').searchParams.get('code') ?? '',
        redirect_uri: party.redirectUri,
        code_verifier: pending.verifier,
      },
    ]) {
      const refused = await party.askToken(fields);
      assert.deepEqual([refused.status, refused.json.error], [400, 'invalid_grant']);
    }
    assert.equal((await browser.open((await party.begin()).url)).step, 'password');
  });
  assert.deepEqual(
    product.records().filter(({ level }) => level >= 50),
    [],
    'and nothing of it is an error',
  );
});
