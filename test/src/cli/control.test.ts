import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openControlServer } from '#src/cli/control-server.ts';
import type { RunningHolder } from '#src/cli/operations.ts';
import { createControlledRun } from '#src/cli/run-command.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, PASSWORD, say } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));
after(() => rmSync(folder, { recursive: true }));

const holderAt = (socket: string): RunningHolder => ({ pid: process.pid, socket });

describe('commands while another process holds the stores', () => {
  const ending = endOfSuite();
  const holder = holderAt(join(folder, 'control.sock'));
  let opened: OpenedOperations;

  before(async () => {
    opened = await openTestOperations(ending);
    const server = await openControlServer({
      path: holder.socket,
      run: createControlledRun(opened.operations),
    });
    ending.after(async () => server[Symbol.asyncDispose]());
  });

  // No stores on this side: what succeeds has run on the other one.
  const inside = (argv: readonly string[], stdin = '') => say(undefined, argv, { stdin, holder });

  const create = (name: string) =>
    inside(
      ['user', 'create', name, '--given-name', 'Jo', '--family-name', 'Jansen', '--password-stdin'],
      `${PASSWORD}\n`,
    );

  test('run there, with the password read here', async () => {
    const said = await create('far');
    assert.equal(said.exit, 0, said.stderr);
    const { accounts, tenant, hasher } = opened.operations;
    const found = await accounts.findForSignIn(tenant.id, { canonical: 'far', email: undefined });
    assert.equal((await hasher.verify(found?.passwordHash, PASSWORD)).ok, true);
  });

  test('say the same and end the same there as here', async () => {
    for (const argv of [
      ['user', 'list'],
      ['user', 'show', 'far', '--json'],
      ['user', 'show', 'nobody'],
      ['user', 'list', '--limit', '0'],
    ]) {
      assert.deepEqual(await inside(argv), await say(opened.operations, argv));
    }
  });

  test('need no settings on this side', async () => {
    assert.equal((await say(undefined, ['user', 'list'], { holder, env: {} })).exit, 0);
  });

  test('with a file read it here, and flags count as they do here', async () => {
    const secret = 'x'.repeat(40);
    writeFileSync(join(folder, 'secret'), secret);
    const client = {
      client_id: 'far',
      client_name: 'Old',
      client_secret_file: join(folder, 'secret'),
      redirect_uris: ['https://a.example/'],
    };
    writeFileSync(join(folder, 'client.json'), JSON.stringify(client));
    const said = await inside(['client', 'add', '--file', join(folder, 'client.json'), '--name', 'New']);
    assert.equal(said.exit, 0, said.stderr);
    const stored = await opened.operations.clients.find(opened.operations.tenant.id, 'far');
    assert.deepEqual([stored?.client_name, stored?.client_secret], ['New', secret]);
  });

  test('do not migrate a schema in use', async () => {
    const said = await inside(['migrate']);
    assert.deepEqual([said.exit, said.stdout], [1, '']);
    assert.match(said.stderr, /brought its schema up to date when it started/);
  });

  test('do not reach into an embedded store when the settings name a Postgres', async () => {
    const env = { DATABASE_URL: 'postgres://db/p' };
    const said = await say(undefined, ['user', 'list'], { holder, env });
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /issuer \(POORTWACHTER_ISSUER\): is required/);
  });

  test('run side by side', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => inside(['user', 'show', 'far'])));
    for (const said of all) assert.deepEqual(said, all[0]);
  });

  test('a request that makes no sense is refused, and the next one is served', async () => {
    for (const text of ['not json\n', '{"argv":"user"}\n', '{"argv":[],"stdin":"","more":1}\n']) {
      const socket = connect(holder.socket);
      socket.write(text);
      const replies: string[] = [];
      for await (const chunk of socket) replies.push(String(chunk));
      assert.match(replies.join(''), /"exit":2/);
    }
    const rude = connect(holder.socket);
    rude.write('{"argv":["user","list"],"stdin":""}\n');
    rude.destroy();
    assert.equal((await inside(['user', 'list'])).exit, 0);
  });

  test('the socket opens for its own user only', () => {
    assert.equal(statSync(holder.socket).mode & 0o777, 0o600);
  });
});

describe('the control socket', () => {
  const run = async () => 0;

  test('ends with its server, and leaves nothing behind', async () => {
    const path = join(folder, 'short.sock');
    const server = await openControlServer({ path, run });
    assert.ok(existsSync(path));
    await server[Symbol.asyncDispose]();
    assert.ok(!existsSync(path));
  });

  test('takes the place of one that a killed process left', async () => {
    const path = join(folder, 'stale.sock');
    writeFileSync(path, '');
    await using _server = await openControlServer({ path, run });
    assert.equal((await say(undefined, ['user', 'list'], { holder: holderAt(path) })).exit, 0);
  });

  test('with an address too long for the system is in a private folder, and found by the same name', async () => {
    const deep = join(folder, 'deep'.repeat(25));
    mkdirSync(deep);
    const path = join(deep, 'control.sock');
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('poortwachter-')).length;
    {
      await using _server = await openControlServer({ path, run });
      assert.ok(lstatSync(path).isSymbolicLink());
      assert.equal(statSync(dirname(readlinkSync(path))).mode & 0o777, 0o700);
      assert.equal((await say(undefined, ['user', 'list'], { holder: holderAt(path) })).exit, 0);
    }
    assert.ok(!existsSync(path));
    assert.equal(readdirSync(tmpdir()).filter((name) => name.startsWith('poortwachter-')).length, before);
  });

  test('that nobody listens on is told with the process that should', async () => {
    const said = await say(undefined, ['user', 'list'], { holder: holderAt(join(folder, 'nobody.sock')) });
    assert.equal(said.exit, 1);
    assert.match(
      said.stderr,
      new RegExp(`^Process ${process.pid} uses the data folder but takes no commands at .*ENOENT`),
    );
  });

  test('of a process that dies in the middle of a command is told, and no success is made up', async () => {
    const path = join(folder, 'dying.sock');
    const server = await openControlServer({
      path,
      run: async (_request, { stdout }) => {
        stdout.write('half an answer\n');
        setImmediate(() => void server[Symbol.asyncDispose]());
        return new Promise(() => {});
      },
    });
    const said = await say(undefined, ['user', 'list'], { holder: holderAt(path) });
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /ended before it answered/);
  });
});
