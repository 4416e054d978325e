import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, type SayOptions, say } from './command-line.ts';

const HOUR = 3_600_000;
const LEAD = 15_000;

const listed = z.object({
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      purpose: z.string(),
      kind: z.string(),
      role: z.string(),
      since: z.iso.datetime(),
      until: z.iso.datetime().nullable(),
    }),
  ),
});
const rotated = z.object({
  rotated: z.array(
    z.strictObject({ kind: z.string(), kid: z.string(), signsFrom: z.iso.datetime(), made: z.boolean() }),
  ),
});

const ending = endOfSuite();
let opened: OpenedOperations;

const run = (argv: readonly string[], options: SayOptions = {}) => say(opened.operations, argv, options);

async function list(...more: string[]) {
  const said = await run(['keys', 'list', '--json', ...more]);
  assert.equal(said.exit, 0, said.stderr);
  return listed.parse(JSON.parse(said.stdout)).keys;
}

async function rotate(...more: string[]) {
  const said = await run(['keys', 'rotate', '--json', ...more]);
  assert.equal(said.exit, 0, said.stderr);
  return rotated.parse(JSON.parse(said.stdout)).rotated;
}

async function current(kind: string): Promise<string> {
  return (await list()).find((key) => key.kind === kind && key.role === 'current')?.kid ?? '';
}

const withdraw = (kid: string, ...more: string[]) => run(['keys', 'withdraw', kid, '--no-wait', ...more]);

/** Every chain has one key that signs and nothing else. */
async function settled(): Promise<void> {
  opened.clock.advance(50 * HOUR);
  assert.ok((await list()).every(({ role }) => role === 'current'));
}

