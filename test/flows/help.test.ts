import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { openSettings } from '../support/settings.ts';

describe('help over the wire', () => {
  const ending = endOfSuite();
  let installation: Installation;
  before(async () => {
    installation = await startInstallation(ending);
  });
  const ask = (path: string, browser = new Browser()) => browser.get(`${installation.issuer}${path}`);

  test('is there for everybody, signed in or not, and leaves nothing in the browser', async () => {
    const browser = new Browser();
    for (const path of ['/help', '/help/blocked']) {
      const page = await ask(path, browser);
      assert.equal(page.status, 200);
      assert.equal(page.step, 'help');
      assert.equal(page.headers.get('cache-control'), 'no-store');
    }
    assert.deepEqual(browser.cookies, []);
  });

  test('leads back to where the person came from, else to where signing in begins', async () => {
    const backOf = async (path: string) => /id="back" href="([^"]+)"/.exec((await ask(path)).body)?.[1];
    assert.equal(await backOf('/help/blocked?back=%2Finteraction%2Fabc%2Fstuck'), '/interaction/abc/stuck');
    for (const query of ['', '?back=%2F%2Fevil.example', '?back=https://evil.example', '?back=/a&back=/b'])
      assert.match(
        (await backOf(`/help/blocked${query}`)) ?? '',
        /^http:\/\/localhost:9\/login\?iss=/,
        query,
      );
  });

  test('keeps the sign-in that it was opened from, also on the way to a new password', async () => {
    const recover = async (back: string) =>
      /id="recover" href="([^"]+)"/.exec((await ask(`/help/blocked?back=${back}`)).body)?.[1];
    assert.equal(await recover('%2Finteraction%2Fabc'), '/recover?from=abc');
    assert.equal(await recover('%2Frecover%3Ffrom%3Dabc'), '/recover?from=abc');
    assert.equal(await recover('%2Frecover'), '/recover');
  });

  test('leads to the settings from anywhere: who is not signed in is asked to, and then sees them', async () => {
    const toSettings = async (browser: Browser) => {
      const { body } = await ask('/help/own-settings', browser);
      const hrefs = [...body.matchAll(/href="(\/account[^"]*)"/g)].map(([, href = '']) => href);
      assert.deepEqual([...new Set(hrefs)].sort(), ['/account', '/account/methods', '/account/phone']);
      const steps = new Set<string | undefined>();
      for (const href of hrefs) steps.add((await browser.open(`${installation.issuer}${href}`)).step);
      return [...steps].sort();
    };
    assert.deepEqual(await toSettings(new Browser()), ['password']);
    const { browser } = await openSettings(installation, { loginName: 'zelf.wijzigen' });
    assert.deepEqual(await toSettings(browser), ['settings', 'settings-methods', 'settings-phone']);
  });

  test('speaks the language of the page that it was opened from, until the person chooses another', async () => {
    assert.match((await ask('/help?lang=en')).body, /<html lang="en">/);
    assert.match((await ask('/help?lang=xx')).body, /<html lang="nl">/);
    const browser = new Browser();
    const page = await ask('/help/blocked?lang=en&back=%2Finteraction%2Fabc', browser);
    const back = /name="back" value="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const chosen = await browser.post(`${installation.issuer}/language`, { locale: 'nl', back });
    const again = await browser.follow(chosen);
    assert.equal(again.step, 'help');
    assert.match(again.body, /<html lang="nl">/);
    assert.match(again.body, /id="back" href="\/interaction\/abc"/);
  });

  test('leads a question that is none to all of them, and the way back is kept', async () => {
    for (const topic of ['nothing', '__proto__', 'signIn', '%3Cscript%3E']) {
      const answer = await ask(`/help/${topic}?back=%2Finteraction%2Fabc`);
      assert.equal(answer.status, 303, topic);
      assert.equal(answer.location, `${installation.issuer}/help?lang=nl&back=%2Finteraction%2Fabc`, topic);
    }
  });

  test('takes no form', async () => {
    const answer = await new Browser().post(`${installation.issuer}/help`, {});
    assert.ok(answer.status === 404 || answer.status === 405, String(answer.status));
  });
});
