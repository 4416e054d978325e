import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../../support/browser.ts';
import { type Installation, startInstallation } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { askEndpoint } from '../../support/relying-party.ts';

/** The number that a page shows its reader. */
function referenceOn(page: Answer): string {
  const reference = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(
    page.body.slice(page.body.indexOf('<main')),
  )?.[0];
  assert.ok(reference, `no reference on ${page.url}`);
  return reference;
}

describe('what the provider refuses', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  const linesAbout = (reference: string) => installation.logged.filter((line) => line.includes(reference));

  test('the number on an error page leads to its reason in the log', async () => {
    const page = await new Browser().get(`${installation.issuer}/auth?client_id=nobody&response_type=code`);
    assert.equal(page.status, 400);
    assert.equal(page.step, 'error');
    const refusal = linesAbout(referenceOn(page)).find((line) => line.includes('authorization refused'));
    assert.match(refusal ?? '', /"error":"invalid_client"/);
  });

  test('an address that is nobody’s is a page with a number, the help desk and a way on', async () => {
    for (const path of [
      '/nowhere',
      '/interaction',
      '/interaction/a/b',
      '//evil.example/x',
      '/.env',
      '/token',
    ]) {
      const page = await new Browser().get(installation.issuer + path);
      assert.equal(page.status, 404, path);
      assert.equal(page.step, 'error', path);
      assert.ok(linesAbout(referenceOn(page)).length > 0);
      assert.match(page.body, /helpdesk@test\.example/);
      assert.match(page.body, /id="restart" href="http:\/\/localhost:9\/login\?iss=/);
      assert.equal(page.headers.get('cache-control'), 'no-store');
    }
  });

  test('programs get no page: a wrong address is JSON with a number and a wrong request OAuth’s', async () => {
    const wrong = await new Browser().get(`${installation.issuer}/nowhere`, { accept: 'application/json' });
    assert.equal(wrong.status, 404);
    assert.equal(wrong.headers.get('cache-control'), 'no-store');
    assert.match(wrong.headers.get('content-type') ?? '', /^application\/json/);
    const { error, reference } = JSON.parse(wrong.body);
    assert.equal(error, 'not-found');
    assert.ok(linesAbout(String(reference)).length > 0);
    const refused = await askEndpoint(`${installation.issuer}/token`, { grant_type: 'password' });
    assert.equal(refused.json.error, 'invalid_request');
  });

  test('a refusal at the token endpoint is in the log with its reason and without what was sent', async () => {
    const code = 'a-planted-code-that-never-was';
    const secret = 'a-planted-secret-of-nobody-0123456789';
    for (const client_secret of [secret, 'a-test-secret-of-at-least-32-characters']) {
      await askEndpoint(`${installation.issuer}/token`, {
        client_id: 'app',
        client_secret,
        grant_type: 'authorization_code',
        redirect_uri: 'http://localhost:9/callback',
        code,
      });
    }
    const refusals = installation.logged.filter((line) => line.includes('tokens refused'));
    assert.ok(refusals.some((line) => line.includes('"error":"invalid_client"')));
    assert.ok(refusals.some((line) => line.includes('"error":"invalid_grant"')));
    const all = installation.logged.join('');
    for (const planted of [code, secret, 'a-test-secret-of']) assert.equal(all.includes(planted), false);
  });
});
