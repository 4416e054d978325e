import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { openControlServer } from '#src/cli/control-server.ts';
import { countDown } from '#src/cli/key-moment.ts';
import { createControlledRun } from '#src/cli/run-command.ts';
import { createTestClock } from '../../support/clock.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, type SayOptions, say } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));
after(() => rmSync(folder, { recursive: true }));

describe('keys while another process holds the stores', () => {
  const ending = endOfSuite();
  const holder = { pid: process.pid, socket: join(folder, 'control.sock') };
  let opened: OpenedOperations;

  before(async () => {
    opened = await openTestOperations(ending);
    const run = createControlledRun(opened.operations);
    const server = await openControlServer({ path: holder.socket, run });
    ending.after(async () => server[Symbol.asyncDispose]());
  });

  // No stores on this side: what succeeds has run on the other one.
  const inside = (argv: readonly string[], options: SayOptions = {}) =>
    say(undefined, argv, { ...options, holder });

  const roleOf = async (kid: string) => {
    const { operations } = opened;
    return (await operations.keys.list(operations.tenant.id)).find(({ id }) => id === kid)?.role;
  };

  test('are listed and rotated there, and the answer is the same', async () => {
    assert.equal((await inside(['keys', 'rotate', '--now', '--no-wait', '--kind', 'ec'])).exit, 0);
    for (const argv of [
      ['keys', 'list', '--json'],
      ['keys', 'list', '--all'],
    ]) {
      const said = await inside(argv);
      assert.deepEqual(said, await say(opened.operations, argv));
      assert.equal(said.exit, 0, said.stderr);
    }
  });

  test('are withdrawn there after the question was answered here, and not without an answer', async () => {
    const { keys } = JSON.parse((await inside(['keys', 'list', '--json'])).stdout);
    const { kid } = keys.find(
      (key: { kind: string; role: string }) => key.kind === 'ec' && key.role === 'current',
    );
    // What is added on the way stands before the --, or it would be another argument.
    const argv = ['keys', 'withdraw', '--no-wait', '--', kid];
    const answer = (text: string) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      stdin.end(`${text}\n`);
      return inside(argv, { stdin });
    };
    assert.equal((await inside(argv)).exit, 2);
    assert.equal((await answer('no')).exit, 1);
    const said = await answer('yes');
    assert.equal(said.exit, 0, said.stderr);
    opened.clock.advance(15_000);
    assert.equal(await roleOf(kid), 'withdrawn');
  });
});

test('waiting tells every five seconds how long, and ends at the moment; a moment that has come is not waited for', async () => {
  const clock = createTestClock();
  const said: string[] = [];
  const stderr = {
    write: (text: string) => {
      said.push(text);
      if (text.startsWith('15 s')) clock.advance(15_000);
      if (text.startsWith('5 s')) clock.advance(5_000);
    },
  };
  const moment = { at: clock.now() + 15_000, what: 'it signs' };
  // Its timer runs by the machine's clock: a look at the test's clock each second at most.
  await countDown({ stderr, clock }, moment);
  assert.deepEqual(said.slice(1), ['15 s until it signs …\n']);
  clock.set(moment.at - 5_000);
  await countDown({ stderr, clock }, moment);
  assert.equal(said.at(-1), '5 s until it signs …\n');
  const before = said.length;
  await countDown({ stderr, clock }, moment);
  assert.equal(said.length, before);
});
