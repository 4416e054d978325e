import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { runCommand } from '#src/cli/run-command.ts';
import { createCommandHouse } from '#src/compose/command-house.ts';
import { environment, PASSWORD, type Said } from '../cli/command-line.ts';

test('commands migrate an embedded store, fill it, and find it filled, each opening it anew', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const env = { ...environment, POORTWACHTER_DATA_DIR: join(folder, 'data') };

  const run = async (argv: readonly string[], stdin = ''): Promise<Said> => {
    const said = { stdout: '', stderr: '' };
    const into = (stream: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        said[stream] += text;
      },
    });
    const house = createCommandHouse();
    const streams = { stdin: Readable.from([stdin]), stdout: into('stdout'), stderr: into('stderr') };
    return { exit: await runCommand({ argv, env, house, ...streams }), ...said };
  };

  const early = await run(['user', 'list']);
  assert.equal(early.exit, 1);
  assert.match(early.stderr, /run: npx poortwachter migrate\.\n$/);

  const migrated = await run(['migrate', '--json']);
  assert.equal(migrated.exit, 0, migrated.stderr);
  assert.ok(JSON.parse(migrated.stdout).applied > 0);
  assert.equal(JSON.parse((await run(['migrate', '--json'])).stdout).applied, 0);

  const flags = ['--given-name', 'Jo', '--family-name', 'Jansen', '--password-stdin'];
  const created = await run(['user', 'create', 'j.jansen', ...flags], PASSWORD);
  assert.equal(created.exit, 0, created.stderr);
  const { users } = JSON.parse((await run(['user', 'list', '--json'])).stdout);
  assert.deepEqual(
    users.map((user: { loginName: string }) => user.loginName),
    ['j.jansen'],
  );
});
