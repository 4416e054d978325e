import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { codeOf } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { eventually } from '../support/product-process.ts';
import { newTrialHome, runPoortwachter, spawnTrial, startTrial, type Trial } from '../support/trial.ts';

/** Signs in the demo account that has an app; resolves to the application's page. */
async function signInAtSample(trial: Trial) {
  const browser = new Browser();
  const sent = await browser.get(`${trial.sample}/login`);
  const page = await browser.open(sent.location ?? '');
  const second = await browser.submit(page, { login_name: 'bedrijfsarts', password: trial.password });
  assert.equal(second.step, 'second-step');
  const back = await browser.submit(second, { code: codeOf(trial.appKey) });
  return { browser, page: await browser.open(back.location ?? '') };
}

/** Signs out in the settings, which the sample application's menu leads to, until the application knows. */
async function signOutInSettings({ issuer, sample }: Trial, browser: Browser): Promise<void> {
  const { location } = await browser.get(`${sample}/settings`);
  assert.equal(location, `${issuer}/account`);
  const settings = await browser.open(location);
  assert.equal((await browser.press(settings, 'sign-out')).step, 'signed-out');
  const home = await eventually(
    () => browser.open(`${sample}/`),
    ({ step }) => step !== 'overview',
  );
  assert.equal(home.step, 'home', 'signed out of the application too, by nobody’s hand');
}

test('the trial says where to go, signs in at the sample application, and keeps its people when it starts again', async (t) => {
  const home = await newTrialHome(t);
  const first = await startTrial(t, home);
  assert.match(first.printed(), new RegExp(first.issuer));
  assert.match(first.printed(), new RegExp(first.sample));
  assert.match(first.printed(), new RegExp(`${first.issuer}/dev/outbox\n`));
  assert.match(first.printed(), /any Dutch number .* read the codes\s+among the messages/s);
  assert.doesNotMatch(first.printed(), /WARN|ERROR/, 'nothing to worry about, however long it takes');
  for (const name of ['hr-manager', 'bedrijfsarts', 'oud-medewerker'])
    assert.match(first.printed(), new RegExp(name));
  const { browser, page } = await signInAtSample(first);
  assert.equal(page.status, 200);
  assert.match(page.body, /Bedrijfsarts/);
  await signOutInSettings(first, browser);

  const made = await runPoortwachter(home, ['user', 'disable', 'hr-manager']);
  assert.equal(made.code, 0, made.printed);
  const keysBefore = await (await fetch(`${first.issuer}/jwks`)).json();
  assert.equal(await first.stop(), 0);

  const second = await startTrial(t, home);
  assert.equal(second.password, first.password);
  assert.equal(second.appKey, first.appKey);
  assert.deepEqual(await (await fetch(`${second.issuer}/jwks`)).json(), keysBefore);
  const shown = await runPoortwachter(home, ['user', 'show', 'hr-manager', '--json']);
  assert.match(shown.printed, /disabled/);
});

test('a second trial on the same data folder is refused with a sentence that names the folder and the process', async (t) => {
  const home = await newTrialHome(t);
  await startTrial(t, home);
  const other = await newTrialHome(t);
  const second = spawnTrial({ ...other, dataDir: home.dataDir });
  assert.equal(await second.ended, 1);
  assert.match(second.printed(), /can not start: .*data folder.*\b\d+\b/s);
  assert.doesNotMatch(second.printed(), /\n\s+at /);
});

test('a taken port is told with its number and the variable that changes it', async (t) => {
  const home = await newTrialHome(t);
  const squatter = createServer().listen(home.port, 'localhost');
  await once(squatter, 'listening');
  t.after(() => squatter.close());
  const child = spawnTrial(home);
  assert.equal(await child.ended, 1);
  assert.match(child.printed(), new RegExp(`port ${home.port} .*PORT`));
  assert.doesNotMatch(child.printed(), /\n\s+at /);
});

test('every wrong setting is told at once, without a stack', async (t) => {
  const home = await newTrialHome(t);
  const child = spawnTrial(home, {
    POORTWACHTER_SESSION_IDLE_MINUTES: '9999',
    POORTWACHTER_LOG_LEVEL: 'loud',
    POORTWACHTER_NO_SUCH_KEY: '1',
  });
  assert.equal(await child.ended, 1);
  for (const name of ['SESSION_IDLE_MINUTES', 'LOG_LEVEL', 'NO_SUCH_KEY']) {
    assert.match(child.printed(), new RegExp(`POORTWACHTER_${name}`));
  }
  assert.doesNotMatch(child.printed(), /\n\s+at /);
});

test('secrets of the trial are readable by its user alone', async (t) => {
  const home = await newTrialHome(t);
  await startTrial(t, home);
  for (const name of await readdir(home.dataDir)) {
    const { mode } = await stat(join(home.dataDir, name));
    assert.equal(mode & 0o077, 0, `${name} is open to others`);
  }
});

test('a data path that can not be a folder is told by its name', async (t) => {
  const home = await newTrialHome(t);
  // A path below a file is refused to everybody, root included.
  const child = spawnTrial({ ...home, dataDir: '/dev/null/data' });
  assert.equal(await child.ended, 1);
  assert.match(child.printed(), /data folder \/dev\/null\/data can not be/);
});

test('the outbox is there as a page and as JSON, newest first', async (t) => {
  const trial = await startTrial(t, await newTrialHome(t));
  const page = await new Browser().open(`${trial.issuer}/dev/outbox`);
  assert.equal(page.step, 'outbox');
  const response = await fetch(`${trial.issuer}/dev/outbox.json`);
  assert.deepEqual(await response.json(), []);
});