describe('keys', () => {
  before(async () => {
    opened = await openTestOperations(ending);
    await rotate('--now', '--no-wait');
    await rotate('--now', '--no-wait', '--purpose', 'cookie');
  });

  test('a planned successor is published now, signs after the overlap, and is made once', async () => {
    await settled();
    const old = await current('ec');
    const [made] = await rotate('--kind', 'ec');
    const signsFrom = new Date(opened.clock.now() + 24 * HOUR).toISOString().replace(/\.\d+/, '');
    assert.deepEqual(made, { kind: 'ec', kid: made?.kid, signsFrom, made: true });
    assert.deepEqual(await rotate('--kind', 'ec'), [{ ...made, made: false }]);
    const roles = () => list().then((keys) => keys.filter(({ kind }) => kind === 'ec'));
    assert.deepEqual(
      (await roles()).map(({ kid, role, until }) => [kid, role, until]),
      [
        [old, 'current', signsFrom],
        [made?.kid, 'next', signsFrom],
      ],
    );
    opened.clock.advance(24 * HOUR);
    assert.deepEqual(
      (await roles()).map(({ kid, role }) => [kid, role]),
      [
        [old, 'previous'],
        [made?.kid, 'current'],
      ],
    );
    opened.clock.advance(24 * HOUR);
    assert.equal((await roles()).length, 1);
    const all = await list('--all');
    assert.equal(all.find(({ kid }) => kid === old)?.role, 'ended');
  });

  test('in a hurry a successor signs after 15 seconds and takes the place of one that waited', async () => {
    await settled();
    const [slow] = await rotate('--kind', 'okp');
    const [fast] = await rotate('--kind', 'okp', '--now', '--no-wait');
    assert.equal(fast?.made, true);
    assert.notEqual(fast?.kid, slow?.kid);
    opened.clock.advance(LEAD - 1);
    assert.notEqual(await current('okp'), fast?.kid);
    opened.clock.advance(1);
    assert.equal(await current('okp'), fast?.kid);
    assert.equal((await list('--all')).find(({ kid }) => kid === slow?.kid)?.role, 'withdrawn');
  });

  test('without a kind all of a purpose move on, and no other purpose', async () => {
    await settled();
    assert.deepEqual(
      (await rotate()).map(({ kind }) => kind),
      ['ec', 'rsa', 'okp'],
    );
    assert.ok((await list()).every(({ purpose, role }) => purpose !== 'cookie' || role === 'current'));
    assert.deepEqual(
      (await rotate('--purpose', 'cookie')).map(({ kind }) => kind),
      ['hmac'],
    );
  });

  test('a key that signs is withdrawn when its successor takes over, never before', async () => {
    await settled();
    const kid = await current('ec');
    const said = await withdraw(kid, '--yes', '--json');
    const { successor, role } = JSON.parse(said.stdout);
    assert.equal(role, 'current');
    opened.clock.advance(LEAD - 1);
    assert.equal(await current('ec'), kid);
    opened.clock.advance(1);
    assert.equal(await current('ec'), successor.kid);
    assert.equal((await list('--all')).find((key) => key.kid === kid)?.role, 'withdrawn');
    const again = await withdraw(kid, '--yes');
    assert.equal(again.exit, 1);
    assert.match(again.stderr, /was withdrawn already/);
  });

  test('a key that waits vanishes at once and another waits; a previous one vanishes alone', async () => {
    await settled();
    const [waiting] = await rotate('--kind', 'rsa');
    const said = await withdraw(waiting?.kid ?? '', '--yes');
    assert.match(said.stdout, /is withdrawn\.\nIt has signed nothing/);
    const next = (await list()).filter(({ kind, role }) => kind === 'rsa' && role === 'next');
    assert.equal(next.length, 1);
    assert.notEqual(next[0]?.kid, waiting?.kid);
    opened.clock.advance(24 * HOUR);
    const previous = (await list()).find(({ kind, role }) => kind === 'rsa' && role === 'previous');
    const done = JSON.parse((await withdraw(previous?.kid ?? '', '--yes', '--json')).stdout);
    assert.equal(done.successor, null);
    assert.equal(await current('rsa'), next[0]?.kid);
  });

  test('says what stops working, by what the key was for', async () => {
    await settled();
    assert.match((await withdraw(await current('ec'), '--yes')).stdout, /ID tokens .* Sessions, .* go on/s);
    assert.match((await withdraw(await current('hmac'), '--yes')).stdout, /session cookie .* signs in again/);
  });

  test('the digest key is never withdrawn, and a kid of nobody is told', async () => {
    const { operations } = opened;
    const digest = await opened.makeDigestKey();
    assert.ok((await list()).some(({ kid, purpose }) => kid === digest && purpose === 'digest'));
    for (const [kid, words] of [
      [digest, /digest key is never withdrawn/],
      ['nobodys', /has a key with this kid/],
    ] as const) {
      const said = await withdraw(kid, '--yes');
      assert.equal(said.exit, 1);
      assert.match(said.stderr, words);
    }
    const said = await say(operations, ['keys', 'rotate', '--purpose', 'digest']);
    assert.equal(said.exit, 2);
  });

  test('asks on a terminal and wants --yes elsewhere; anything but yes changes nothing', async () => {
    await settled();
    const kid = await current('ec');
    const silent = await withdraw(kid);
    assert.equal(silent.exit, 2);
    assert.match(silent.stderr, /--yes/);
    for (const [answer, exit] of [
      ['no', 1],
      ['', 1],
      ['yes', 0],
    ] as const) {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      stdin.end(`${answer}\n`);
      const said = await run(['keys', 'withdraw', kid, '--no-wait'], { stdin });
      assert.equal(said.exit, exit, said.stderr);
    }
  });

  test('no command shows a secret', async () => {
    const texts = await Promise.all([
      run(['keys', 'list', '--all', '--json']),
      run(['keys', 'list', '--all']),
    ]);
    const secrets = await opened.keySecrets();
    assert.ok(secrets.length > 4);
    for (const { stdout } of texts) for (const secret of secrets) assert.ok(!stdout.includes(secret));
  });
});
