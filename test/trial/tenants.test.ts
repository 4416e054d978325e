import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { readTrialTenants } from '../../demo/trial-tenants.ts';
import { codeOf } from '../support/authenticator.ts';
import { startChromium } from '../support/chromium.ts';
import { endOfSuite } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import {
  newTrialHome,
  runPoortwachter,
  spawnTrial,
  startTrial,
  type Trial,
  type TrialHome,
} from '../support/trial.ts';

/** Asks this machine under a name that Node's resolver does not know. */
async function ask(
  address: string,
): Promise<{ status: number | undefined; body: string; location: string | undefined }> {
  const { host, port, pathname } = new URL(address);
  const question = request({ host: 'localhost', port, path: pathname, headers: { host } });
  question.end();
  const [answer]: IncomingMessage[] = await once(question, 'response');
  assert.ok(answer);
  return { status: answer.statusCode, body: await text(answer), location: answer.headers.location };
}

/** Key of the app that the announcement tells for a further tenant. */
function appKeyOf(trial: Trial, issuer: string): string {
  const key = new RegExp(`signs in at ${issuer}\n.*key ([A-Z2-7 ]+)\n`).exec(trial.printed())?.[1];
  assert.ok(key, trial.printed());
  return key;
}

describe('TRIAL_TENANTS', () => {
  const read = (names: string | undefined) => readTrialTenants({ TRIAL_TENANTS: names });

  test('names tenants with commas between them, and none when it is not set', () => {
    assert.deepEqual(read(undefined), { names: [], faults: [] });
    assert.deepEqual(read('noord, zuid-2').names, ['noord', 'zuid-2']);
  });

  test('is refused for what can not be a host name, for the first tenant’s key, twice the same, and too many', () => {
    const many = Array.from({ length: 11 }, (_, index) => `t${index}`).join();
    for (const [names, reason] of [
      ['', /must be names/],
      ['a,,b', /must be names/],
      ['Noord', /must be names/],
      ['a_b', /must be names/],
      ['-a', /must be names/],
      ['a-', /must be names/],
      ['a.b', /must be names/],
      ['xn--zz', /must be names/],
      ['x'.repeat(41), /must be names/],
      ['a,a', /twice/],
      ['voorbeeldorganisatie', /the tenant on localhost/],
      [many, /at most 10/],
    ] as const) {
      const { names: none, faults } = read(names);
      assert.deepEqual(none, []);
      assert.equal(faults[0]?.variable, 'TRIAL_TENANTS');
      assert.match(faults[0]?.reason ?? '', reason, names);
    }
  });

  test('is told with all other faults', async (t) => {
    const child = spawnTrial(await newTrialHome(t), {
      TRIAL_TENANTS: 'Noord',
      DEMO_PORT: 'x',
      POORTWACHTER_LOG_LEVEL: 'loud',
    });
    assert.equal(await child.ended, 1);
    for (const name of ['TRIAL_TENANTS: must be', 'DEMO_PORT', 'POORTWACHTER_LOG_LEVEL']) {
      assert.ok(child.printed().includes(name), child.printed());
    }
  });
});

describe('a trial with further tenants', () => {
  // A first start takes most of the time, so one data folder does for all.
  const ending = endOfSuite();
  let home: TrialHome;
  let trial: Trial;
  before(async () => {
    home = await newTrialHome(ending);
    trial = await startTrial(ending, home, { TRIAL_TENANTS: 'noord,zuid' });
  });

  test('signs in at each by itself, with its own look, people and cookies', async (t) => {
    const at = (name: string, port: number) => `http://${name}.localhost:${port}`;
    const [noord, zuid] = [at('noord', home.demoPort), at('zuid', home.demoPort)];
    for (const address of [noord, zuid, at('noord', home.port)]) assert.ok(trial.printed().includes(address));
    const appKey = appKeyOf(trial, at('noord', home.port));
    assert.notEqual(appKey, trial.appKey, 'the same login name is another person');

    const chromium = await startChromium();
    t.after(() => chromium.close());
    const context = await chromium.newContext({ locale: 'nl-NL' });
    const page = await context.newPage();
    await page.goto(`${noord}/login`);
    assert.ok(page.url().startsWith(at('noord', home.port)), page.url());
    assert.match(await page.content(), /theme\.css\?backdrop=5b2a4c/);
    await page.fill('[name=login_name]', 'bedrijfsarts');
    await page.fill('[name=password]', trial.password);
    await page.click('#sign-in');
    await page.fill('[name=code]', codeOf(appKey));
    await page.click('#continue');
    await page.waitForURL(`${noord}/**`);
    const who = (await page.textContent('main')) ?? '';
    assert.match(who, /noord/, 'the token names the tenant');
    assert.equal(await page.getAttribute('main', 'data-step'), 'overview');

    for (const other of [zuid, trial.sample]) {
      await page.goto(`${other}/`);
      assert.equal(await page.getAttribute('main', 'data-step'), 'home', `nobody is signed in at ${other}`);
      await page.goto(`${other}/login`);
      assert.equal(
        await page.getAttribute('main', 'data-step'),
        'password',
        `and not at its provider either`,
      );
    }
    const sessions = (await context.cookies()).filter(({ name }) => /session$/.test(name));
    const hosts = sessions.map(({ name, domain }) => `${domain} ${name}`);
    assert.ok(hosts.includes('noord.localhost verzuimloket.session'), hosts.join());
    for (const { domain } of sessions) assert.match(domain, /^(noord\.|zuid\.)?localhost$/);
    await page.goto(`${noord}/`);
    assert.equal(await page.getAttribute('main', 'data-step'), 'overview', 'still signed in there');

    const strange = await ask(`http://oost.localhost:${home.demoPort}/`);
    assert.deepEqual([strange.status, strange.location], [308, `${trial.sample}/`]);
    assert.equal((await ask(`http://oost.localhost:${home.port}/`)).status, 421);
    const disabled = await runPoortwachter(home, [
      'user',
      'disable',
      'bedrijfsarts',
      '--tenant',
      'noord',
      '--json',
    ]);
    assert.equal(JSON.parse(disabled.printed).ended.sessions, 1, disabled.printed);
  });

  test('keeps its tenants and their people when it starts again on other ports', async (t) => {
    const key = appKeyOf(trial, `http://zuid.localhost:${home.port}`);
    await trial.stop();
    const moved = { ...home, port: await freePort(), demoPort: await freePort() };
    const second = await startTrial(t, moved, { TRIAL_TENANTS: 'zuid' });
    const issuer = `http://zuid.localhost:${moved.port}`;
    assert.equal(appKeyOf(second, issuer), key);
    assert.equal(JSON.parse((await ask(`${issuer}/.well-known/openid-configuration`)).body).issuer, issuer);
    const sent = await ask(`http://zuid.localhost:${moved.demoPort}/login`);
    const redirect = new URL(sent.location ?? '').searchParams.get('redirect_uri');
    assert.equal(redirect, `http://zuid.localhost:${moved.demoPort}/callback`);
    assert.doesNotMatch((await ask(sent.location ?? '')).body, /redirect_uri/, 'the client moved along');
  });
});
