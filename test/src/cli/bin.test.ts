import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../src/cli/bin.mjs', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** Makes a process believe it is an older Node, which can't load TypeScript; the Node it starts is what it is. */
const older = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
  registerHooks({
    load(url, context, next) {
      if (url.endsWith('.ts')) throw new Error('an older Node can not load ' + url);
      return next(url, context);
    },
  });
`)}`;

function start(...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}

test('the command starts on this Node and leaves its exit code', () => {
  assert.deepEqual(start(bin, '--version'), { status: 0, stdout: `${version}\n`, stderr: '' });
  assert.equal(start(bin, 'usr').status, 2);
  const { status, stderr } = start(bin, 'config', 'check');
  assert.equal(status, 1);
  assert.match(stderr, /^The configuration has \d+ faults:$/m);
});

test('under an older Node it runs on the one that the package brings', () => {
  assert.deepEqual(start('--import', older, bin, '--version'), {
    status: 0,
    stdout: `${version}\n`,
    stderr: '',
  });
  assert.equal(start('--import', older, bin, 'usr').status, 2);
});

test('under an older Node without that one it says what is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));
  try {
    const lonely = join(folder, 'bin.mjs');
    copyFileSync(bin, lonely);
    const { status, stdout, stderr } = start('--import', older, lonely, '--version');
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^Poortwachter needs Node 24 and this is v\S+; its own copy .* is not installed\..*\n$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
