import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { Browser } from '../../support/browser.ts';
import { startInstallation } from '../../support/installation.ts';
import { codeIn, tokensFor, typePassword } from '../../support/sign-in.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const inMemory = { settings: { redis: { store: 'memory' as const } } };

test('offline access asked for within a session lives its 30 days, not the rest of what was granted before', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 15, 9) });
  const installation = await startInstallation(t, inMemory);
  const { browser, party } = await tokensFor(installation, 'arts');

  const request = await party.begin({ scope: 'openid offline_access', prompt: 'consent' });
  const consent = await browser.open(request.url);
  assert.equal(consent.step, 'consent');
  const tokens = await party.finish(request, (await browser.submit(consent, {})).location);
  t.mock.timers.tick(29 * 24 * HOUR);
  const answer = await party.askToken({
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
  });
  assert.equal(answer.status, 200, answer.json.error);
});

test('a sign-in asked for again gives tokens that live as long as the session it renewed', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 15, 9) });
  const installation = await startInstallation(t, inMemory);
  const { browser, party, appData, tokens } = await tokensFor(installation, 'arts', new Browser());
  let refresh = tokens.refresh_token ?? '';
  const work = async (hours: number) => {
    for (let half = 0; half < hours * 3; half += 1) {
      t.mock.timers.tick(20 * MINUTE);
      const answer = await party.askToken({ grant_type: 'refresh_token', refresh_token: refresh });
      assert.equal(answer.status, 200, `${half / 3} hours on: ${answer.json.error}`);
      refresh = answer.json.refresh_token ?? '';
    }
  };
  await work(9);
  const request = await party.begin({ prompt: 'login' });
  const second = await typePassword(browser, await browser.open(request.url), 'arts');
  const done = await browser.submit(second, { code: codeOf(keyIn(appData ?? '')) });
  assert.ok(codeIn(done.location));
  refresh = (await party.finish(request, done.location)).refresh_token ?? '';
  await work(9);
});
