import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { runCommand } from '#src/cli/run-command.ts';
import { createCommandHouse } from '#src/compose/command-house.ts';
import { freePort } from '../../support/private-server.ts';
import { environment, PASSWORD, type Said } from '../cli/command-line.ts';

/** Runs command lines one after another on one data folder, each in a house of its own. */
async function openFolder(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const home = { ...environment, POORTWACHTER_DATA_DIR: join(folder, 'data') };

  return async (argv: readonly string[], stdin = '', more: Record<string, string> = {}): Promise<Said> => {
    const said = { stdout: '', stderr: '' };
    const into = (stream: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        said[stream] += text;
      },
    });
    const house = createCommandHouse();
    const streams = { stdin: Readable.from([stdin]), stdout: into('stdout'), stderr: into('stderr') };
    return { exit: await runCommand({ argv, env: { ...home, ...more }, house, ...streams }), ...said };
  };
}

test('commands migrate an embedded store, fill it, and find it filled, each opening it anew', async (t) => {
  const run = await openFolder(t);
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

test('a tenant may have the methods of this configuration and no other, which is judged without Redis', async (t) => {
  const run = await openFolder(t);
  await run(['migrate']);
  const redis = {
    POORTWACHTER_REDIS_STORE: 'redis',
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    POORTWACHTER_UNSAFE_UNVERIFIED_REDIS: 'true',
  };
  const gateway = {
    POORTWACHTER_MESSAGING_SMS: 'http',
    POORTWACHTER_MESSAGING_HTTP_URL: 'https://sms.example/',
  };
  const tenant = JSON.stringify({
    issuer: 'https://noord.example',
    key: 'noord',
    name: 'Noord',
    productName: 'Loket',
    applicationName: 'Loket',
    initiateLoginUri: 'https://app.noord.example/login',
    helpDesk: { email: 'helpdesk@noord.example' },
    secondStep: { methods: ['sms', 'yubico-otp', 'totp'] },
  });
  const apply = (more: Record<string, string>) =>
    run(['tenant', 'apply', '--file', '-', '--json'], tenant, { ...redis, ...more });

  const refused = await apply({});
  assert.deepEqual([refused.exit, refused.stdout], [1, ''], refused.stderr);
  assert.match(refused.stderr, /names sms, .*\(it can: webauthn, totp\)\n.*names yubico-otp, /);
  const further = await apply(gateway);
  assert.match(further.stderr, /1 fault:\n.*names yubico-otp, .*\(it can: sms, webauthn, totp\)\n/);
  assert.equal((await run(['tenant', 'show', 'noord'])).exit, 1, 'nothing of it is kept');
  const yubico = {
    POORTWACHTER_YUBICO_CLIENT_ID: '1',
    POORTWACHTER_YUBICO_SECRET_KEY: Buffer.alloc(20, 1).toString('base64'),
  };
  const applied = await apply({ ...gateway, ...yubico });
  assert.equal(applied.exit, 0, applied.stderr);
});
