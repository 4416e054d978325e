import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, codeFor, typePassword } from '../support/sign-in.ts';

/** On every answer, page or not (ASVS 3.4). */
const everywhere = {
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^same-origin$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\)/,
};

/** Directives of every policy; form-action is tested where it differs. */
const directives = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

describe('headers', () => {
  const ending = endOfSuite();
  let installation: Installation;
  const seen: Record<string, Answer> = {};

  before(async () => {
    installation = await startInstallation(ending);
    await installation.createAccount({ loginName: 'eerst' });
    await installation.createAccount({ loginName: 'later', withApp: true });
    await installation.createAccount({ loginName: 'gestopt', disabled: true });
    const at = (path: string) => installation.issuer + path;
    const visit = async (loginName: string) => {
      const { browser, page } = await beginSignIn(installation);
      return typePassword(browser, page, loginName);
    };
    const { page } = await beginSignIn(installation);
    const { browser } = await codeFor(installation, 'binnen');
    Object.assign(seen, {
      password: page,
      'enrol-app': await visit('eerst'),
      'second-step': await visit('later'),
      blocked: await visit('gestopt'),
      cookies: await new Browser().get(page.url),
      stale: await new Browser().post(at('/interaction/x/password'), { login_name: 'a', password: 'b' }),
      logout: await browser.get(at('/session/end')),
      'signed-out': await browser.get(at('/session/end/success')),
      error: await new Browser().get(at('/auth')),
      'error 403': await new Browser().post(at('/language'), {}, { origin: 'null' }),
      'error 404': await new Browser().get(at('/nowhere')),
      'redirect to the application': await new Browser().get(at('/')),
      'redirect after a post': await browser.post(at('/language'), { locale: 'en', back: '/' }),
      'discovery document': await new Browser().get(at('/.well-known/openid-configuration')),
      'key set': await new Browser().get(at('/jwks')),
      'token refusal': await new Browser().send(at('/token'), { method: 'POST' }),
      'userinfo refusal': await new Browser().get(at('/me')),
      'sign-out form': await new Browser().get(at('/session/end')),
    });
  });

  test('every page was really seen', () => {
    for (const [name, answer] of Object.entries(seen)) {
      if (/^[a-z-]+$/.test(name)) assert.equal(answer.step, name);
    }
  });

  test('every answer carries the security headers', () => {
    for (const [name, { headers }] of Object.entries(seen)) {
      for (const [header, value] of Object.entries(everywhere)) {
        assert.match(headers.get(header) ?? '', value, `${header} of ${name}`);
      }
      assert.equal(headers.get('server'), null);
      assert.equal(headers.get('x-powered-by'), null);
    }
  });

  test('every policy allows own scripts and styles only, no frame and no base', () => {
    for (const [name, { headers }] of Object.entries(seen)) {
      const policy = headers.get('content-security-policy') ?? '';
      const parts = policy.split(';').map((part) => part.trim());
      for (const directive of directives) {
        const held = parts.some((part) => part === directive || part.startsWith(`${directive} 'sha256-`));
        assert.ok(held, `${directive} of ${name}: ${policy}`);
      }
      assert.doesNotMatch(policy, /unsafe|\*|http:(?!\/\/localhost)|data:.*script/, name);
    }
  });

  test('no page and no protocol answer is kept by a browser or a proxy', () => {
    for (const [name, { headers }] of Object.entries(seen)) {
      if (name === 'discovery document' || name === 'key set') continue;
      assert.match(headers.get('cache-control') ?? '', /no-store/, name);
    }
  });

  test('every text says its encoding', () => {
    for (const [name, { headers, body }] of Object.entries(seen)) {
      if (body !== '') assert.match(headers.get('content-type') ?? '', /charset=utf-8/i, name);
    }
  });

  test('a cookie is for this host, for HTTP only and for no other site’s requests', async () => {
    const browser = new Browser();
    const lines: string[] = [];
    const watch = (answer: Answer) => {
      lines.push(...answer.headers.getSetCookie());
      return answer;
    };
    const { party } = await beginSignIn(installation);
    watch(await browser.get((await party.begin()).url));
    watch(await browser.get(`${installation.issuer}/session/end`));
    watch(await browser.post(`${installation.issuer}/language`, { locale: 'en', back: '/' }));
    assert.ok(lines.length >= 7);
    for (const line of lines) {
      assert.match(line, /; httponly/i, line);
      assert.match(line, /; samesite=lax/i, line);
      assert.doesNotMatch(line, /domain=/i, line);
      assert.ok(line.length < 4096);
    }
  });
});
