import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, tokensFor } from '../support/sign-in.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('posts of other sites', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
    await installation.createAccount({ loginName: 'doel', withApp: true });
  });

  const body = new URLSearchParams({
    login_name: 'doel',
    password: PASSWORD,
    locale: 'en',
    back: '/',
  }).toString();
  const post = (browser: Browser, url: string, headers: Record<string, string>) =>
    browser.send(url, { method: 'POST', body, headers: { ...FORM, ...headers } });

  /** What a browser tells of a post that another site, or nobody, sent. */
  const foreign = (issuer: string): Record<string, string>[] => [
    {},
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: issuer.replace('http:', 'https:') },
    { origin: `${issuer}0` },
    { origin: `${issuer}.evil.example` },
    { origin: `${issuer}/` },
    { origin: issuer.toUpperCase() },
    { origin: `${issuer}, https://evil.example` },
    { referer: `${issuer}/interaction/x` },
    { origin: issuer, 'sec-fetch-site': 'cross-site' },
    { origin: issuer, 'sec-fetch-site': 'same-site' },
    { origin: issuer, 'sec-fetch-site': 'none' },
    { origin: issuer, 'sec-fetch-site': 'SAME-ORIGIN' },
    { origin: issuer, 'sec-fetch-site': 'same-origin, cross-site' },
  ];

  test('every form of ours refuses them with 403 and a number, and changes nothing', async () => {
    const { browser, page } = await beginSignIn(installation);
    const paths = ['password', 'second-step', 'enrol', 'start-over', 'consent', 'deny'];
    const urls = [...paths.map((path) => `${page.url}/${path}`), `${installation.issuer}/language`];
    for (const headers of foreign(installation.issuer)) {
      for (const url of urls) {
        const answer = await post(browser, url, headers);
        assert.equal(answer.status, 403, `${url} ${JSON.stringify(headers)}`);
        assert.equal(answer.step, 'error');
        assert.match(answer.body, /[0-9A-Z]{4}-[0-9A-Z]{4}/);
        assert.deepEqual(answer.headers.getSetCookie(), []);
      }
    }
    assert.equal((await browser.get(page.url)).step, 'password');
  });

  test('our own pages’ posts are taken, by what the browser says of the site or by the origin', async () => {
    for (const headers of [
      { origin: installation.issuer },
      { origin: installation.issuer, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-origin' },
    ]) {
      const { browser, page } = await beginSignIn(installation);
      assert.equal((await post(browser, `${page.url}/password`, headers)).status, 303);
      assert.equal((await browser.get(page.url)).step, 'second-step');
    }
  });

  test('reading changes nothing: GET and HEAD leave a sign-in as it was', async () => {
    const { browser, page } = await beginSignIn(installation);
    const { volatile, tenant } = installation.running.composition;
    const uid = new URL(page.url).pathname.split('/').at(-1) ?? '';
    await browser.post(`${page.url}/password`, { login_name: 'niemand', password: 'x' });
    const kept = await volatile.flows.load(tenant.id, uid);
    assert.ok(kept);
    const query = `?${body}`;
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
      for (const path of ['', '/password', '/second-step', '/start-over', '/consent', '/deny']) {
        const answer = await browser.send(`${page.url}${path}${query}`, {
          method,
          headers: { origin: installation.issuer },
        });
        assert.ok(answer.status < 500, `${method} ${path} gave ${answer.status}`);
      }
    }
    assert.deepEqual(await volatile.flows.load(tenant.id, uid), kept);
  });

  test('no other site may read an answer: pages and protocol answers open to nobody but public documents', async () => {
    const { tokens } = await tokensFor(installation, 'cors');
    const origin = 'https://evil.example';
    const { browser, page } = await beginSignIn(installation);
    for (const url of [page.url, `${installation.issuer}/auth`, `${installation.issuer}/session/end`]) {
      const answer = await browser.get(url, { origin });
      assert.equal(answer.headers.get('access-control-allow-origin'), null, url);
    }
    const info = await fetch(`${installation.issuer}/me`, {
      headers: { origin, authorization: `Bearer ${tokens.access_token}` },
    });
    assert.notEqual(info.headers.get('access-control-allow-origin'), origin);
    assert.equal(info.headers.get('access-control-allow-credentials'), null);
  });
});
