import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { findLockHolder, lockDataDir } from '#adapters/postgres/data-lock.ts';
import { isRunning, markProcess } from '#adapters/postgres/running-process.ts';
import { AppError } from '#src/errors.ts';

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-lock-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function isInUse(words: string) {
  return (error: unknown) =>
    error instanceof AppError && error.code === 'data-in-use' && error.message.includes(words);
}

/** The number of a process that ended. */
function endedPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

async function leaveLock(folder: string, left: Partial<{ pid: number; started: string; host: string }>) {
  const lock = { ...(await markProcess()), host: hostname(), socket: '', nonce: 'left', ...left };
  await writeFile(join(folder, 'lock'), JSON.stringify(lock));
}

/** Each a little behind the one before, so that some still judge the stale lock while another replaces it. */
async function lockLater(folder: string, turns: number) {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  return lockDataDir(folder);
}

describe('the lock on a data folder', () => {
  test('is one process’s until it lets go', async (t) => {
    const folder = await makeFolder(t);
    const release = await lockDataDir(folder);
    await assert.rejects(lockDataDir(folder), isInUse(`${folder} is in use by process ${process.pid}`));
    assert.equal((await findLockHolder(folder))?.pid, process.pid);
    await release();
    assert.deepEqual(await readdir(folder), []);
    await (await lockDataDir(folder))();
  });

  test('is taken over from a process that ended', async (t) => {
    const folder = await makeFolder(t);
    await leaveLock(folder, { pid: endedPid(), started: '' });
    assert.equal(await findLockHolder(folder), undefined);
    const release = await lockDataDir(folder);
    assert.equal((await findLockHolder(folder))?.pid, process.pid);
    await release();
    assert.deepEqual(await readdir(folder), []);
  });

  test('is taken over when its number went to another process, where the system tells', async (t) => {
    const folder = await makeFolder(t);
    await leaveLock(folder, { started: 'another boot:1' });
    if ((await markProcess()).started === '') await assert.rejects(lockDataDir(folder), isInUse('in use'));
    else await (await lockDataDir(folder))();
  });

  test('is respected when nothing tells when its process started', async (t) => {
    const folder = await makeFolder(t);
    await leaveLock(folder, { started: '' });
    await assert.rejects(lockDataDir(folder), isInUse(`process ${process.pid}`));
  });
});

describe('a lock that was left behind', () => {
  test('goes to one of many who find it stale at once', async (t) => {
    for (let round = 0; round < 20; round += 1) {
      const folder = await makeFolder(t);
      await leaveLock(folder, { pid: endedPid(), started: '' });
      const tries = await Promise.allSettled(Array.from({ length: 24 }, (_, at) => lockLater(folder, at)));
      const won = tries.filter((one) => one.status === 'fulfilled');
      assert.equal(won.length, 1);
      for (const one of tries) if (one.status === 'rejected') assert.ok(isInUse('')(one.reason));
      await won[0]?.value();
      assert.deepEqual(await readdir(folder), []);
    }
  });

  test('survives a process that ended while taking it over', async (t) => {
    const folder = await makeFolder(t);
    await leaveLock(folder, { pid: endedPid(), started: '' });
    await writeFile(join(folder, 'lock.takeover'), await readFile(join(folder, 'lock')));
    const release = await lockDataDir(folder);
    await release();
    assert.deepEqual(await readdir(folder), []);
  });

  test('is never judged from another machine', async (t) => {
    const folder = await makeFolder(t);
    await leaveLock(folder, { pid: endedPid(), host: 'elsewhere' });
    const words = `on elsewhere; if that no longer runs, remove ${join(folder, 'lock')}`;
    await assert.rejects(lockDataDir(folder), isInUse(words));
  });

  test('that can not be read is not taken', async (t) => {
    const folder = await makeFolder(t);
    await writeFile(join(folder, 'lock'), 'not ours');
    await assert.rejects(lockDataDir(folder), isInUse('not readable as a lock'));
    assert.equal(await readFile(join(folder, 'lock'), 'utf8'), 'not ours');
  });

  test('is not released by who lost it', async (t) => {
    const folder = await makeFolder(t);
    const release = await lockDataDir(folder);
    await leaveLock(folder, {});
    await release();
    assert.deepEqual(await readdir(folder), ['lock']);
  });
});

test('a running process is told from one that ended', async () => {
  assert.equal(await isRunning(await markProcess()), true);
  assert.equal(await isRunning({ pid: endedPid(), started: '' }), false);
});
