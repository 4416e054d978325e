import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Child, newTrialHome, runPoortwachter, spawnTrial, startTrial } from '../support/trial.ts';

const STOP_MS = 2_000;

/** Sends Ctrl-C; resolves to the milliseconds until the trial ended, as it should. */
async function stop(child: Child): Promise<number> {
  const asked = performance.now();
  child.process.kill('SIGINT');
  assert.equal(await child.ended, 0, child.printed());
  assert.match(child.printed(), /Stopping …/);
  return performance.now() - asked;
}

/** Resolves once the child has printed `text`. */
async function untilPrinted(child: Child, text: string): Promise<void> {
  while (!child.printed().includes(text)) {
    if (child.process.stdout === null) throw new Error('no output');
    await once(child.process.stdout, 'data');
  }
}

async function openConnection(t: TestContext, port: number, firstWords: string): Promise<Socket> {
  const socket = connect(port, 'localhost');
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  if (firstWords === '') return socket;
  socket.write(firstWords);
  return socket;
}

test('Ctrl-C ends the trial within two seconds, whatever connections browsers keep open', async (t) => {
  const home = await newTrialHome(t);
  const child = spawnTrial(home);
  t.after(() => child.process.kill('SIGKILL'));
  await untilPrinted(child, 'Ctrl-C stops it');
  for (const port of [home.port, home.demoPort, home.managementPort]) {
    const kept = await openConnection(t, port, `GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await once(kept, 'data');
    await openConnection(t, port, '');
    await openConnection(t, port, 'GET / HTTP/1.1\r\nHost: ');
  }
  const took = await stop(child);
  assert.ok(took < STOP_MS, `${took} ms`);
});

test('Ctrl-C while the trial prepares ends it without waiting, and the next start finds everything in order', async (t) => {
  const home = await newTrialHome(t);
  const child = spawnTrial(home);
  t.after(() => child.process.kill('SIGKILL'));
  await untilPrinted(child, 'Opening the stores');
  await stop(child);
  assert.doesNotMatch(child.printed(), /Opening the stores and the sign-in: |is ready|\n\s+at /);
  await startTrial(t, home);
});

test('a taken port of the sample application is told with its number and DEMO_PORT', async (t) => {
  const home = await newTrialHome(t);
  const squatter = createServer().listen(home.demoPort, 'localhost');
  await once(squatter, 'listening');
  t.after(() => squatter.close());
  const child = spawnTrial(home);
  assert.equal(await child.ended, 1);
  assert.match(child.printed(), new RegExp(`port ${home.demoPort} .*\\bDEMO_PORT\\b`));
  assert.doesNotMatch(child.printed(), /\n\s+at /);
});

test('wrong ports are told at once with the other faults, by their variables', async (t) => {
  const child = spawnTrial(await newTrialHome(t), {
    PORT: 'many',
    DEMO_PORT: '70000',
    POORTWACHTER_LOG_LEVEL: 'loud',
  });
  assert.equal(await child.ended, 1);
  for (const fault of [/\(PORT\): /, /DEMO_PORT: must be a port number/, /POORTWACHTER_LOG_LEVEL/]) {
    assert.match(child.printed(), fault);
  }
});

test('damaged secrets of the trial are told by their file, without what stands in it', async (t) => {
  const home = await newTrialHome(t);
  const path = join(home.dataDir, 'trial.json');
  for (const content of ['{"masterKey": "hush', '{"masterKey":"hush"}', '']) {
    await writeFile(path, content);
    const child = spawnTrial(home);
    assert.equal(await child.ended, 1);
    assert.ok(child.printed().includes(`${path} is damaged`), child.printed());
    assert.doesNotMatch(child.printed(), /hush|\n\s+at /);
  }
});

test('a start tells how the demo accounts stand now, not how they were made', async (t) => {
  const home = await newTrialHome(t);
  const first = await startTrial(t, home);
  assert.match(first.printed(), /oud-medewerker +disabled/);
  assert.match(first.printed(), /hr-manager +never signed in/);
  const disabled = await runPoortwachter(home, ['user', 'disable', 'hr-manager']);
  assert.equal(disabled.code, 0, disabled.printed);
  assert.equal(await first.stop(), 0);
  const later = await startTrial(t, home);
  assert.match(later.printed(), /hr-manager +disabled/);
  assert.match(later.printed(), /medewerker +never signed in/);
});
