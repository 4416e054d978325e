import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '#src/cli/program.ts';
import { reachFromOutside } from '#src/cli/reach.ts';
import { readNewPassword } from '#src/cli/read-password.ts';
import { AppError } from '#src/errors.ts';
import { PASSWORD, say } from './command-line.ts';

/** A terminal on which somebody types these lines. */
function typed(lines: readonly string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  let shown = '';
  let asked = 0;
  const stderr = {
    write(text: string) {
      shown += text;
      if (!text.includes(': ')) return;
      const line = lines[asked] ?? '';
      asked += 1;
      // Typed when the question is there, as people do.
      setImmediate(() => input.write(line));
    },
  };
  return { terminal: { stdin: input, stdout: stderr, stderr }, shown: () => shown };
}

function tree(command: Command, path: string): [path: string, command: Command][] {
  const own: [string, Command][] = [[path, command]];
  return [
    ...own,
    ...command.commands.flatMap((sub) => tree(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)),
  ];
}

function allCommands(): [path: string, command: Command][] {
  const quiet = { write: () => {} };
  const terminal = { stdin: Readable.from([]), stdout: quiet, stderr: quiet };
  const house = {
    open: () => Promise.reject(new Error('not here')),
    migrate: () => Promise.reject(new Error('not here')),
    reseal: () => Promise.reject(new Error('not here')),
    retain: () => Promise.reject(new Error('not here')),
    findHolder: async () => undefined,
  };
  const reach = reachFromOutside({ argv: [], env: {}, house, terminal });
  return tree(createProgram({ env: {}, terminal, reach }), '');
}

describe('every command', () => {
  const page = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');
  const leaves = allCommands().filter(([, command]) => command.commands.length === 0);

  test('has its section with an example in docs/command-line.md, and no other has', () => {
    const sections = page.split(/^## /m).slice(1);
    assert.deepEqual(
      sections.map((section) => section.split('\n')[0]),
      leaves.map(([path]) => path),
    );
    for (const section of sections) {
      assert.match(
        section,
        new RegExp(`^(\\w+=\\S+ )?npx poortwachter ${section.split('\n')[0]}`, 'm'),
        section,
      );
    }
  });

  test('has help with an example, which is no failure', async () => {
    for (const [path, command] of leaves) {
      const said = await say(undefined, [...path.split(' '), '--help']);
      assert.equal(said.exit, 0);
      assert.match(said.stdout, /Examples?:\n {2}\$ /, path);
      assert.notEqual(command.description(), '', path);
    }
  });

  test('option that people can find is in its help and in the documentation when it takes a value', () => {
    for (const [path, command] of leaves) {
      for (const option of command.options) {
        if (option.hidden || !option.required) continue;
        assert.ok(page.includes(option.long ?? ''), `${path} ${option.long}`);
      }
    }
  });
});

describe('calls', () => {
  test('--version says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    assert.deepEqual(await say(undefined, ['--version']), { exit: 0, stdout: `${version}\n`, stderr: '' });
  });

  for (const argv of [
    [],
    ['usr'],
    ['user'],
    ['user', 'show'],
    ['user', 'show', 'a', 'b'],
    ['user', 'list', '--nope'],
    ['user', 'create', 'a', '--locale', 'fr'],
  ]) {
    test(`"${argv.join(' ')}" is a wrong call, told on standard error`, async () => {
      const said = await say(undefined, argv);
      assert.equal(said.exit, 2);
      assert.equal(said.stdout, '');
      assert.notEqual(said.stderr, '');
      assert.ok(!/^\s+at /m.test(said.stderr), said.stderr);
    });
  }

  test('a failure of ours is its sentence and the code behind it; no stack, no text of a driver', async () => {
    const cause = Object.assign(new Error('connect postgres://app:planted@db'), { code: 'ECONNREFUSED' });
    const failing = async () => {
      throw new AppError('store-unavailable', 503, 'the database does not answer', { cause });
    };
    const said = await say(undefined, ['migrate'], { migrate: failing });
    assert.deepEqual(said, { exit: 1, stdout: '', stderr: 'The database does not answer (ECONNREFUSED).\n' });
  });

  test('a bug is told in one line without a stack', async () => {
    const failing = async () => {
      throw new TypeError('x is not a function\n    at somewhere (file.ts:1:1)');
    };
    const { exit, stderr } = await say(undefined, ['migrate'], { migrate: failing });
    assert.equal(exit, 1);
    assert.equal(stderr, 'A fault in Poortwachter itself: TypeError: x is not a function.\n');
  });
});

