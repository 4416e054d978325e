import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keptOf } from '#config/tenant.ts';
import { AppError } from '#src/errors.ts';
import { Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { addTenant } from '../support/second-tenant.ts';
import { beginSignIn } from '../support/sign-in.ts';
import { tenantSettings } from '../support/tenants.ts';

/** Makes the look-up of tenants fail, as it does while the database is away. */
function breakLookUp({ running }: Installation, failure: () => Error): Disposable {
  const { tenants } = running.composition.durable;
  const { byHost } = tenants;
  tenants.byHost = () => Promise.reject(failure());
  return {
    [Symbol.dispose]: () => {
      tenants.byHost = byHost;
    },
  };
}

const away = () => new AppError('store-unavailable', 503, 'the test says that Postgres does not answer');
const otherHost = ({ origin }: Installation) => origin.replace('localhost', '127.0.0.1');

describe('a request whose tenant can not be found out', () => {
  test('gets a page without anybody’s name or look, in the browser’s language, with a number that the log has', async (t) => {
    const installation = await startInstallation(t);
    using _broken = breakLookUp(installation, away);
    for (const [language, lang, title] of [
      ['nl-NL,nl;q=0.9', 'nl', 'Er ging iets mis'],
      ['en-GB', 'en', 'Something went wrong'],
      ['fr', 'nl', 'Er ging iets mis'],
    ] as const) {
      const before = installation.logged.length;
      const page = await new Browser().get(`${otherHost(installation)}/auth?state=planted`, {
        'accept-language': language,
      });
      assert.deepEqual([page.status, page.step], [503, 'error']);
      assert.match(page.body, new RegExp(`<html lang="${lang}">[^]*<h1>${title}</h1>`));
      assert.doesNotMatch(page.body, /Testorganisatie|Verzuimtest|helpdesk|planted|Postgres/);
      assert.match(
        page.body,
        /\.number\{[^}]*user-select:all/,
        'the number is copied by one tap, without a script',
      );
      const reference = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(page.body)?.[0] ?? '';
      const lines = installation.logged.slice(before).filter((line) => line.includes(reference));
      assert.equal(lines.length, 2, 'one for the failure and the one of every request');
      assert.match(lines[0] ?? '', /"level":50,.*"error":"store-unavailable"/);
      const policy = page.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'.*frame-ancestors 'none'; style-src 'sha256-/);
      assert.equal(page.headers.get('retry-after'), '5');
      assert.equal(page.headers.get('cache-control'), 'no-store');
      assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(page.headers.get('referrer-policy'), 'same-origin');
      assert.deepEqual(page.headers.getSetCookie(), []);
    }
  });

  test('gets JSON when it is a program’s, and only a 500 and a number when it is our own bug', async (t) => {
    const installation = await startInstallation(t);
    const ask = (path = '/token', accept = 'application/json') =>
      fetch(`${otherHost(installation)}${path}`, { method: 'POST', headers: { accept } });
    for (const [failure, status, error] of [
      [away, 503, 'temporarily_unavailable'],
      [() => new TypeError('planted at /srv/inside'), 500, 'server_error'],
    ] as const) {
      using _broken = breakLookUp(installation, failure);
      for (const response of [
        await ask(),
        await ask('/anywhere'),
        await ask('/token/introspection', '*/*'),
      ]) {
        const text = await response.text();
        assert.equal(response.status, status);
        assert.match(text, new RegExp(`^\\{"error":"${error}","reference":"[0-9A-Z]{4}-[0-9A-Z]{4}"\\}$`));
      }
    }
    assert.equal((await ask()).status, 421, 'and it recovers by itself');
  });

  test('leaves the configured tenant, and those in memory, as they were', async (t) => {
    const installation = await startInstallation(t);
    const zuid = await addTenant(installation, 'zuid');
    assert.equal((await beginSignIn(zuid)).page.step, 'password');
    using _broken = breakLookUp(installation, away);
    assert.equal((await beginSignIn(zuid)).page.step, 'password');
    assert.equal((await beginSignIn(installation)).page.step, 'password');
  });
});

describe('a tenant whose settings changed', () => {
  test('is shown as it is now within 10 seconds and without restart', async (t) => {
    const installation = await startInstallation(t);
    const { durable } = installation.running.composition;
    const zuid = await addTenant(installation, 'zuid');
    assert.match((await beginSignIn(zuid)).page.body, /Product zuid/);
    const settings = tenantSettings('zuid', { productName: 'Nieuwe naam', theme: { backdrop: '#123456' } });
    const changed = performance.now();
    assert.equal((await durable.tenants.apply({ issuer: zuid.issuer, settings })).kind, 'changed');
    const shown = async () => (await beginSignIn(zuid)).page.body;
    while (!(await shown()).includes('Nieuwe naam')) {
      assert.ok(performance.now() - changed < 10_000, 'still as it was');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.match(await shown(), /theme\.css\?backdrop=123456/);
  });

  test('to what this version can not read is out of order alone, and the log names key and field', async (t) => {
    const installation = await startInstallation(t);
    const { durable } = installation.running.composition;
    const { name: _gone, ...rest } = keptOf(tenantSettings('zuid'));
    // What no version writes: the store only takes whole settings.
    const settings = Object.assign(tenantSettings('zuid'), rest, { name: undefined });
    await durable.tenants.apply({ issuer: otherHost(installation), settings });
    const page = await new Browser().get(otherHost(installation));
    assert.deepEqual([page.status, page.step], [503, 'error']);
    assert.doesNotMatch(page.body, /zuid/);
    const line = installation.logged.find((text) => text.includes('tenant-unfit')) ?? '';
    assert.match(line, /settings of tenant zuid do not fit this version: name is required/);
    assert.equal((await beginSignIn(installation)).page.step, 'password');
  });
});
