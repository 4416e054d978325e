import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findLockHolder } from '#adapters/postgres/data-lock.ts';
import { openEmbedded } from '#adapters/postgres/embedded.ts';
import { migrate } from '#adapters/postgres/migrate.ts';
import { AppError } from '#src/errors.ts';
import { createSetting, createStores } from './store-contracts.ts';

const HOLDER = fileURLToPath(new URL('./hold-data-dir.ts', import.meta.url));

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-data-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a process that uses the folder; gives the tenant it made. */
async function startHolder(t: TestContext, dataDir: string) {
  const child = spawn(process.execPath, [HOLDER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  t.after(kill);
  const [line] = await once(child.stdout, 'data');
  return { pid: child.pid, tenantId: String(line).trim(), kill };
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('the embedded database', () => {
  test('keeps what it was given when it is opened again', async (t) => {
    const dataDir = join(await makeFolder(t), 'made', 'on', 'the', 'way');
    const client = { client_id: 'verzuim', client_name: 'Verzuim' };
    let tenant: string;
    {
      await using first = await openEmbedded({ dataDir });
      await migrate(first.db);
      const { clients, tenantId } = await createSetting(first);
      await clients.add(tenantId, client);
      tenant = tenantId;
      assert.equal(await modeOf(dataDir), '700');
      assert.equal(await modeOf(join(dataDir, 'postgres')), '700');
      assert.equal(await modeOf(join(dataDir, 'lock')), '600');
    }
    assert.equal(existsSync(join(dataDir, 'lock')), false, 'released');
    await using second = await openEmbedded({ dataDir });
    assert.deepEqual(await createStores(second).clients.list(tenant), [client]);
  });

  test('refuses a second process, and survives the first one’s sudden end', async (t) => {
    const dataDir = await makeFolder(t);
    const holder = await startHolder(t, dataDir);
    await assert.rejects(
      openEmbedded({ dataDir }),
      (error) =>
        error instanceof AppError &&
        error.code === 'data-in-use' &&
        error.message === `the data folder ${dataDir} is in use by process ${holder.pid}`,
    );
    const found = await findLockHolder(dataDir);
    assert.equal(found?.pid, holder.pid);
    assert.equal(found?.socket, join(dataDir, 'control.sock'));
    await holder.kill();
    assert.equal(await findLockHolder(dataDir), undefined);
    await using next = await openEmbedded({ dataDir });
    assert.deepEqual(await createStores(next).clients.list(holder.tenantId), [{ client_id: 'verzuim' }]);
    assert.equal((await findLockHolder(dataDir))?.pid, process.pid);
  });
});

describe('an embedded database that can not be opened', () => {
  test('releases the folder when it can not be opened', async (t) => {
    const dataDir = await makeFolder(t);
    await openEmbedded({ dataDir }).then((database) => database[Symbol.asyncDispose]());
    await rm(join(dataDir, 'postgres', 'global'), { recursive: true });
    await assert.rejects(openEmbedded({ dataDir }));
    assert.equal(existsSync(join(dataDir, 'lock')), false);
  });

  test('says which folder it can not write', async (t) => {
    const folder = await makeFolder(t);
    const file = join(folder, 'file');
    await writeFile(file, '');
    const refused = (path: string) => (error: unknown) =>
      error instanceof AppError && error.code === 'data-not-writable' && error.message.includes(path);
    await assert.rejects(openEmbedded({ dataDir: file }), refused(file));
    await assert.rejects(openEmbedded({ dataDir: join(file, 'data') }), refused(join(file, 'data')));
    assert.equal(await readFile(file, 'utf8'), '');
  });
});