describe('config', () => {
  test('check is content with a configuration without faults', async () => {
    const env = { POORTWACHTER_REDIS_STORE: 'redis' };
    const bad = await say(undefined, ['config', 'check'], { env });
    assert.deepEqual([bad.exit, bad.stdout], [1, '']);
    assert.match(bad.stderr, /redis\.url \(REDIS_URL\): is needed/);
    const good = await say(undefined, ['config', 'check']);
    assert.deepEqual(good, { exit: 0, stdout: 'The configuration has no faults.\n', stderr: '' });
  });

  test('check --json tells each fault with null for what it lacks', async () => {
    const { exit, stdout, stderr } = await say(undefined, ['config', 'check', '--json'], {
      env: { POORTWACHTER_NOPE: 'x' },
    });
    assert.deepEqual([exit, stderr], [1, '']);
    const { ok, faults } = JSON.parse(stdout);
    assert.equal(ok, false);
    assert.deepEqual(faults[0], {
      key: null,
      variable: 'POORTWACHTER_NOPE',
      at: null,
      reason: 'is not a setting',
    });
  });

  test('secrets in the settings are in no output of any command', async () => {
    const planted = 'planted-7f3a';
    const env = {
      DATABASE_URL: `postgres://app:${planted}@db/p`,
      DATABASE_MIGRATION_URL: `mysql://owner:${planted}@db/p`,
      REDIS_URL: `http://:${planted}@cache`,
      POORTWACHTER_MASTER_KEY: planted,
    };
    for (const argv of [
      ['config', 'check'],
      ['config', 'check', '--json'],
      ['migrate'],
      ['user', 'list'],
      ['client', 'list', '--json'],
    ]) {
      const said = await say(undefined, argv, { env });
      assert.equal(said.exit, 1);
      assert.ok(!`${said.stdout}${said.stderr}`.includes(planted), said.stderr);
    }
  });

  test('a command without settings and without a running process says how to get one', async () => {
    const said = await say(undefined, ['user', 'list'], { env: {} });
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /No process uses the data folder data either; `npm start` runs a trial there/);
  });
});

describe('migrate', () => {
  test('tells its progress on standard error and its summary on standard output', async () => {
    const said = await say(undefined, ['migrate', '--json'], {
      migrate: async (_config, onProgress) => {
        const step = { name: '0001-first', position: 1, total: 1 };
        onProgress({ ...step, state: 'started', ms: 0 });
        onProgress({ ...step, state: 'done', ms: 1234 });
        return { applied: 1, already: 2, ms: 1300 };
      },
    });
    assert.equal(said.stderr, '[1/1] 0001-first …\n[1/1] 0001-first done in 1.2 s\n');
    assert.deepEqual(JSON.parse(said.stdout), { applied: 1, already: 2, ms: 1300 });
  });
});

describe('a password typed on a terminal', () => {
  test('is asked for twice and never shown', async () => {
    const { terminal, shown } = typed([`${PASSWORD}\r`, `${PASSWORD}\r`]);
    assert.equal(await readNewPassword(terminal, false), PASSWORD);
    assert.equal(shown(), 'Password: \nPassword again: \n');
  });

  test('can be corrected with backspace', async () => {
    const { terminal } = typed(['geheimx\u007f\r', 'geheim\r']);
    assert.equal(await readNewPassword(terminal, false), 'geheim');
  });

  test('that differs the second time is refused', async () => {
    const { terminal, shown } = typed(['one\r', 'two\r']);
    await assert.rejects(readNewPassword(terminal, false), /not equal/);
    assert.ok(!shown().includes('one') && !shown().includes('two'));
  });

  test('is not waited for after Ctrl-C or the end of input', async () => {
    for (const key of ['\u0003', '\u0004']) {
      await assert.rejects(readNewPassword(typed([key]).terminal, false), /stopped/);
    }
  });
});
